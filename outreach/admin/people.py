"""People who sign in. There are no groups, no permissions of one's own and no superusers to be seen.

Not Django's UserAdmin: importing it registers its groups, on a site that is not made yet.
"""

from django.contrib import admin, messages
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from outreach import second_factor
from outreach.actions import people, sign_in
from outreach.admin.base import OfficeAdmin
from outreach.admin.links import links_page, slip, standing
from outreach.errors import ActionRefused
from outreach.forms.people import NewPersonForm, PersonForm, TemporaryOfficerForm
from outreach.models import User
from outreach.templatetags.formats import clock, day, day_short, one_line

_WHO = (None, {"fields": ("username", "full_name", "email")})
_LINKS = ("password_link", "sessions_link", "factor_link")
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
        may_set = _LINKS if self.has_change_permission(request, obj) else ()
        ends = ("temporary_for", "until") if obj.temporary_for_id else ()
        signing_in = ("standing", "is_active", *ends, *may_set, "last_signed_in")
        return (_WHO, _PLACE, (_("Signing in"), {"fields": signing_in}))

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        fixed = ("role", "branch", "organisation") if obj and obj.temporary_for_id else ()
        return (*_LINKS, "last_signed_in", "standing", "temporary_for", "until", *fixed)

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
        return format_html(
            "{}<br>{} {}", standing(person), _("until"), one_line(day_short(person.works_until))
        )

    @admin.display(description=_("temporary, until"))
    def until(self, person: User) -> str | None:
        return day(person.works_until) or None

    @admin.display(description=_("last signed in"))
    def last_signed_in(self, person: User) -> str | None:
        last = person.last_login
        return one_line(f"{day_short(last)} {clock(last)}") if last else None

    def save_model(self, request, obj, form, change):
        """With another role or standing whoever is signed in comes in anew, as what they are now; and a link that
        waits dies, also if the account is opened again."""
        stands_anew = change and bool({"role", "is_active"} & set(form.changed_data))
        if stands_anew and obj.is_waiting:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if stands_anew:
            sign_in.end_all_sessions(by=request.user, person=obj)

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
            ("link", self.link_view),
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
        return self.form_page(request, Form(), original=person, title=title, lead=lead, submit_label=title)

    @method_decorator([sensitive_post_parameters(), require_http_methods(["GET", "HEAD", "POST"])])
    def password_view(self, request: HttpRequest, person_id: int) -> HttpResponse:
        person = self.get_object(request, str(person_id))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if person == request.user:
            return redirect("account_change_password")  # which asks for the old one
        form = SetPasswordForm(person, request.POST or None)
        if form.is_valid():
            with transaction.atomic():
                form.save()
                self.log_change(request, person, self.construct_change_message(request, form, None))
            messages.success(request, _("The new password is set. Tell it to nobody else."))
            return redirect("admin:outreach_user_change", person.pk)
        return self.form_page(
            request,
            form,
            original=person,
            title=_("Set a new password"),
            lead=_("It replaces the old one at once. The person should change it after signing in."),
            submit_label=_("Set the password"),
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
        )
