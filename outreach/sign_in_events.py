"""What follows from signing in and from changes of it, where allauth and Django offer a signal and no other hook."""

from datetime import timedelta

from allauth.account import signals as account_signals
from allauth.core import ratelimit
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from outreach import roster, second_factor, shared_phone
from outreach.actions import sign_in
from outreach.choices import STAFF_ROLES, Role


@receiver(user_logged_in)
def set_length(request, user, **kwargs) -> None:
    """However somebody got in. Staff are out after their hours; officers and organisers after not using it."""
    age = settings.SESSION_AGES[user.role]
    ends = timezone.now() + timedelta(seconds=age) if user.role in STAFF_ROLES else age
    request.session.set_expiry(ends)
    shared_phone.mark_used(request)


@receiver(account_signals.user_logged_in)
def signed_in(request, user, **kwargs) -> None:
    """With the password, and the second factor where there is one."""
    if user.role == Role.OFFICER:
        roster.remember(request, user)
    sign_in.note(by=user, person=user, action="sign_in")


@receiver(account_signals.password_changed)
def password_changed(request, user, **kwargs) -> None:
    if user.role == Role.OFFICER:
        roster.remember(request, user)  # typed here just now
    sign_in.note(by=user, person=user, action="password.change")


@receiver(account_signals.password_reset)
def password_reset(request, user, **kwargs) -> None:
    """By a link."""
    sign_in.note(by=user, person=user, action="password.reset")


@receiver(mfa_signals.authenticator_added)
def factor_added(request, user, authenticator, **kwargs) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        second_factor.drop_pending_secret(request)
        second_factor.prove(request, authenticator)  # its code was just typed
        sign_in.note(by=user, person=user, action="second_factor.set")
    elif authenticator.type == Authenticator.Type.RECOVERY_CODES:
        second_factor.show_codes(request)


@receiver(mfa_signals.authenticator_reset)
def codes_made(request, user, authenticator, **kwargs) -> None:
    second_factor.show_codes(request)
    sign_in.note(by=user, person=user, action="second_factor.codes")


@receiver(mfa_signals.authenticator_removed)
def factor_removed(request, user, authenticator, **kwargs) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        second_factor.forget(request)
        sign_in.note(by=user, person=user, action="second_factor.removed")


@receiver(mfa_signals.authenticator_used)
def factor_used(request, user, authenticator, **kwargs) -> None:
    second_factor.prove(request, authenticator)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        sign_in.note(by=user, person=user, action="second_factor.recovery")


@receiver(mfa_signals.authentication_failed)
def factor_failed(request, user, **kwargs) -> None:
    """One row when the limit is reached, not one a try."""
    if not ratelimit.consume(request, action="login_failed", key=f"mfa-auth-user-{user.pk}", dry_run=True):
        sign_in.note(by=None, person=user, action="second_factor.locked")
