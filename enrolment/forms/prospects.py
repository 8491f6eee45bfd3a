"""Noting a prospect at the stand, and what came of a call. Neither saves."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enrolment import validators
from enrolment.actions.prospects import ProspectContent
from enrolment.choices import CallResult, PaymentResult, ProspectReason
from enrolment.forms.fields import RuleField
from outreach.templatetags.formats import day as long_day
from outreach.templatetags.formats import day_short

DAY_FORMATS = ("%d-%m-%Y", "%d/%m/%Y", "%d %m %Y", "%Y-%m-%d")
_LOST = _("The number of this form was lost. Open the page anew.")


def _name(typed: str) -> str:
    """As on a registration; but who has no KTP at hand is not sent to look at it."""
    if not typed:
        raise ValidationError(_("Write the name."), code="name_length")
    return validators.name(typed)


def sentences(choices) -> list[tuple[str, str]]:
    return [(value, capfirst(label)) for value, label in choices.choices]


class FollowUpField(forms.DateField):
    """A day from today on (Asia/Jakarta), to the last on which the name is kept. It is typed: a browser's picker puts
    the month first on some phones."""

    until: date
    """Set by the form."""

    def __init__(self, **kwargs) -> None:
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(format="%d-%m-%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "required": _("Write on which day to call."),
                "invalid": _("Write the day such as 22-11-2026."),
            },
            **kwargs,
        )

    def clean(self, value) -> date | None:
        day, today = super().clean(value), timezone.localdate()
        if day and not today <= day <= self.until:
            raise ValidationError(
                _("Choose a day from today on, until %(until)s."),
                code="follow_up_invalid",
                params={"until": long_day(self.until)},
            )
        return day


class _NumberedForm(forms.Form):
    """A form with an id that was made when it opened, about somebody whose name is kept `until` a day."""

    use_required_attribute = False
    layout: tuple = ()
    day_field = ""

    id = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _LOST, "invalid": _LOST})

    def __init__(self, *args, until: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.until = long_day(until)
        field = self.fields[self.day_field]
        field.until = until
        field.help_text = _("Such as %(example)s, at the latest %(until)s.") % {
            "example": day_short(timezone.localdate() + timedelta(days=1)),
            "until": self.until,
        }
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("id", *self.layout)


class ProspectForm(_NumberedForm):
    """Name, number and day; nothing is stored of somebody who does not want to be called."""

    day_field = "follow_up_on"
    layout = (
        "full_name",
        "phone",
        Field("reason", wrapper_class="jb-choices-1"),
        Field("follow_up_on", wrapper_class="jb-narrow"),
        "note",
        "agreed",
    )

    full_name = RuleField(
        _name,
        label=_("Name"),
        help_text=_("What we may call this person on the phone."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}
        ),
    )
    phone = RuleField(
        validators.phone,
        label=_("Mobile number"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        choices=sentences(ProspectReason),
        label=_("Why not today?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why not today.")},
    )
    follow_up_on = FollowUpField(label=_("When may we call?"))
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("What was asked or promised. Stored encrypted."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("This is too long. Shorten it.")},
    )
    agreed = forms.BooleanField(
        error_messages={"required": _("Without their agreement nothing is stored. Ask, then tick here.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        asked = _("I have asked: we may keep the name and number until %(until)s, and call.")
        self.fields["agreed"].label = asked % {"until": self.until}

    def content(self) -> ProspectContent:
        """What was cleaned, for the action."""
        return ProspectContent(**{name: self.cleaned_data[name] for name in ProspectContent.__slots__})


class CallForm(_NumberedForm):
    results: type[CallResult] | type[PaymentResult] = CallResult
    day_field = "next_on"
    layout = (Field("result", wrapper_class="jb-choices-1"), Field("next_on", wrapper_class="jb-narrow"))

    result = forms.ChoiceField(
        choices=sentences(CallResult),
        label=_("What came of the call?"),
        help_text=_("If nobody is to call again, the name and number are destroyed at once."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of the call.")},
    )
    next_on = FollowUpField(label=_("Call again on"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("result") in self.results.final():
            data["next_on"] = None
        elif data.get("result") and not data.get("next_on") and "next_on" not in self.errors:
            self.add_error(
                "next_on", ValidationError(_("Write on which day to call again."), code="next_missing")
            )
        return data
