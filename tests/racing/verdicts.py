"""Two who judge the same twins, or ask about them, at once."""

import time

from enrolment.actions import arbitrations, decisions, verdicts
from enrolment.choices import Verdict
from enrolment.models import Registration
from outreach.errors import ActionRefused
from outreach.models import User


def arrange(options: dict) -> None:
    """Take a protection out."""
    if options.get("without_pair_lock"):
        verdicts.lock_both = lambda *pair: tuple(_read(row) for row in pair)
    if options.get("without_pair_order"):
        verdicts.lock_both = lambda *pair: tuple(_lock(row) for row in pair)
    if options.get("without_case_lock"):
        decisions.lock = _read
        real = arbitrations.audit.record
        arbitrations.audit.record = lambda **row: (time.sleep(0.05), real(**row))


def _read(registration: Registration) -> Registration:
    """Without its lock, and with the other process in the gap."""
    read = Registration.objects.get(pk=registration.pk)
    time.sleep(0.05)
    return read


def _lock(registration: Registration) -> Registration:
    """One after the other as they are named, with the other process in the gap."""
    locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    time.sleep(0.05)
    return locked


def judge(username: str, reference: str, other: str, keep: str) -> dict:
    """Of one person keep the one with this reference; nothing kept are two people."""
    rows = {row.reference: row for row in Registration.objects.filter(reference__in=(reference, other))}
    try:
        verdicts.judge(
            by=User.objects.get(username=username),
            registration=rows[reference],
            other=rows[other],
            verdict=Verdict.SAME if keep else Verdict.DIFFERENT,
            kept=rows.get(keep),
            reason="Alasan uji.",
        )
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "done"}


def ask_head(username: str, reference: str) -> dict:
    registration = Registration.objects.get(reference=reference)
    case = arbitrations.ask(by=User.objects.get(username=username), registration=registration)
    return {"outcome": "asked", "case": str(case.pk)}


ORDERS = {"judge": judge, "ask_head": ask_head}
