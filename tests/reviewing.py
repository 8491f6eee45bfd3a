"""What the tests of the reviewer's pages share: a person to look for, the addresses, and what was put on record."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from enrolment.models import Registration
from outreach.models import AuditEntry

NIK, PHONE, ADDRESS, EMAIL = "3172011204880077", "+6281298765432", "Gang Melati Rahasia 7", "sumi@contoh.id"
HIDDEN_TEXTS = (NIK, "3172\u00a00112\u00a00488\u00a00077", PHONE, "0812-9876-5432", ADDRESS, EMAIL)
WHO = {
    "nik": NIK,
    "birth_date": "1988-04-12",
    "phone": PHONE,
    "address": ADDRESS,
    "email": EMAIL,
    "full_name": "Sumiati Uji",
}


def queue_url(query: str = "") -> str:
    return reverse("admin:enrolment_registration_changelist") + query


def url(registration: Registration) -> str:
    return reverse("admin:enrolment_registration_review", args=[registration.reference])


def decide(client, registration, target, reason="", **changes):
    data = {"act": target, "reason": reason, "version": registration.version, **changes}
    return client.post(url(registration), data)


def references(response) -> list[str]:
    return [row.registration.reference for row in response.context["rows"]]


def reads() -> list[tuple]:
    """(actor, object, fields, purpose, count) of every access row, in order."""
    return list(
        AuditEntry.objects.filter(action="read")
        .order_by("seq")
        .values_list("actor__username", "object_id", "fields", "purpose", "count")
    )


def received(registration: Registration, *, ago: timedelta) -> None:
    Registration.objects.filter(pk=registration.pk).update(received_at=timezone.now() - ago)


def now(registration: Registration) -> Registration:
    """The row as it is stored; sealed values refuse refresh_from_db."""
    return Registration.objects.get(pk=registration.pk)


def trail(registration: Registration) -> list[tuple]:
    return list(registration.decisions.order_by("number").values_list("source", "target", "by__username"))
