"""Orders of two reviewers, and their protections taken out (see tests/racer.py)."""

import time

from enrolment.actions import claims, escalations
from enrolment.models import Registration
from outreach.errors import ActionRefused
from outreach.models import User


def arrange(options: dict) -> None:
    if options.get("slow_renewal"):
        real = claims._taken_at
        claims._taken_at = lambda *args, **kwargs: (real(*args, **kwargs), time.sleep(0.6))[0]
    if options.get("without_renewal_condition"):
        claims._extend = extend_unconditionally


def extend_unconditionally(registration: Registration, *, by: User, now, until) -> bool:
    return Registration.objects.filter(pk=registration.pk).update(claimed_until=until) == 1


def renew(username: str, reference: str) -> dict:
    registration = Registration.objects.get(reference=reference)
    until = claims.renew(by=User.objects.get(username=username), registration=registration)
    return {"outcome": "renewed" if until else "lost"}


def take_when_free(username: str, wait: float) -> dict:
    """`wait` seconds later, when the claim of the other one has run out."""
    time.sleep(wait)
    taken = claims.take_next(by=User.objects.get(username=username))
    return {"outcome": "taken" if taken else "none"}


def return_again(username: str, reference: str) -> dict:
    registration = Registration.objects.get(reference=reference)
    by = User.objects.get(username=username)
    try:
        escalations.give_back(by=by, registration=registration, reason="Alasan uji.")
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "with the head"}


ORDERS = {"renew": renew, "take_when_free": take_when_free, "return_again": return_again}
