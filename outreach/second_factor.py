"""The second factor of the admin's people: how allauth keeps it, and what a session remembers of having proved it."""

import base64

import segno
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from outreach import crypto
from outreach.choices import STAFF_ROLES

_PROVED, _UNSEEN, _PENDING = "second_factor", "second_factor_codes_unseen", "second_factor_pending"
_SEAL = "second_factor"


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code does not fit. Wait for the next one and type that."),
        "cannot_delete_authenticator": _(
            "The second step stays on for your role. With a new phone, ask the system admin to reset it."
        ),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.seal(text, context=_SEAL)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(base64.b64decode(encrypted_text), context=_SEAL)

    def get_totp_label(self, user) -> str:
        """The name they sign in with: the app shows it to whoever looks at the phone, so no address."""
        return user.get_username()

    def build_totp_svg(self, url: str) -> SafeString:
        drawn = segno.make(url, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
        return mark_safe(drawn)  # noqa: S308 - drawn by segno, squares only

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_asked_of(authenticator.user)


def may_have(user) -> bool:
    """Only who works in the admin: an officer's phone passes from hand to hand."""
    return user.is_superuser or user.role in STAFF_ROLES


def is_asked_of(user) -> bool:
    return settings.SECOND_FACTOR and may_have(user)


def is_set_up(user) -> bool:
    """One query: for sessions that have not proved it."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def prove(request: HttpRequest, authenticator: Authenticator) -> None:
    """From now on this session has it. Whether the recovery codes were ever looked at is asked once, here."""
    request.session[_PROVED] = [authenticator.user_id, authenticator.pk]
    codes = Authenticator.objects.filter(
        user_id=authenticator.user_id, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    request.session[_UNSEEN] = codes is not None and not codes.wrap().did_view


def is_proved(request: HttpRequest) -> bool:
    """Without a query: a reset of the factor ends the person's sessions."""
    return request.session.get(_PROVED, [None])[0] == request.user.pk


def forget(request: HttpRequest) -> None:
    request.session.pop(_PROVED, None)


def has_unseen_codes(request: HttpRequest) -> bool:
    return request.session.get(_UNSEEN, False)


def show_codes(request: HttpRequest) -> None:
    """There are new ones: nothing else before they are kept."""
    request.session[_UNSEEN] = True


def codes_are_kept(request: HttpRequest) -> None:
    request.session[_UNSEEN] = False


def pending_secret(request: HttpRequest, make) -> str:
    """The secret that a session is about to set up, sealed where it waits; the same until it is used, so that a page
    loaded twice does not spoil what was scanned."""
    context = f"{_PENDING}|{request.user.pk}"
    sealed = request.session.get(_PENDING)
    if sealed:
        try:
            return crypto.unseal(base64.b64decode(sealed), context=context)
        except crypto.SealBroken:  # somebody else's, of an earlier sign-in
            pass
    secret = make()
    request.session[_PENDING] = base64.b64encode(crypto.seal(secret, context=context)).decode()
    return secret


def drop_pending_secret(request: HttpRequest) -> None:
    request.session.pop(_PENDING, None)


def spend(user, code: str) -> bool:
    """False for a code of the app that was used before. allauth remembers it for one step only, but with a tolerance
    it is good for three."""
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return cache.add(f"second-factor-{user.pk}-{code.replace(' ', '')}", "spent", timeout=seconds)
