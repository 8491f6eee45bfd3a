"""Consent in the admin: whose withdrawal is due, and the texts, each added once and never changed."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from enrolment.choices import LIVE_STATES, NoticeLanguage
from enrolment.forms.notice import CONSENTS
from enrolment.models import ConsentText, ConsentWithdrawal
from outreach.admin.base import ReadOnlyAdmin
from outreach.templatetags.formats import clock, day, day_short, one_line
from outreach.templatetags.ui import status_chip


@admin.register(ConsentWithdrawal)
class ConsentWithdrawalAdmin(ReadOnlyAdmin):
    """What is still to be done first, the longest due before the rest; the row leads to the registration."""

    list_display = ("registration_link", "state", "due", "asked", "channel", "received_by")
    list_display_links = None
    list_select_related = ("registration", "received_by")
    fields = ("registration_link", "state", "due", "asked", "channel", "received_by")

    def visible_to(self, user):
        to_do = Case(
            When(registration__state__in=LIVE_STATES, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return ConsentWithdrawal.objects.visible_to(user).annotate(done=to_do)

    def get_ordering(self, request):
        return ("done", "due_at", "id")

    @admin.display(description=_("registration"))
    def registration_link(self, row: ConsentWithdrawal) -> str:
        address = reverse("admin:enrolment_registration_review", args=[row.registration.reference])
        return format_html('<a href="{}">{}</a>', address, row.registration)

    @admin.display(description=_("state"))
    def state(self, row: ConsentWithdrawal) -> str:
        return status_chip(row.registration.state)

    @admin.display(description=_("due"))
    def due(self, row: ConsentWithdrawal) -> str:
        if row.registration.state not in LIVE_STATES:
            return _("done")
        said = f"{day_short(row.due_at)} {clock(row.due_at)}"
        return one_line(_("overdue since %s") % said if row.due_at < timezone.now() else said)

    @admin.display(description=_("asked"))
    def asked(self, row: ConsentWithdrawal) -> str:
        return one_line(f"{day_short(row.asked_at)} {clock(row.asked_at)}")


SAVE, EDIT = "save", "edit"


class ConsentTextForm(forms.ModelForm):
    """A new text, or the translation of one. Neither takes the place of what was shown on a day that has begun."""

    class Meta:
        model = ConsentText
        fields = ("version", "language", "valid_from", "notice", "statement")

    def clean(self):
        data = super().clean()
        since, version, language = (data.get(name) for name in ("valid_from", "version", "language"))
        if not (since and version and language):
            return data
        if language != NoticeLanguage.INDONESIAN:
            original = ConsentText.objects.coded(version).first()
            if original is None:
                self.add_error("version", _("Add the Indonesian text of this version first."))
            elif since < original.valid_from:
                self.add_error("valid_from", _("A translation is not shown before its Indonesian text."))
            return data
        if since < timezone.localdate():
            self.add_error("valid_from", _("This day is over. A text is shown from today at the earliest."))
        elif ConsentText.objects.filter(language=language, valid_from__gte=since).exists():
            self.add_error(
                "valid_from", _("Another version starts on this day or later. Choose a later day.")
            )
        return data


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    """The same for every branch; the system admin adds a version, nobody changes one. So it is looked at as it will
    be seen at the stand before it is stored."""

    form = ConsentTextForm
    add_form_template = "admin/enrolment/consenttext/add.html"
    list_display = ("version", "language", "shown_from", "question")

    def visible_to(self, user):
        return ConsentText.objects.all()

    def has_add_permission(self, request, obj=None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def add_view(self, request, form_url="", extra_context=None):
        """The form, then the notice as the form at the stand shows it, then it is stored. Wrong answers come back."""
        step = request.POST.get("step")
        if request.method != "POST" or step == SAVE:
            return super().add_view(request, form_url, extra_context)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if step == EDIT:
            request.method = "GET"  # the empty form, filled with what was typed
            return super().add_view(request, form_url, extra_context)
        form = self.get_form(request)(request.POST)
        if not form.is_valid():
            return super().add_view(request, form_url, extra_context)
        context = {
            **self.admin_site.each_context(request),
            "title": _("As at the stand"),
            "opts": self.opts,
            "text": form.instance,
            "answers": [label for _how, label in CONSENTS],
            "typed": [(name, form[name].data) for name in form.fields],
        }
        return TemplateResponse(request, "admin/enrolment/consenttext/preview.html", context)

    def render_change_form(self, request, context, *args, **kwargs):
        """With the error summary of every other form in place of Django's sentence."""
        context.update(form=context["adminform"].form, has_errors=bool(context["errors"]), errors=())
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changeform_initial_data(self, request):
        """Nothing of the address: only what comes back from the preview."""
        return {name: request.POST[name] for name in self.form.Meta.fields if name in request.POST}

    def get_fields(self, request, obj=None):
        return (
            ("version", "language", "shown_from", "read_aloud", "question") if obj else self.form.Meta.fields
        )

    # Both stay in the language they were approved in.

    @admin.display(description=_("notice"))
    def read_aloud(self, text: ConsentText) -> str:
        paragraphs = ((paragraph,) for paragraph in text.notice.split("\n") if paragraph.strip())
        body = format_html_join("", "<p>{}</p>", paragraphs)
        return format_html('<div lang="{}">{}</div>', text.language, body)

    @admin.display(description=_("statement"))
    def question(self, text: ConsentText) -> str:
        return format_html('<span lang="{}">{}</span>', text.language, text.statement)

    @admin.display(description=_("shown from"), ordering="valid_from")
    def shown_from(self, text: ConsentText) -> str:
        return day(text.valid_from)
