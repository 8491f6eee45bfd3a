"""One entry of an event's coordination log."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.actions.coordination import CoordinationContent
from outreach.forms.events import plausible_day

_LONG = 2000


class CoordinationForm(forms.Form):
    """`coordination_id` was made when the form opened; `without_id` for changing what is stored."""

    use_required_attribute = False

    coordination_id = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(
        label=_("Day"),
        widget=AdminDateWidget,
        validators=[plausible_day],
        error_messages={"required": _("Choose the day.")},
    )
    office = forms.CharField(
        label=_("Office"),
        max_length=120,
        widget=AdminTextInputWidget,
        help_text=_(
            "The institution, such as Kelurahan Penjaringan. No person's name here: it is not encrypted."
        ),
        error_messages={"required": _("Write which office it was.")},
    )
    person = forms.CharField(
        label=_("With whom"),
        max_length=200,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("Name and position. Stored encrypted."),
    )
    outcome = forms.CharField(
        label=_("What came of it"),
        max_length=_LONG,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("Stored encrypted."),
        error_messages={"required": _("Write what came of it, in a sentence or two.")},
    )
    letter_number = forms.CharField(
        label=_("Letter number"), max_length=60, required=False, widget=AdminTextInputWidget
    )
    next_step = forms.CharField(
        label=_("Next step"),
        max_length=_LONG,
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Leave it empty if nothing remains to be done. Stored encrypted."),
    )
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=AdminDateWidget, validators=[plausible_day]
    )

    def __init__(self, *args, without_id: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if without_id:
            del self.fields["coordination_id"]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(
                _("Note it after it has taken place. What is planned is a next step."), code="future"
            )
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("next_step") and "due_on" not in self.errors and not data.get("due_on"):
            self.add_error(
                "due_on", ValidationError(_("Choose until when the next step is due."), code="due")
            )
        if data.get("due_on") and "next_step" not in self.errors and not data.get("next_step"):
            self.add_error("next_step", ValidationError(_("Write what is due on this day."), code="step"))
        return data

    def content(self) -> CoordinationContent:
        """What was cleaned, for the action."""
        return CoordinationContent(
            **{name: self.cleaned_data[name] for name in CoordinationContent.__slots__}
        )
