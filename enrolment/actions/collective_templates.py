"""New editions of a branch's template for the core system. An edition never changes: a batch names the one that it
was handed over with."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from enrolment.collective import FIXED, AnswerLayout, Layout
from enrolment.models import CollectiveTemplate
from enrolment.permissions import EDIT_TEMPLATE
from outreach.actions import audit
from outreach.actions.once import digest
from outreach.errors import ActionRefused
from outreach.models import User


def add(
    *,
    by: User,
    layout: Layout,
    answer_layout: AnswerLayout,
    workbook: bytes | None,
    workbook_name: str = "",
    note: str = "",
    seen: int,
) -> CollectiveTemplate:
    """The next edition of `by`'s branch; batches made from now on take it. `seen` is the number of the edition that
    the page was about, 0 for the template of 2020; the constraint on numbers decides between two at once.

    Raises ActionRefused: "not_allowed", "changed_meanwhile"; ValueError for a layout that `from_json` refuses.
    """
    if not by.has_perm(EDIT_TEMPLATE) or not by.branch_id:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    edition = CollectiveTemplate(
        branch_id=by.branch_id,
        number=seen + 1,
        layout=Layout.from_json(layout.as_json()).as_json(),
        answer_layout=AnswerLayout.from_json(answer_layout.as_json()).as_json(),
        workbook=workbook,
        workbook_name=workbook_name if workbook else "",
        sha256=hashlib.sha256(workbook).hexdigest() if workbook else "",
        note=note,
        added_at=timezone.now(),
        added_by=by,
    )
    with transaction.atomic():
        last = CollectiveTemplate.objects.in_force(by.branch_id)
        if (last.number if last else 0) != seen:
            raise _changed_meanwhile()
        try:
            with transaction.atomic():
                edition.save(force_insert=True)
        except IntegrityError as taken:
            raise _changed_meanwhile() from taken
        audit.record(
            by=by,
            branch_id=by.branch_id,
            action="collectivetemplate.add",
            purpose=f"template {edition.number}",
            fields=_fixed(layout),
            content=digest(
                "collectivetemplate", layout=edition.layout, answer=edition.answer_layout, file=edition.sha256
            ),
        )
    return edition


def _fixed(layout: Layout) -> tuple[str, ...]:
    """In which columns a fixed text stands. What it says stands in the edition; the chain has no typed text."""
    letters = tuple(
        get_column_letter(at) for at, column in enumerate(layout.columns, 1) if column.source == FIXED
    )
    return ("fixed_text", *letters) if letters else ()


def _changed_meanwhile() -> ActionRefused:
    return ActionRefused(
        "changed_meanwhile",
        _("A colleague changed the template meanwhile, so nothing was saved. Look at the changes again."),
    )
