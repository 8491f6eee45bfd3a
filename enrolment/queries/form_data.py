"""What the form's scripts know without asking: tariffs, job types, the villages and regencies around.

Nothing personal, the same for every officer of a branch. Lists, in this order:
schedule: code, basis, valid from, valid to, JKK per mille, JKM, JHT per mille, [[lowest income, base], …];
relief: code, basis, sector, [on JKK, on JKM, on JHT], percent, valid from, valid to, not if the government pays.
"""

import hashlib
from typing import Any

from enrolment.models import Bracket, ContributionSchedule, JobType, Relief
from enrolment.queries import regions
from outreach.choices import EventState
from outreach.models import Branch, Event
from outreach.regions import district

_DIGEST = 24  # hex digits: 96 bit


def content(branch: Branch) -> dict[str, Any]:
    """Five queries."""
    return {
        "schedules": _schedules(),
        "reliefs": _reliefs(),
        "sectors": _sectors(),
        "villages": regions.villages(_districts(branch)),
        "places": regions.places(branch.regency_code),
    }


def digest(of: str) -> str:
    """What names a content in its address: 24 hex digits."""
    return hashlib.sha256(of.encode()).hexdigest()[:_DIGEST]


def _districts(branch: Branch) -> list[str]:
    """Where the branch stands now: whoever comes to a bazaar mostly lives around it."""
    events = Event.objects.filter(branch=branch, state=EventState.OPEN)
    return sorted({district(code) for code in events.values_list("village_code", flat=True).order_by()})


def _schedules() -> list[list]:
    brackets: dict[int, list] = {}
    for schedule, *bracket in Bracket.objects.values_list(
        "schedule_id", "income_from", "contribution_base"
    ).order_by("income_from"):
        brackets.setdefault(schedule, []).append(bracket)
    rows = ContributionSchedule.objects.current().values_list(
        "pk", "code", "basis", "valid_from", "valid_to", "jkk_per_mille", "jkm_flat", "jht_per_mille"
    )
    return [[*row, brackets.get(pk, [])] for pk, *row in rows]


def _reliefs() -> list[list]:
    return [
        [
            row.code, row.basis, row.sector, [int(row.on_jkk), int(row.on_jkm), int(row.on_jht)], row.percent,
            row.valid_from, row.valid_to, int(row.excludes_government_paid),
        ]
        for row in Relief.objects.current()
    ]  # fmt: skip


def _sectors() -> dict[str, str]:
    return dict(JobType.objects.order_by("code").values_list("code", "sector"))
