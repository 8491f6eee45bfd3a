from django import forms
from django.utils.translation import gettext_lazy as _

from enrolment.forms.decision import FLAGGED, REASON_LENGTH
from enrolment.forms.registration import RegistrationForm


def _named() -> list[tuple[str, str]]:
    return [(name, RegistrationForm.base_fields[name].label) for name in FLAGGED]


class SecondLookForm(forms.Form):
    """What differs, for an answer that says so. That a reason is needed then is a rule of the action."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("What is different?"),
        help_text=_("One sentence, if it differs. It stays with the answer."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 28}),
        error_messages={"max_length": _("A reason has at most 300 characters. Shorten it.")},
    )
    fields_named = forms.MultipleChoiceField(
        label=_("Where? (may be left empty)"),
        choices=_named,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose fields from the list.")},
    )
    send_back = forms.BooleanField(label=_("If it differs: send it back to checking"), required=False)
