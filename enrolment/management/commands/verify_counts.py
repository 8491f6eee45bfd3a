"""The checker of the counts. It reads single rows and adds them up in plain Python; of what it checks it uses nothing
but the answer. Even the hours are worked out anew: Jakarta is seven hours ahead of UTC, all year."""

import contextlib
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from enrolment.management import recount_paid
from enrolment.models import Decision, Participation, Prospect, Registration, SecondLook
from enrolment.queries import counts, paid, second_looks
from enrolment.queries.handed_over import handed_over
from outreach.models import Event, Greeting, OutreachSession

AHEAD_OF_UTC = timedelta(hours=7)
FIGURES = ("registered", "waiting", "approved", "returned", "rejected", "withdrawn", "lapsed", "reactivations",
           "with_jht", "contribution", "contribution_approved")  # fmt: skip
BEFORE = ("greeted", "sessions", "in_sessions", "interested")
"""What came before registering: people at a booth, sessions, people in them, and who was interested."""
LOOKS = ("drawn", "looked", "agreed", "closed")
"""Second looks: of the event, and of each reviewer's approvals."""
AFTER = ("handed_over",)
"""What came after an approval."""
EVERY = FIGURES + BEFORE + LOOKS + AFTER + recount_paid.FIGURES
CHUNK = 2_000


class Command(BaseCommand):
    help = "Recompute every event's counts from the single rows; fails with each difference from the page's figures."

    def handle(self, **options) -> None:
        different = 0
        for event in Event.objects.order_by("slug"):
            with _one_snapshot():
                now = timezone.now()
                rows, shown = _from_rows(event), _from_page(event, at=now)
                recount_paid.add(rows, event, at=now)
            faults = [
                f"{event.slug}: {place} {figure}: page {shown[place][figure]}, rows {rows[place][figure]}"
                for place in sorted({*rows, *shown})
                for figure in EVERY
                if shown[place][figure] != rows[place][figure]
            ]
            for fault in faults:
                self.stdout.write(fault)
            different += len(faults)
            whole = rows["total"]
            self.stdout.write(
                f"{event.slug}: {whole['greeted'] + whole['in_sessions']} reached,"
                f" {whole['interested']} interested, {whole['registered']} registered,"
                f" {whole['approved']} approved, Rp{whole['contribution']}: {'differs' if faults else 'equal'}"
            )
        if different:
            raise CommandError(f"{different} figures differ from the rows")


@contextlib.contextmanager
def _one_snapshot():
    """Both readings see the same rows, though the stand goes on registering."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _from_rows(event: Event) -> dict[str, dict[str, int]]:
    """Figures by place ("total", "booth A", "officer petugas", "day 2026-11-20", "hour 9"). The state is the
    last decision's, so a status column that fell behind shows here too."""
    state = dict(
        Decision.objects.filter(registration__event=event)
        .order_by("registration_id", "number")
        .values_list("registration_id", "target")
        .iterator(CHUNK)
    )
    found = _nothing()
    were_prospects = _add_prospects(found, event)
    rows = (
        Registration.objects.filter(event=event)
        .select_related("booth", "officer")
        .only("registered_at", "kind", "package", "contribution_total", "booth__code", "officer__username")
    )
    for row in rows.iterator(CHUNK):
        here = row.registered_at.astimezone(UTC) + AHEAD_OF_UTC
        places = (
            "total", f"booth {row.booth.code}", f"officer {row.officer.username}", f"day {here.date().isoformat()}",
            f"hour {here.hour}",
        )  # fmt: skip
        for place in places:
            _add(found[place], state.get(row.pk), row)
        if state.get(row.pk) != "withdrawn" and row.pk not in were_prospects:
            for place in places[:3]:
                found[place]["interested"] += 1
    _add_reached(found, event)
    _add_looks(found, event)
    _add_handed_over(found, event, state)
    return found


def _add_handed_over(found: dict[str, dict[str, int]], event: Event, state: dict) -> None:
    """Whatever was accepted once and whose last decision is still the approval of it."""
    rows = Participation.objects.filter(event=event).values_list(
        "registration_id", "accepted_at", "approval__number"
    )
    newest = dict(
        Decision.objects.filter(registration__event=event)
        .order_by("registration_id", "number")
        .values_list("registration_id", "number")
        .iterator(CHUNK)
    )
    for registration, accepted_at, approval in rows.iterator(CHUNK):
        standing = state.get(registration) == "approved" and newest[registration] == approval
        found["total"]["handed_over"] += bool(accepted_at and standing)


def _add_prospects(found: dict[str, dict[str, int]], event: Event) -> set:
    """One by one, where they were noted. The registrations that they became, which interest nobody twice."""
    became = set()
    noted = Prospect.objects.filter(event=event).values_list(
        "booth__code", "officer__username", "registration_id"
    )
    for booth, officer, registration in noted.iterator(CHUNK):
        for place in ("total", f"booth {booth}", f"officer {officer}"):
            found[place]["interested"] += 1
        became.add(registration)
    return became


def _add_reached(found: dict[str, dict[str, int]], event: Event) -> None:
    """Tap by tap: those that no other row takes back. Session by session: whoever was there."""
    taps = list(
        Greeting.objects.filter(booth__event=event)
        .values_list("id", "undoes_id", "booth__code")
        .iterator(CHUNK)
    )
    taken_back = {undoes for _id, undoes, _booth in taps if undoes}
    for tap, undoes, booth in taps:
        if not undoes and tap not in taken_back:
            found["total"]["greeted"] += 1
            found[f"booth {booth}"]["greeted"] += 1
    for people in OutreachSession.objects.filter(event=event).values_list("people_reached", flat=True):
        found["total"]["sessions"] += 1
        found["total"]["in_sessions"] += people


def _add_looks(found: dict[str, dict[str, int]], event: Event) -> None:
    """Look by look, under who made the decision that it is about."""
    looks = SecondLook.objects.filter(decision__registration__event=event)
    for username, result, looked_at, closed_at in looks.values_list(
        "decision__by__username", "result", "looked_at", "closed_at"
    ).iterator(CHUNK):
        for place in ("total", f"reviewer {username}"):
            found[place]["drawn"] += 1
            found[place]["looked"] += looked_at is not None
            found[place]["agreed"] += result == "agrees"
            found[place]["closed"] += closed_at is not None


def _add(figures: dict[str, int], state: str | None, row: Registration) -> None:
    package, amount = row.package, row.contribution_total
    figures["waiting" if state == "submitted" else str(state)] += 1
    if state != "withdrawn":
        figures["registered"] += 1
        figures["reactivations"] += row.kind == "reactivation"
    if state in ("submitted", "returned", "approved"):
        figures["contribution"] += amount
        figures["with_jht"] += package == "L"
    if state == "approved":
        figures["contribution_approved"] += amount


def _from_page(event: Event, *, at: datetime) -> dict[str, dict[str, int]]:
    """The same shape, from what the page shows."""
    shown = counts.event_counts(event, at=at)
    found = _nothing()
    for place, tally in [
        ("total", shown.total),
        *((f"booth {row.key}", row.tally) for row in shown.booths),
        *((f"officer {row.key}", row.tally) for row in shown.officers),
        *((f"day {row.key}", row.tally) for row in shown.days),
        *((f"hour {row.key}", row.tally) for row in shown.hours),
    ]:
        found[place] |= {figure: getattr(tally, figure) for figure in FIGURES}
    for row in shown.booths:
        found[f"booth {row.key}"] |= {"greeted": row.greeted, "interested": row.interested}
    for row in shown.officers:
        found[f"officer {row.key}"]["interested"] = row.interested
    found["total"] |= {figure: getattr(shown.reached, figure) for figure in BEFORE[:3]}
    found["total"]["interested"] = shown.interested.people
    looks = second_looks.agreement(event)
    for username, _name, figures in looks:
        found[f"reviewer {username}"] |= {figure: getattr(figures, figure) for figure in LOOKS}
    whole = second_looks.together(looks)
    found["total"] |= {figure: getattr(whole, figure) for figure in LOOKS}
    found["total"]["handed_over"] = handed_over(event).entered
    booths = paid.paid(event, at=at)
    for place, one in [
        ("total", paid.total(booths)),
        *((f"booth {code}", one) for code, one in booths.items()),
    ]:
        found[place] |= {figure: getattr(one, figure) for figure in recount_paid.FIGURES}
    return found


def _nothing() -> dict[str, dict[str, int]]:
    return defaultdict(lambda: dict.fromkeys(EVERY, 0))
