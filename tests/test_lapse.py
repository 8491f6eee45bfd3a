"""Lapsing by the clock: who, when, who is left, and that a dry run changes nothing."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from enrolment.actions import consent, decisions, lapsing, payments
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Kind, Stage, State
from enrolment.models import Decision, Participation, Registration
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories
from tests.paying import accepted, ago, at_stage, clock, now, paid, today, waiting, write
from tests.reviewing import WHO

pytestmark = pytest.mark.usefixtures("in_english")


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("lapse", *arguments, stdout=out)
    return out.getvalue().splitlines()


def state(row: Participation) -> str:
    return Registration.objects.get(pk=row.registration_id).state


def test_who_never_paid_lapses_after_sixty_whole_days(cast):
    over, not_yet = accepted(cast, days=61), accepted(cast, days=60)
    assert run() == ["bazar-uji: 1 lapsed (1 never paid); left: none", "together: 1 lapsed (1 never paid)"]
    assert (state(over), state(not_yet)) == (State.LAPSED, State.APPROVED)
    assert now(over).ended_at is not None
    decision = Decision.objects.get(target=State.LAPSED)
    assert (decision.by, decision.source) == (None, State.APPROVED)
    access = audit.open_access(
        by=cast.reviewer,
        branch_id=cast.branch.pk,
        objects=(decision.pk,),
        fields=("reason",),
        purpose="review",
    )
    assert decision.reason.reveal(access) == "Not paid within 60 days of the approval."


def test_a_day_is_a_day_of_jakarta(cast):
    row = accepted(cast)
    Participation.objects.update(approved_at=datetime(2026, 9, 30, 17, 30, tzinfo=UTC))  # 1 October, 00.30
    with clock(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)):
        run()
        assert state(row) == State.APPROVED
    with clock(datetime(2026, 11, 30, 17, 1, tzinfo=UTC)):  # the 61st day begins
        run()
    assert state(row) == State.LAPSED


def test_the_setting_says_after_how_many_days(cast, settings):
    settings.LAPSE_DAYS = 30
    row = accepted(cast, days=31)
    run()
    assert state(row) == State.LAPSED


def test_a_dry_run_says_it_and_changes_nothing(cast):
    rows = [accepted(cast, days=70), waiting(cast, days=70)]
    before = AuditEntry.objects.count(), Decision.objects.count()
    assert run("--dry-run") == [
        "bazar-uji: 2 would lapse (1 never handed over, 1 never paid); left: none",
        "together: 2 would lapse (1 never handed over, 1 never paid)",
    ]
    assert [state(row) for row in rows] == [State.APPROVED] * 2
    assert (AuditEntry.objects.count(), Decision.objects.count()) == before


def test_who_is_in_a_batch_or_has_withdrawn_is_left_and_said(cast):
    batched = at_stage(waiting(cast, days=70), Stage.IN_BATCH, by=cast.reviewer)
    gone = accepted(cast, days=70)
    consent.withdraw(by=cast.officer, registration=gone.registration, channel="phone")
    paid(cast, days=70)
    assert run() == [
        "bazar-uji: 0 lapsed; left: 1 in a batch without an answer, 1 consent withdrawn",
        "together: 0 lapsed",
    ]
    assert (state(batched), state(gone)) == (State.APPROVED, State.APPROVED)


def test_a_second_run_finds_nothing(cast):
    accepted(cast, days=70)
    run()
    assert run() == ["together: 0 lapsed"]
    assert Decision.objects.filter(target=State.LAPSED).count() == 1


def test_the_output_names_nobody(cast):
    row = accepted(cast, days=70, **WHO)
    said = " ".join(run("--dry-run") + run())
    assert WHO["full_name"] not in said
    assert row.registration.reference not in said.replace("-", "")


def test_events_and_branches_are_told_apart(cast):
    event = factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )
    accepted(cast, days=70)
    registration = factories.submitted(by=cast.stranger, event=event.slug, officer="orang_lain")
    with clock(ago(70)):
        factories.decisions.move(by=cast.strange_reviewer, registration=registration, target=State.APPROVED)
    found = lapsing.preview(now=timezone.now())
    assert found == {("bazar-uji", "unpaid"): 1, ("bazar-lain", "waiting"): 1}


def test_more_than_one_batch_lapses_each_once(cast, monkeypatch):
    monkeypatch.setattr(lapsing, "BATCH", 2)
    rows = [accepted(cast, days=62 + n) for n in range(5)]
    left = accepted(cast, days=90)
    consent.withdraw(by=cast.officer, registration=left.registration, channel="phone")
    assert run()[-1] == "together: 5 lapsed (5 never paid)"
    assert {state(row) for row in rows} == {State.LAPSED}


def test_who_paid_between_the_look_and_the_lock_stays(cast, monkeypatch):
    row = accepted(cast, days=70)
    real = lapsing.decisions.lock

    def pay_first(registration):
        if now(row).paid_on is None:
            write(cast, row, Said(EntryKind.PAID, on=timezone.localdate(), months=1))
        return real(registration)

    monkeypatch.setattr(lapsing, "decisions", type("D", (), {"lock": staticmethod(pay_first)}))
    assert run()[0] == "bazar-uji: 0 lapsed; left: 1 changed meanwhile"
    assert (state(row), now(row).stage) == (State.APPROVED, Stage.PAID)


def test_the_worker_may_come_again_and_is_new(cast):
    accepted(cast, days=70, **WHO)
    run()
    again = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    assert (again.state, again.kind) == (State.APPROVED, Kind.NEW)


# --- Who stopped paying


def stopped(cast, months: int) -> Participation:
    """Covered until the month so many months ago."""
    row = paid(cast, days=5)
    this = timezone.localdate().replace(day=1)
    last = payments.covered_until(this, [(date(2000, 1, 1), 1)])
    for _ in range(months):
        last = (last - timedelta(days=1)).replace(day=1)
    Participation.objects.filter(pk=row.pk).update(covered_until=last)
    return row


def test_without_the_setting_nobody_who_paid_ever_lapses(cast):
    stopped(cast, 30)
    assert run() == ["together: 0 lapsed"]


def test_with_the_setting_who_stopped_lapses_after_so_many_whole_months(cast, settings):
    settings.LAPSE_STOPPED_MONTHS = 3
    over, not_yet = stopped(cast, 4), stopped(cast, 3)
    assert run()[0] == "bazar-uji: 1 lapsed (1 stopped paying); left: none"
    assert (state(over), state(not_yet)) == (State.LAPSED, State.APPROVED)


def test_a_later_payment_keeps_who_would_have_lapsed(cast, settings):
    settings.LAPSE_STOPPED_MONTHS = 3
    row = paid(cast)
    with clock(ago(-200)):
        assert run("--dry-run")[-1] == "together: 1 would lapse (1 stopped paying)"
        write(cast, row, Said(EntryKind.LATER, on=timezone.localdate(), months=1))
        assert run()[-1] == "together: 0 lapsed"


def test_who_stopped_comes_back_as_a_reactivation(cast, settings):
    settings.LAPSE_STOPPED_MONTHS = 1
    row = paid(cast, **WHO)
    with clock(ago(-100)):
        run()
    assert state(row) == State.LAPSED
    assert factories.submitted(by=cast.officer, **WHO).kind == Kind.REACTIVATION


def test_who_paid_before_it_was_checked_again_has_paid(cast):
    """An approval taken back for a while makes no payment undone: else the clock would let them lapse."""
    first = accepted(cast, days=5)
    decisions.move(
        by=cast.reviewer, registration=first.registration, target="submitted", reason="Nama keliru."
    )
    again = factories._moved(first.registration, "approved", cast.reviewer)
    row = again.participations.select_related("registration").get(ended_at=None)
    with pytest.raises(ActionRefused) as refused:
        write(cast, row, Said(EntryKind.PAID, on=today() - timedelta(days=6), months=1))
    assert refused.value.code == "too_early"
    write(cast, row, Said(EntryKind.PAID, on=today() - timedelta(days=3), months=1))
    assert now(row).stage == Stage.PAID
    call_command("verify_counts", stdout=StringIO())
