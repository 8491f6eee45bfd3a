"""What an entry would cost, from the dated tables."""

from datetime import date

from django.db.models import Exists, OuterRef

from enrolment import contributions
from enrolment.contributions import Quote
from enrolment.entry import Entry
from enrolment.models import Bracket, ContributionSchedule, Registration, Relief


def quote(entry: Entry) -> Quote:
    """Three queries. Raises LookupError if no schedule covers the first month."""
    return choices(entry)[entry.package, entry.months]


def choices(entry: Entry) -> dict[tuple[str, int], Quote]:
    """What each package costs for each number of months, other answers as they are. Three queries."""
    month = entry.first_month
    schedule = contributions.schedule_for(ContributionSchedule.objects.in_force(month).as_schedules(), month)
    reliefs = Relief.objects.current().as_reliefs()
    return {
        (package, months): contributions.quote(
            schedule=schedule,
            reliefs=reliefs,
            income=entry.income,
            package=package,
            months=months,
            first_month=month,
            sector=entry.job_type_1.sector,
            government_paid=entry.government_paid,
        )
        for months in contributions.MONTHS_PREPAID
        for package in ("T", "L")
    }


def covers(month: date) -> bool:
    """Is there a schedule with brackets for this contribution month? One query."""
    has_brackets = Exists(Bracket.objects.filter(schedule=OuterRef("pk")))
    return bool(ContributionSchedule.objects.in_force(month).values_list(has_brackets, flat=True).first())


def basis(quote: Quote) -> dict[str, str]:
    """The legal basis of a quote by code: of its schedule, and of each relief that it took. Two queries; one where it
    took none."""
    reliefs = {month.relief for month in quote.months if month.relief}
    return {
        **dict(ContributionSchedule.objects.filter(code=quote.schedule).values_list("code", "basis")),
        **dict(Relief.objects.filter(code__in=reliefs).values_list("code", "basis")),
    }


def stored_quote(registration: Registration, *, income: int) -> Quote:
    """The quote of a stored registration, worked out again from exactly the rows that it took. Three queries."""
    (schedule,) = ContributionSchedule.objects.filter(pk=registration.schedule_id).as_schedules()
    return contributions.quote(
        schedule=schedule,
        reliefs=Relief.objects.filter(code__in=registration.reliefs).as_reliefs(),
        income=income,
        package=registration.package,
        months=registration.months,
        first_month=registration.first_month,
        sector=registration.sector,
        government_paid=registration.government_paid,
    )
