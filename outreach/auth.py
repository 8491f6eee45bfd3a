"""Signing in by django-allauth; permissions by role."""

from functools import cache
from importlib import import_module

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the branch; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Username and password do not fit together. Check both."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or ask the admin of your branch."),
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
        """Who a session belongs to, with what nearly every page asks of them, in one query."""
        people = get_user_model()._default_manager.select_related("branch", "organisation", "temporary_for")
        person = people.filter(pk=user_id).first()
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
