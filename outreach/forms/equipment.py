"""What an organiser asks for and what the branch answers."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach.choices import EquipmentKind, LineState
from outreach.forms.fields import CountField
from outreach.forms.scoped import BranchForm
from outreach.models import EquipmentItem, EquipmentLine

MOST = 9_999
"""More of one thing is a slip of the finger."""
_LONGEST = 160


class WordsField(forms.CharField):
    """A short text on one line, however it was spaced."""

    def clean(self, value) -> str:
        return " ".join(super().clean(value).split())


class QuantityField(CountField):
    """A number of things: − and + beside it (js/stepper.js), and its own sentence for every slip."""

    def __init__(self, *, empty: str, too_many: str, lowest: int = 1, most: int = MOST, **kwargs) -> None:
        sentences = {"required": empty, "invalid": empty, "min_value": empty, "max_value": too_many}
        widget = forms.TextInput(attrs={"data-stepper": "", "data-lowest": lowest, "data-most": most})
        super().__init__(min_value=lowest, max_value=most, widget=widget, error_messages=sentences, **kwargs)


class FrontForm(forms.Form):
    """A form of the front pages: the layout owns the form tag, csrf and buttons."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


_INCOMPLETE = dict.fromkeys(
    ("required", "invalid"), _("This form is incomplete. Open it again from your list.")
)


class ChangeForm(FrontForm):
    """How many, and what for. `seen` is the last move that was there when the form opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages=_INCOMPLETE)
    quantity = QuantityField(
        label=_("How many"),
        empty=_("Write how many you need, as a number from 1."),
        too_many=_("At most 9,999. Check the number."),
    )
    purpose = WordsField(
        label=_("What for"),
        max_length=_LONGEST,
        help_text=_("In a few words, such as: UMKM stands on the field."),
        error_messages={
            "required": _("Write in a few words what it is for."),
            "max_length": _("At most 160 characters. Shorten it."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AskForm(ChangeForm):
    """The same about something of the branch's catalogue. `line_id` was made when the form opened."""

    seen = None  # there is nothing yet
    line_id = forms.UUIDField(widget=forms.HiddenInput, error_messages=_INCOMPLETE)
    item = forms.ModelChoiceField(
        label=_("What"),
        queryset=EquipmentItem.objects.none(),
        empty_label=_("Choose from the branch's list"),
        error_messages={
            "required": _("Choose what you need."),
            "invalid_choice": _("The branch does not lend this any more. Choose something else."),
        },
    )
    field_order = ("line_id", "item", "quantity", "purpose")

    def __init__(self, *args, items, **kwargs) -> None:
        """`items` is a queryset of the branch's list; loans and grants stand in groups of their own. What it no longer
        lends is not offered; about a form that was sent, maybe before that, the action decides."""
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items
        found = list(items.filter(is_active=True).order_by("name"))
        self.has_items = bool(found)
        headings = {EquipmentKind.LOAN: _("Loan, has to come back"), EquipmentKind.GRANT: _("Grant, stays")}
        groups = [
            (heading, [(item.pk, f"{item.name} ({item.unit})") for item in found if item.kind == kind])
            for kind, heading in headings.items()
        ]
        self.fields["item"].widget.choices = [
            ("", self.fields["item"].empty_label), *(group for group in groups if group[1])
        ]  # fmt: skip


class ItemForm(BranchForm):
    class Meta:
        model = EquipmentItem
        fields = ("name", "unit", "kind", "is_active")
        error_messages = {
            NON_FIELD_ERRORS: {
                "unique_together": _("The list has something of this name already. Use that one.")
            }
        }


class AnswerForm(forms.Form):
    """The branch's yes or no. Which answers need a reason is a rule of the action, so it may be left empty here."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=(
            (LineState.AGREED, pgettext_lazy("equipment", "Agree")),
            (LineState.DECLINED, pgettext_lazy("equipment", "Decline")),
        ),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose: agree or decline.")),
    )
    kind = forms.ChoiceField(
        label=_("Loan or grant"), choices=EquipmentKind.choices, widget=forms.RadioSelect
    )
    reason = WordsField(
        label=_("Reason"),
        required=False,
        max_length=_LONGEST,
        help_text=_("Needed for fewer, and for a no. The organiser reads it."),
        error_messages={"max_length": _("At most 160 characters. Shorten it.")},
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    field_order = ("answer", "quantity", "kind", "reason")

    def __init__(self, *args, line: EquipmentLine, **kwargs) -> None:
        initial = {
            "quantity": line.asked,
            "kind": line.kind,
        }  # the answer itself is chosen, never sent by accident
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["quantity"] = QuantityField(
            label=_("How many"),
            empty=_("Write how many you agree to, from 1. To none: decline."),
            too_many=_("Only %(limit_value)s were asked for. Agree to no more."),
            most=line.asked,
        )
        self.order_fields(self.field_order)

    def clean(self):
        """A no has neither number nor kind."""
        data = super().clean()
        if data.get("answer") == LineState.DECLINED:
            for name in ("quantity", "kind"):
                self.errors.pop(name, None)
        return data
