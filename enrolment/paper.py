"""Registrations from a file: the paper forms of a stand, typed into a table.

The import has no rule of its own. Each row becomes the data of the page's form and goes through the same action,
in its own transaction, so a bad row never stops the file and a file sent twice writes nothing twice.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from enrolment import kept_files
from enrolment.actions import identity, pads, registrations
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from enrolment.queries.duplicates import TWIN_CODES
from outreach.models import User

COLUMNS = tuple(RegistrationForm.base_fields)
OPTIONAL = frozenset(
    (
        "email",
        "job_type_2",
        "guardian",
        "consent_how",
        "guardian_relation",
        "guardian_agrees",
        "sheet",
    )
)
MAX_BYTES = 2_000_000
MAX_ROWS = 1_000
_KIND = "import"


class NotSuchAFile(ValueError):
    """The file is not a table of registrations; nothing was written. `str()` says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row. Amounts are Rupiah; no personal data but what the file has in its column `row`.

    `errors` are `field:code` in the order of the fields, `warnings` are codes in alphabetical order.
    """

    row: str
    outcome: Literal["created", "same", "conflict", "refused"]
    reference: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    contribution_base: int | None = None
    contribution_total: int | None = None
    discounted_months: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_rows(content: bytes) -> list[dict[str | None, Any]]:
    """The rows of a CSV in UTF-8 (with or without mark), separated by comma, semicolon or tab.

    Raises NotSuchAFile before anything is written.
    """
    if len(content) > MAX_BYTES:
        raise NotSuchAFile(_("This file is larger than 2 MB. Split it and import the parts."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotSuchAFile(_("This file is not a CSV in UTF-8. Save the table as “CSV UTF-8”.")) from None
    if "\0" in text:
        raise NotSuchAFile(_("This file is not a CSV in UTF-8. Save the table as “CSV UTF-8”."))
    if not text.strip():
        raise NotSuchAFile(_("This file is empty. Check that you chose the right one."))
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in COLUMNS if name not in names and name not in OPTIONAL]
        if missing:
            raise NotSuchAFile(
                _("The header lacks these columns: %(columns)s. Use the branch's own form.")
                % {"columns": ", ".join(missing)}
            )
        if len(set(names)) != len(names):
            raise NotSuchAFile(_("The header names a column twice. Each column may stand once."))
        reader.fieldnames = names
        rows = list(reader)
    except csv.Error:
        raise NotSuchAFile(
            _("This file breaks off or has a stray quotation mark. Save the table again.")
        ) from None
    rows = [row for row in rows if any(str(cell).strip() for cell in row.values() if cell)]
    if not rows:
        raise NotSuchAFile(_("This file has a header and no rows. Check that you chose the right one."))
    if len(rows) > MAX_ROWS:
        raise NotSuchAFile(_("This file has more than 1,000 rows. Split it and import the parts."))
    return rows


def import_rows(rows: list[dict[str | None, Any]], *, by: User) -> Iterator[Line]:
    """Store the rows one after the other, each in its own transaction, and say what became of each."""
    for number, form in _bound(rows, by=by):
        yield _store(number, form, by=by)


def preview(rows: list[dict[str | None, Any]], *, by: User) -> list[Line]:
    """What `import_rows` would answer now, with nothing written: the whole import is rolled back.

    References are left out, because the real import will draw others. It tells which NIKs are registered, so the
    question is in the audit chain before the answer is given; after too many, no twin is told any more.
    """
    bound = list(_bound(rows, by=by))
    for _number, form in bound:
        if form:
            form.is_valid()  # now: the transaction below holds up the branch's other writers
    with transaction.atomic():
        lines = [_store(number, form, by=by) for number, form in bound]
        transaction.set_rollback(True)
    may_know = identity.may_preview(by=by, count=len(rows))
    kept = set(
        Registration.objects.filter(reference__in=[line.reference for line in lines]).values_list(
            "reference", flat=True
        )
    )
    if not may_know:
        lines = [replace(line, warnings=_without_twins(line.warnings)) for line in lines]
    return [line if line.reference in kept else replace(line, reference=None) for line in lines]


def _without_twins(warnings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in warnings if code not in TWIN_CODES)


def _bound(rows: list[dict[str | None, Any]], *, by: User) -> Iterator[tuple[str, RegistrationForm | None]]:
    """Each row's number and the page's form with its cells; no form where there are more cells than columns."""
    for position, row in enumerate(rows, start=1):
        data = {name: row.get(name) or "" for name in COLUMNS}
        number = str(row.get("row") or position)[:20]
        yield number, None if row.get(None) else RegistrationForm(data, user=by, from_file=True)


def _store(number: str, form: RegistrationForm | None, *, by: User) -> Line:
    if form is None:
        return Line(row=number, outcome="refused", errors=("row:row_cells",))
    if not form.is_valid():
        return Line(row=number, outcome="refused", errors=tuple(form.coded_errors()))
    try:
        receipt = registrations.submit(by=by, entry=form.entry())
    except pads.SheetRefused as refused:
        return Line(row=number, outcome="refused", errors=(f"sheet:{refused.code}",))
    if receipt.outcome != "created":
        return Line(row=number, outcome=receipt.outcome, reference=_own_reference(receipt, by))
    stored = receipt.registration
    return Line(
        row=number,
        outcome="created",
        reference=stored.reference,
        warnings=tuple(sorted(stored.warnings)),
        contribution_base=stored.contribution_base,
        contribution_total=stored.contribution_total,
        discounted_months=stored.discounted_months,
    )


def _own_reference(receipt: registrations.Receipt, by: User) -> str | None:
    """The reference of what holds the id, unless it belongs to another branch."""
    return receipt.registration.reference if receipt.registration.branch_id == by.branch_id else None


def set_aside(content: bytes, *, by: User) -> str:
    """Keep a file between its preview and its confirmation; the answer is the word that takes it back."""
    return kept_files.keep(content, person_id=by.pk, kind=_KIND)


def take_back(word: str, *, by: User) -> bytes | None:
    """The file of `set_aside`; None if it is too long ago or a newer one took its place. It may be asked for again:
    of a double click, the second finds every row `same`."""
    return kept_files.take(word, person_id=by.pk, kind=_KIND)
