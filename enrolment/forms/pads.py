"""Making a pad of paper forms, and saying what became of its sheets."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enrolment import sheet_numbers
from enrolment.choices import VoidReason
from enrolment.models import PaperPad
from enrolment.permissions import TAKE_BACK_VOIDS
from outreach.forms.fields import CountField
from outreach.models import Event, User

USUAL = 25
TAKEN_BACK = "taken_back"

_LOST = _("The number of this form was lost. Open the page anew.")
_HOW_MANY = _("Write a number from 1 to 100.")
_WHICH = _("Write numbers of this pad, such as: 7, 12-15.")


class PadForm(forms.Form):
    """A new pad for one of the event's booths. It carries the id that was made when the page opened."""

    use_required_attribute = False

    pad_id = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _LOST, "invalid": _LOST})
    booth = forms.ModelChoiceField(
        None,
        label=_("Booth"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the booth."), "invalid_choice": _("Choose the booth.")},
    )
    number = CountField(
        label=_("How many sheets"),
        help_text=_("1 to 100. About as many as you expect without signal; the branch accounts for each."),
        min_value=1,
        max_value=sheet_numbers.MOST,
        initial=USUAL,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _HOW_MANY),
    )

    def __init__(self, *args, event: Event, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        booths = self.fields["booth"]
        booths.queryset = event.booths.order_by("code")
        booths.label_from_instance = lambda booth: _("Booth %(code)s") % {"code": booth.code}
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("pad_id", "booth", Field("number", wrapper_class="jb-narrow"))


class SheetsForm(forms.Form):
    """What became of some sheets of a pad. `taken_back` is offered to who may take a void back."""

    use_required_attribute = False

    numbers = forms.CharField(
        label=_("Which sheets"),
        help_text=_("The three digits in the middle of the number, such as: 7, 12-15."),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _WHICH, "max_length": _WHICH},
    )
    reason = forms.ChoiceField(
        label=_("Why not"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose why they are not keyed in."),
            "invalid_choice": _("Choose why they are not keyed in."),
        },
    )

    def __init__(self, *args, pad: PaperPad, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.pad = pad
        back = [(TAKEN_BACK, _("voided by mistake: may be keyed in again"))]
        offered = VoidReason.choices + (back if user.has_perm(TAKE_BACK_VOIDS) else [])
        self.fields["reason"].choices = [(value, capfirst(label)) for value, label in offered]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("numbers", Field("reason", wrapper_class="jb-choices-1"))

    def clean_numbers(self) -> list[int]:
        try:
            return sheet_numbers.read_ranges(self.cleaned_data["numbers"], most=self.pad.sheets)
        except ValueError:
            raise forms.ValidationError(_WHICH) from None
