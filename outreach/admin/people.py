"""People who sign in. There are no groups, no permissions of one's own and no superusers to be seen.

Not Django's UserAdmin: importing it registers its groups, on a site that is not made yet.
"""

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from outreach import second_factor
from outreach.actions import sign_in
from outreach.admin.base import OfficeAdmin
from outreach.errors import ActionRefused
from outreach.forms.people import NewPersonForm, PersonForm
from outreach.models import User

_WHO = (None, {"fields": ("username", "full_name", "email")})
_LINKS = ("password_link", "sessions_link", "factor_link")
_PLACE = (_("What they may do and see"), {"fields": ("role", "branch", "organisation")})


class PersonAdmin(OfficeAdmin):
    """The search box is missing on purpose: it would put what was typed, somebody's name, into the address."""

    list_display = ("username", "full_name", "role", "branch", "organisation", "is_active")
    list_select_related = ("branch", "organisation")
    list_filter = ("role", "is_active")

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = PersonForm if obj else NewPersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return (_WHO, _PLACE, (_("First password"), {"fields": ("password1", "password2")}))
        may_set = _LINKS if self.has_change_permission(request, obj) else ()
        return (_WHO, _PLACE, (_("Signing in"), {"fields": ("is_active", *may_set, "last_login")}))

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        return (*_LINKS, "last_login")

    @admin.display(description=_("password"))
    def password_link(self, person: User) -> str:
        url = reverse("admin:outreach_user_password", args=(person.pk,))
        return format_html('<a href="{}">{}</a>', url, _("Set a new password"))

    @admin.display(description=_("signed-in devices"))
    def sessions_link(self, person: User) -> str:
        url = reverse("admin:outreach_user_sessions", args=(person.pk,))
        return format_html('<a href="{}">{}</a>', url, _("Sign out everywhere"))

    @admin.display(description=_("second step"))
    def factor_link(self, person: User) -> str:
        if not second_factor.may_have(person):
            return _("not for this role")
        url = reverse("admin:outreach_user_second_factor", args=(person.pk,))
        return format_html('<a href="{}">{}</a>', url, _("Reset the second step"))

    def chain_of(self, obj, user):
        """A person can be made for any branch, also by somebody who has none: the chain is the person's own."""
        return super().chain_of(obj, user) if obj else 0

    def has_delete_permission(self, request, obj=None) -> bool:
        """What somebody did keeps their name: they are deactivated, never deleted."""
        return False

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, extra_context)

    def get_urls(self):
        pages = (
            ("password", self.password_view),
            ("sessions", self.sessions_view),
            ("second_factor", self.second_factor_view),
        )
        own = [
            path(
                f"<int:person_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=f"outreach_user_{name}",
            )
            for name, view in pages
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def sessions_view(self, request: HttpRequest, person_id: int) -> HttpResponse:
        """For a lost device, or somebody who left in a hurry."""
        return self._confirm(
            request,
            person_id,
            action=sign_in.end_all_sessions,
            title=_("Sign out everywhere"),
            lead=_("Every device on which this person is signed in asks for the password at its next page."),
            done=_("Signed out everywhere."),
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def second_factor_view(self, request: HttpRequest, person_id: int) -> HttpResponse:
        """For a lost phone. Make sure by voice that it is the person who asks."""
        return self._confirm(
            request,
            person_id,
            action=sign_in.reset_second_factor,
            title=_("Reset the second step"),
            lead=_(
                "The app and the recovery codes stop working, and the person is signed out everywhere. At the next "
                "sign-in they set up a new one. Call them first: whoever has the password could ask for this."
            ),
            done=_("The second step is reset."),
        )

    def _confirm(self, request: HttpRequest, person_id: int, *, action, title, lead, done) -> HttpResponse:
        """A page that says what will happen, and one button that does it."""
        person = self.get_object(request, str(person_id))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if request.method == "POST":
            try:
                action(by=request.user, person=person)
                messages.success(request, done)
            except ActionRefused as refused:
                messages.warning(request, str(refused))
            return redirect("admin:outreach_user_change", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "lead": lead,
            "opts": self.opts,
            "original": person,
            "back_url": reverse("admin:outreach_user_change", args=(person.pk,)),
            "submit_label": title,
        }
        return TemplateResponse(request, "admin/outreach/form.html", context)

    @method_decorator([sensitive_post_parameters(), require_http_methods(["GET", "HEAD", "POST"])])
    def password_view(self, request: HttpRequest, person_id: int) -> HttpResponse:
        person = self.get_object(request, str(person_id))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form = SetPasswordForm(person, request.POST or None)
        if form.is_valid():
            with transaction.atomic():
                form.save()
                self.log_change(request, person, self.construct_change_message(request, form, None))
            if person == request.user:
                update_session_auth_hash(request, person)  # or one's own new password would sign one out
            messages.success(request, _("The new password is set. Tell it to nobody else."))
            return redirect("admin:outreach_user_change", person.pk)
        return TemplateResponse(
            request, "admin/outreach/form.html", self._password_page(request, person, form)
        )

    def _password_page(self, request: HttpRequest, person: User, form: SetPasswordForm) -> dict:
        return {
            **self.admin_site.each_context(request),
            "title": _("Set a new password"),
            "lead": _("It replaces the old one at once. The person should change it after signing in."),
            "opts": self.opts,
            "original": person,
            "back_url": reverse("admin:outreach_user_change", args=(person.pk,)),
            "submit_label": _("Set the password"),
            "form": form,
            "errors": form.errors,
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),
            "media": self.media + form.media,
        }
