"""What an entry would cost, from the dated tables."""

from datetime import date

from django.db.models import Exists, OuterRef

from enrolment import contributions
from enrolment.contributions import Quote
from enrolment.entry import Entry
from enrolment.models import Bracket, ContributionSchedule, Registration, Relief


def quote(entry: Entry) -> Quote:
    """Three queries. Raises LookupError if no schedule covers the first month."""
    return _quote(
        income=entry.income,
        package=entry.package,
        months=entry.months,
        first_month=entry.first_month,
        sector=entry.job_type_1.sector,
        government_paid=entry.government_paid,
    )


def covers(month: date) -> bool:
    """Is there a schedule with brackets for this contribution month? One query."""
    has_brackets = Exists(Bracket.objects.filter(schedule=OuterRef("pk")))
    return bool(ContributionSchedule.objects.in_force(month).values_list(has_brackets, flat=True).first())


def basis(quote: Quote) -> list[str]:
    """The legal basis of a quote: of its schedule, and of each relief that it took. Two queries."""
    reliefs = {month.relief for month in quote.months if month.relief}
    return [
        *ContributionSchedule.objects.filter(code=quote.schedule).values_list("basis", flat=True),
        *Relief.objects.filter(code__in=reliefs).values_list("basis", flat=True),
    ]


def stored_quote(registration: Registration, *, income: int) -> Quote:
    """The quote of a stored registration, worked out again from the schedule it names and the reliefs of today."""
    return _quote(
        income=income,
        package=registration.package,
        months=registration.months,
        first_month=registration.first_month,
        sector=registration.sector,
        government_paid=registration.government_paid,
        schedule_id=registration.schedule_id,
    )


def _quote(*, income, package, months, first_month, sector, government_paid, schedule_id=None) -> Quote:
    rows = ContributionSchedule.objects.all()
    if schedule_id:
        schedule = rows.filter(pk=schedule_id).as_schedules()[0]
    else:
        schedule = contributions.schedule_for(rows.in_force(first_month).as_schedules(), first_month)
    return contributions.quote(
        schedule=schedule,
        reliefs=Relief.objects.as_reliefs(),
        income=income,
        package=package,
        months=months,
        first_month=first_month,
        sector=sector,
        government_paid=government_paid,
    )
