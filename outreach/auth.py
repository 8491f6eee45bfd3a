"""Signing in by django-allauth; permissions by role."""

import time
from functools import cache
from importlib import import_module

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from django.apps import apps
from django.http import HttpRequest
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from outreach import crypto, mail, roster
from outreach.actions import sign_in
from outreach.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the branch; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Username and password do not fit together. Check both."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or ask the admin of your branch."),
        "rate_limited": _("Too many tries. Wait five minutes, or ask the admin of your branch."),
        "account_guessed": _(
            "Too many tries for this account. Wait an hour, or ask the admin of your branch."
        ),
        "incorrect_password": _("This is not your password. Type it again."),
        "enter_current_password": _("This is not your password. Type it again."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_login(self, request, user, **kwargs):
        """allauth asks here for `is_active` alone; a temporary officer's account may have ended with the event."""
        if user.has_ended:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def add_message(self, *args, **kwargs) -> None:
        """None of allauth's: the page somebody lands on says that they are signed in, and as whom."""

    def logout(self, request: HttpRequest) -> None:
        """All the way out: on this phone the PIN is no good any more either."""
        roster.forget(request, request.user)
        sign_in.note(by=request.user, person=request.user, action="sign_out")
        super().logout(request)

    # --- Wrong passwords

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        """The account together with the address, so that nobody locks a colleague behind the same one."""
        return f"{_account_key(self._person(credentials), credentials)}|{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        account = _account_key(self._person(credentials), credentials)
        if not ratelimit.consume(request, action="login_account", key=account, dry_run=True):
            raise self.validation_error("account_guessed")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials) -> None:
        """Counts for the account alone, and leaves a row when a limit is reached: one, not one a try."""
        person = self._person(credentials)
        account = _account_key(person, credentials)
        ratelimit.consume(request, action="login_account", key=account)
        pair = self._get_login_attempts_cache_key(request, **credentials)
        limits = (("login_account", account), ("login_failed", pair))
        within = [ratelimit.consume(request, action=name, key=key, dry_run=True) for name, key in limits]
        if person and not all(within):
            sign_in.note(by=None, person=person, action="sign_in.locked")

    def _person(self, credentials: dict) -> User | None:
        """Whose name was typed. Asked once for a try, which asks one adapter from its beginning to its end."""
        name = _name(credentials)
        if getattr(self, "_tried", (None, None))[0] != name:
            self._tried = name, User.objects.filter(username__iexact=name).first()
        return self._tried[1]

    # --- Passwords by mail, and once more before something sensitive

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        mail.send_soon(self.render_mail(template_prefix, email, {"request": self.request, **context}))

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not for who typed the password a moment ago, to sign in: a first set-up follows right after it."""
        records = get_authentication_records(self.request, self.request.user)
        newest = max((record["at"] for record in records if record["method"] == "password"), default=0)
        recent = time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT
        return not recent and super().is_reauthentication_required(app=app, **kwargs)


def _name(credentials: dict) -> str:
    return credentials.get("username", "").strip().lower()


def _account_key(person: User | None, credentials: dict) -> str:
    """With a mark of the password: wrong ones count against one password, and whoever gets a new one starts afresh."""
    mark = crypto.blind_index("lockout", person.password if person else "")[:6].hex()
    return f"{_name(credentials)}|{mark}"


@cache
def role_permissions(role: str) -> frozenset[str]:
    """Every permission of a role, gathered from the permissions.py of the project's apps."""
    found: set[str] = set()
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "permissions"):
            module = import_module(f"{app.name}.permissions")
            found.update(getattr(module, "ROLE_PERMISSIONS", {}).get(role, ()))
    return frozenset(found)


class RoleBackend(AuthenticationBackend):
    """allauth's check of name and password; what a person may do follows from the role alone, without a query."""

    def get_user(self, user_id):
        """Who a session belongs to, with what nearly every page asks of them, in one query. Each request pays for it,
        so that it joins nothing else and orders nothing."""
        people = User.objects.select_related("branch", "temporary_for").filter(pk=user_id)
        person = next(iter(people.order_by()), None)
        return person if person is not None and self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user) -> bool:
        """Asked when somebody signs in and again at every request of theirs."""
        return super().user_can_authenticate(user) and not user.has_ended

    def get_all_permissions(self, user_obj, obj=None) -> frozenset[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return frozenset()
        return role_permissions(user_obj.role)

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
