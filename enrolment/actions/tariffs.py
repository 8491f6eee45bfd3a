"""New editions of schedules and reliefs. A row that a quote may have taken never changes: an edition is retired from
new quotes, or (a schedule) ended, and another one is added, in one transaction; and every branch's audit chain says so.

Each change is planned first, for the page that shows its effect, and planned again under the lock when it is saved.
`seen` names the editions that the page was about; where they are others by then, nothing is done.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment import editions
from enrolment.contributions import Relief, Schedule, add_months, month_end
from enrolment.editions import Tariffs
from enrolment.models import Bracket, ContributionSchedule
from enrolment.models import Relief as ReliefRow
from enrolment.permissions import ADD_RELIEF, ADD_SCHEDULE
from enrolment.queries import editions as stored
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Branch, User
from outreach.templatetags.formats import month


@dataclass(frozen=True, slots=True)
class Plan:
    """What new quotes take before and after, and what happens to an edition of before."""

    seen: str
    before: Tariffs
    after: Tariffs
    retires: str | None = None
    ends: tuple[str, date] | None = None


def plan_schedule(*, edition: Schedule) -> Plan:
    """Raises ActionRefused: "not_whole_months", "code_taken", "gap", "overlap"."""
    before = stored.current()
    _check(edition, taken=ContributionSchedule.objects.filter(code=edition.code).exists())
    try:
        fitted = editions.fit(before.schedules, edition)
    except editions.Gap as gap:
        raise ActionRefused("gap", _gap_said(gap, edition)) from gap
    except editions.Overlap as overlap:
        raise ActionRefused(
            "overlap",
            _(
                "From %(month)s on both %(earlier)s and %(later)s would hold. "
                "Let %(earlier)s end in %(last)s at the latest."
            )
            % {
                "month": month(overlap.first),
                "last": month(add_months(overlap.first, -1)),
                "earlier": overlap.earlier,
                "later": overlap.later,
            },
        ) from overlap
    after = Tariffs(fitted.schedules, before.reliefs)
    return Plan(stored.digest(before), before, after, retires=fitted.retires, ends=fitted.ends)


def plan_relief(*, edition: Relief | None, replaces: str = "") -> Plan:
    """`edition=None` only takes `replaces`, a code, out of new quotes.

    Raises ActionRefused: "not_whole_months", "code_taken", "not_current", "other_sector", "overlap".
    """
    before = stored.current()
    old = next((one for one in before.reliefs if one.code == replaces), None)
    if replaces and old is None:
        raise ActionRefused("not_current", _("New quotes do not take this relief any more."))
    reliefs = tuple(one for one in before.reliefs if one is not old)
    if edition:
        _check(edition, taken=ReliefRow.objects.filter(code=edition.code).exists())
        if old and old.sector != edition.sector:
            raise ActionRefused(
                "other_sector", _("%s is of the other sector. Choose one of this sector, or none.") % old.code
            )
        _check_alone(edition, reliefs)
        reliefs = (*reliefs, edition)
    return Plan(
        stored.digest(before), before, Tariffs(before.schedules, reliefs), retires=old.code if old else None
    )


def add_schedule(*, by: User, edition: Schedule, basis: str, seen: str) -> ContributionSchedule:
    """The same edition sent twice is stored once. Raises ActionRefused: "not_allowed", "changed_meanwhile", and what
    `plan_schedule` refuses."""
    _may(by, ADD_SCHEDULE)
    with transaction.atomic():
        _lock()
        same = ContributionSchedule.objects.filter(code=edition.code, basis=basis).first()
        if same and edition in stored.current().schedules:
            return same
        _check_seen(seen)
        plan = plan_schedule(edition=edition)
        current = ContributionSchedule.objects.current()
        current.filter(code=plan.retires).update(retired_at=timezone.now())
        if plan.ends:
            code, last_day = plan.ends
            current.filter(code=code).update(valid_to=last_day)
        added = ContributionSchedule.objects.create(
            code=edition.code,
            basis=basis,
            valid_from=edition.valid_from,
            valid_to=edition.valid_to,
            jkk_per_mille=edition.jkk_per_mille,
            jkm_flat=edition.jkm_flat,
            jht_per_mille=edition.jht_per_mille,
        )
        Bracket.objects.bulk_create(
            Bracket(schedule=added, income_from=income, contribution_base=base)
            for income, base in edition.brackets
        )
        touched = plan.retires or (plan.ends and plan.ends[0])
        _record(by=by, action="contributionschedule.add", edition=f"schedule {edition.code}", before=touched)
    return added


def add_relief(*, by: User, edition: Relief, basis: str, replaces: str = "", seen: str) -> ReliefRow:
    """The same edition sent twice is stored once. Raises ActionRefused: "not_allowed", "changed_meanwhile", and what
    `plan_relief` refuses."""
    _may(by, ADD_RELIEF)
    with transaction.atomic():
        _lock()
        same = ReliefRow.objects.filter(code=edition.code, basis=basis).first()
        if same and edition in stored.current().reliefs:
            return same
        _check_seen(seen)
        plan = plan_relief(edition=edition, replaces=replaces)
        _retire(plan)
        added = ReliefRow.objects.create(
            code=edition.code,
            basis=basis,
            sector=edition.sector,
            percent=edition.percent,
            valid_from=edition.valid_from,
            valid_to=edition.valid_to,
            excludes_government_paid=edition.excludes_government_paid,
            **{f"on_{programme}": programme in edition.programmes for programme in ("jkk", "jkm", "jht")},
        )
        _record(by=by, action="relief.add", edition=f"relief {edition.code}", before=replaces)
    return added


def retire_relief(*, by: User, code: str, seen: str) -> None:
    """New quotes take it no more. Raises ActionRefused: "not_allowed", "not_current", "changed_meanwhile"."""
    _may(by, ADD_RELIEF)
    with transaction.atomic():
        _lock()
        _check_seen(seen)
        plan = plan_relief(edition=None, replaces=code)
        _retire(plan)
        _record(by=by, action="relief.retire", edition=f"relief {code}")


def _may(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))


def _record(*, by: User, action: str, edition: str, before: str | None = None) -> None:
    """In the chain of every branch, for every branch's quotes change; in one order, so that no two wait for each other.

    `edition` begins with a short noun: with it, two codes of 50 letters have room in the chain's 120.
    """
    purpose = f"{edition} < {before}" if before else edition
    for branch in Branch.objects.order_by("pk"):
        audit.record(by=by, branch_id=branch.pk, action=action, purpose=purpose)


def _lock() -> None:
    """One change of tariffs at a time: the first schedule of all is never deleted and stands for both tables.
    Registrations that name it go on being stored meanwhile."""
    ContributionSchedule.objects.select_for_update(no_key=True).order_by("pk").first()


def _check_seen(seen: str) -> None:
    """First of all: a refusal is about the editions that the page was about."""
    if stored.digest(stored.current()) != seen:
        raise ActionRefused(
            "changed_meanwhile",
            _("A colleague changed the tariffs meanwhile, so nothing was saved. Look at the effect again."),
        )


def _retire(plan: Plan) -> None:
    ReliefRow.objects.current().filter(code=plan.retires).update(retired_at=timezone.now())


def _check(edition: Schedule | Relief, *, taken: bool) -> None:
    """A quote asks for the first day of a month, so an edition holds for whole months."""
    first, last = edition.valid_from, edition.valid_to
    whole = first.day == 1 and (last is None or (last >= first and last == month_end(last)))
    if not whole:
        raise ActionRefused("not_whole_months", _("An edition holds for whole months."))
    if taken:
        raise ActionRefused("code_taken", _("An edition has this code already. Write another one."))


def _check_alone(edition: Relief, others: tuple[Relief, ...]) -> None:
    for one in others:
        if (
            one.sector == edition.sector
            and one.valid_from <= edition.valid_to
            and edition.valid_from <= one.valid_to
        ):
            raise ActionRefused(
                "overlap",
                _(
                    "%(code)s is a relief of this sector from %(first)s to %(last)s. "
                    "Let this one take its place, or choose other months."
                )
                % {"code": one.code, "first": month(one.valid_from), "last": month(one.valid_to)},
            )


def _gap_said(gap: editions.Gap, edition: Schedule) -> str:
    first, last = month(gap.first), gap.last and month(gap.last)
    if last is None:
        return _("From %s on no schedule would hold. Leave the last month empty.") % first
    said = {"first": first, "last": last}
    if gap.before == edition.code:
        return (
            _("From %(first)s to %(last)s no schedule would hold. Let this one hold until %(last)s.") % said
        )
    return (
        _("From %(first)s to %(last)s no schedule would hold. An edition has to begin in %(first)s.") % said
    )
