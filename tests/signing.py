"""Signing in as a person does, with the password and the code of an app."""

import base64
import hashlib
import hmac
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from outreach.models import AuditEntry, User
from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PIN = "482913"


def code(secret: str = SECRET, *, steps: int = 0) -> str:
    """RFC 6238: six digits of the step of 30 seconds that is `steps` from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def enrol(person: User) -> list[str]:
    """A person with an app and with recovery codes that were looked at; the codes."""
    TOTP.activate(person, SECRET)
    codes = RecoveryCodes.activate(person)
    codes.mark_as_viewed()
    return codes.get_unused_codes()


def factors(person: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def sign_in(person: User, client: Client | None = None, *, password: str = PASSWORD, **extra) -> Client:
    """A browser that has sent the sign-in page; what it got is `client.answer`."""
    client = client or Client()
    client.answer = client.post("/account/login/", {"login": person.username, "password": password}, **extra)
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def actions(person: User) -> list[str]:
    """What the audit chain says about a person's ways of signing in."""
    rows = AuditEntry.objects.filter(purpose=f"user {person.pk}").order_by("seq")
    return list(rows.values_list("action", flat=True))


@pytest.fixture
def factor_on(settings):
    settings.SECOND_FACTOR = True
