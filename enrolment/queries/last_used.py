"""What an officer chose last at a booth today: most of a queue comes from one market and one village."""

from collections.abc import Iterable
from datetime import date

from enrolment.choices import Package
from enrolment.models import Registration
from enrolment.queries.stands import day_bounds
from outreach import regions
from outreach.models import Booth, User

LOOKED_AT, OFFERED = 30, 3

Choices = list[tuple[str, str]]
"""What goes into the field, and the words for it."""


def last_used(officer: User, booth: Booth, *, day: date) -> dict[str, Choices]:
    """Up to three each, the latest first, by field. One query, which reads nothing about a person."""
    start, end = day_bounds(day)
    rows = list(
        Registration.objects.filter(
            officer=officer, booth=booth, registered_at__gte=start, registered_at__lt=end
        )
        .order_by("-registered_at", "-received_at")
        .values_list("village_code", "job_type_1__code", "job_type_1__name", "package")[:LOOKED_AT]
    )
    return {
        "village_code": _latest(
            (regions.label(code), regions.label(code).partition(",")[0]) for code, *_ in rows
        ),
        "job_type_1": _latest((code, name) for _village, code, name, _package in rows),
        "package": _latest((package, Package(package).label) for *_, package in rows),
    }


def _latest(choices: Iterable[tuple[str, str]]) -> Choices:
    return list(dict.fromkeys(choices))[:OFFERED]
