"""Partner organisations, and the organisers whom the branch invites for them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from outreach.actions import people
from outreach.admin.base import OfficeAdmin
from outreach.admin.links import links_page, slip, standing
from outreach.errors import ActionRefused
from outreach.forms.links import OrganiserForm
from outreach.forms.places import OrganisationForm
from outreach.models import Organisation, User
from outreach.permissions import INVITE_ORGANISER


class OrganisationAdmin(OfficeAdmin):
    form = OrganisationForm
    list_display = ("name",)
    fields = ("name",)
    change_form_template = "admin/outreach/organisation/change_form.html"

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        """Only one that nothing hangs on: its events and its people would go with it."""
        unused = obj is None or not (obj.events.exists() or obj.user_set.exists())
        return unused and super().has_delete_permission(request, obj)

    def get_urls(self):
        view = self.admin_site.admin_view
        one = "<int:organisation_id>/organisers/<int:person_id>/"
        return [
            path(
                "<int:organisation_id>/invite/",
                view(self.invite_view),
                name="outreach_organisation_invite",
            ),
            path(f"{one}link/", view(self.link_view), name="outreach_organiser_link"),
            path(f"{one}close/", view(self.close_view), name="outreach_organiser_close"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and request.user.has_perm(INVITE_ORGANISER):
            organisers = obj.user_set.select_related("temporary_for").order_by("full_name", "username")
            context["organisers"] = [(person, standing(person)) for person in organisers]
            context["can_invite"] = True
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def invite_view(self, request: HttpRequest, organisation_id: int) -> HttpResponse:
        organisation = self._own(request, organisation_id)
        form = OrganiserForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                person = people.invite(by=request.user, organisation=organisation, **form.cleaned_data)
            except ActionRefused as refusal:
                form.add_error("username", str(refusal))
            else:
                return self._link_page(request, organisation, person)
        return self.form_page(
            request,
            form,
            original=organisation,
            title=_("Invite an organiser"),
            lead=_("They see the events of this organisation, and never a worker."),
            submit_label=_("Make the account and its link"),
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def link_view(self, request: HttpRequest, organisation_id: int, person_id: int) -> HttpResponse:
        organisation = self._own(request, organisation_id)
        person = self._organiser(organisation, person_id)
        if request.method != "POST":
            return self.form_page(
                request,
                Form(),
                original=organisation,
                title=_("Make a new link"),
                lead=_("For %s. The password and every older link end at once.") % person.get_full_name(),
                submit_label=_("Make the link"),
            )
        try:
            person = people.new_link(by=request.user, person=person)
        except ActionRefused as refusal:
            messages.warning(request, str(refusal))
            return redirect(self._page_of(organisation))
        return self._link_page(request, organisation, person)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def close_view(self, request: HttpRequest, organisation_id: int, person_id: int) -> HttpResponse:
        organisation = self._own(request, organisation_id)
        person = self._organiser(organisation, person_id)
        if request.method != "POST":
            return self.form_page(
                request,
                Form(),
                original=organisation,
                title=_("Close the account"),
                lead=_("%s is signed out and can't sign in any more. Only the system admin opens it again.")
                % person.get_full_name(),
                submit_label=_("Close the account"),
            )
        try:
            people.close(by=request.user, person=person)
        except ActionRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The account is closed. Nobody signs in with it any more."))
        return redirect(self._page_of(organisation))

    def _own(self, request: HttpRequest, organisation_id: int) -> Organisation:
        organisation = self.get_object(request, str(organisation_id))
        if not request.user.has_perm(INVITE_ORGANISER):
            raise PermissionDenied
        return organisation

    def _organiser(self, organisation: Organisation, person_id: int) -> User:
        return get_object_or_404(organisation.user_set, pk=person_id)

    def _page_of(self, organisation: Organisation) -> str:
        return reverse("admin:outreach_organisation_change", args=(organisation.pk,))

    def _link_page(self, request: HttpRequest, organisation: Organisation, person: User) -> HttpResponse:
        return links_page(
            self,
            request,
            [slip(request, person, place=organisation.name)],
            title=_("The organiser's link"),
            original=organisation,
            back_url=self._page_of(organisation),
        )
