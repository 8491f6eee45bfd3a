"""Asking whether somebody is registered. Temporary staff could ask NIK after NIK, so every question is logged and the
answers are limited by person."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from enrolment.actions import disclosures
from enrolment.entry import nik_index
from enrolment.models import Registration
from outreach.actions import audit, limits
from outreach.models import User
from outreach.sealed import MASK

WINDOW = timedelta(minutes=10)
LIMIT = 60
"""Answers a person gets in a window: far more than a stand needs, at two minutes a worker."""
LIMIT_OF_FILES = 3000
"""The same for previews of files (paper forms, payments, answers), which store nothing: three of the longest."""


def may_ask(*, by: User, purpose: str, count: int = 1) -> bool:
    """Log a question after `count` identities, and tell whether it is still within the person's limit."""
    return _asked(by, purpose, count, limit=LIMIT, what=f"identity-{by.pk}")


def may_preview(*, by: User, count: int) -> bool:
    """The same for a file, of which nothing is stored yet: it may be long, but nobody tries list after list."""
    return _asked(by, "import preview", count, limit=LIMIT_OF_FILES, what=f"identity-file-{by.pk}")


def may_match(*, by: User, count: int, purpose: str) -> bool:
    """The same for a list of payments or an answer to a batch: it tells which NIKs are registered here."""
    return _asked(by, purpose, count, limit=LIMIT_OF_FILES, what=f"identity-file-{by.pk}")


def _asked(by: User, purpose: str, count: int, *, limit: int, what: str) -> bool:
    within = limits.spend(what, limit=limit, within=WINDOW, count=count)
    with transaction.atomic(durable=True):
        audit.record(by=by, branch_id=by.branch_id, action="identity.check", purpose=purpose, count=count)
    return within


@dataclass(frozen=True, slots=True)
class Known:
    """What a person may know about a NIK. `registration` and the masked name are given only for `here`."""

    where: Literal["free", "here", "elsewhere", "limited"]
    registration: Registration | None = None
    name: str = ""


def look_up(*, by: User, nik: str, apart_from: UUID | None = None) -> Known:
    """Is this possible NIK registered and still standing? Logged and limited. `apart_from` is the form being
    corrected, if it is theirs: its own NIK is no news."""
    if not may_ask(by=by, purpose="nik"):
        return Known("limited")
    found = Registration.objects.standing().filter(nik_index=nik_index(nik))
    if apart_from:
        own = Registration.objects.visible_to(by).filter(submission_id=apart_from)
        found = found.exclude(pk__in=own.values("pk"))
    rows = list(found.select_related("event").order_by("-received_at"))
    here = [row for row in rows if row.branch_id == by.branch_id]
    if not here:
        return Known("elsewhere" if rows else "free")
    theirs = (row for row in here if by.pk in (row.officer_id, row.entered_by_id))
    shown = next(theirs, here[0])
    (named,) = disclosures.with_names([shown], by=by, purpose="nik")
    return Known("here", shown, masked(named.full_name))


def masked(name: str) -> str:
    """`Siti Rahayu` → `S•••• R••••`: enough to recognise who stands there, whatever the length."""
    return " ".join(f"{word[0]}{MASK}" for word in name.split())
