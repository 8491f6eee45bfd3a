"""People who sign in. There are no groups, no permissions of one's own and no superusers to be seen.

Not Django's UserAdmin: importing it registers its groups, on a site that is not made yet.
"""

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from outreach.actions import people
from outreach.admin.base import OfficeAdmin
from outreach.admin.links import links_page, slip, standing
from outreach.errors import ActionRefused
from outreach.forms.people import NewPersonForm, PersonForm, TemporaryOfficerForm
from outreach.models import User
from outreach.templatetags.formats import day, day_short

_WHO = (None, {"fields": ("username", "full_name", "email")})
_PLACE = (_("What they may do and see"), {"fields": ("role", "branch", "organisation")})


class PersonAdmin(OfficeAdmin):
    """The search box is missing on purpose: it would put what was typed, somebody's name, into the address."""

    list_display = ("username", "full_name", "role", "branch", "organisation", "standing_until")
    list_select_related = ("branch", "organisation", "temporary_for")
    list_filter = ("role", "is_active")

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewPersonForm
        else:
            kwargs["form"] = TemporaryOfficerForm if obj.temporary_for_id else PersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return (_WHO, _PLACE, (_("First password"), {"fields": ("password1", "password2")}))
        may_set = ("password_link",) if self.has_change_permission(request, obj) else ()
        ends = ("temporary_for", "until") if obj.temporary_for_id else ()
        signing_in = ("standing", "is_active", *ends, *may_set, "last_login")
        return (_WHO, _PLACE, (_("Signing in"), {"fields": signing_in}))

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        fixed = ("role", "branch", "organisation") if obj and obj.temporary_for_id else ()
        return ("password_link", "last_login", "standing", "temporary_for", "until", *fixed)

    @admin.display(description=_("password"))
    def password_link(self, person: User) -> str:
        ways = [("password", _("Set a new password"))]
        if not person.is_staff:
            ways.append(("link", _("Make a sign-in link")))
        links = ((reverse(f"admin:outreach_user_{name}", args=(person.pk,)), label) for name, label in ways)
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    @admin.display(description=_("account"), ordering="is_active")
    def standing(self, person: User) -> str:
        return standing(person)

    @admin.display(description=_("account"), ordering="is_active")
    def standing_until(self, person: User) -> str:
        """In the list, where a column for the few temporary ones would be empty mostly."""
        if not person.works_until:
            return standing(person)
        return format_html("{}<br>{} {}", standing(person), _("until"), day_short(person.works_until))

    @admin.display(description=_("temporary, until"))
    def until(self, person: User) -> str | None:
        return day(person.works_until) or None

    def save_model(self, request, obj, form, change):
        """A link that waits dies with the account, also if that is opened again."""
        if change and not obj.is_active and obj.is_waiting:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

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
        view = self.admin_site.admin_view
        return [
            path("<int:person_id>/password/", view(self.password_view), name="outreach_user_password"),
            path("<int:person_id>/link/", view(self.link_view), name="outreach_user_link"),
            *super().get_urls(),
        ]

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

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def link_view(self, request: HttpRequest, person_id: int) -> HttpResponse:
        person = self.get_object(request, str(person_id))
        if person.is_staff or not self.has_change_permission(request, person):
            raise PermissionDenied
        back_url = reverse("admin:outreach_user_change", args=(person.pk,))
        if request.method == "POST":
            try:
                people.new_link(by=request.user, person=person)
            except ActionRefused as refusal:
                messages.warning(request, str(refusal))
                return redirect(back_url)
            person.refresh_from_db()
            slips = [slip(request, person, place=str(person.organisation or person.branch))]
            title = _("The person's link")
            return links_page(self, request, slips, title=title, original=person, back_url=back_url)
        return self.form_page(
            request,
            Form(),
            original=person,
            title=_("Make a sign-in link"),
            lead=_(
                "With it this person chooses a password, once. The old password and every older link end at once."
            ),
            submit_label=_("Make the link"),
            back_url=back_url,
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
