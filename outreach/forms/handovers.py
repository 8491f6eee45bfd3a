"""Counting together: one card for each line, and who gave and who received."""

from collections.abc import Sequence
from uuid import UUID

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach.actions.handovers import Count, missing_sentence
from outreach.choices import Condition, Direction
from outreach.forms.equipment import FrontForm, QuantityField, WordsField
from outreach.models import EquipmentLine

QUANTITY = "quantity-"


class LineCard(Div):
    """A card of the page with the questions about one line."""

    template = "outreach/equipment/_line_card.html"

    def __init__(self, *fields, line: EquipmentLine) -> None:
        super().__init__(*fields)
        self.line = line


def _name_field(label, empty) -> WordsField:
    """Somebody's name as it will stand on the paper: no digits, because what has digits is a phone number or a NIK."""
    return WordsField(
        label=label,
        max_length=100,
        error_messages={"required": empty, "max_length": _("A name has at most 100 characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )


class CountForm(FrontForm):
    """The common part. A subclass says with `_questions` what is asked about a line, and with `count` what it means.

    Every number begins at 0 and no condition is chosen: what two people sign, they have counted and not agreed to. A
    line that is not there yet stays 0, and stays as it is.
    """

    direction: Direction
    nothing: str

    record_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("This form is incomplete. Open it again from your list.")
        ),
    )
    giver = _name_field(_("Handed over by"), _("Write the name of who hands it over."))
    receiver = _name_field(_("Received by"), _("Write the name of who receives it."))

    def __init__(self, *args, lines: Sequence[EquipmentLine], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields.update(self._questions(line))
        self.helper.layout = Layout(
            "record_id",
            *(self._card(line) for line in self.lines),
            Fieldset(_("Who counted"), "giver", "receiver"),
        )

    @classmethod
    def posted_lines(cls, data) -> list[UUID]:
        """The lines that a sent form is about, whatever has become of them since."""
        found = []
        for name in data:
            try:
                found += [UUID(name.removeprefix(QUANTITY))] if name.startswith(QUANTITY) else []
            except ValueError:
                continue
        return found

    def rows(self) -> list[tuple[EquipmentLine, list[forms.BoundField]]]:
        """Each line with its questions, for a page that draws its own cards."""
        return [(line, [self[name] for name in self._questions(line)]) for line in self.lines]

    def counts(self) -> list[Count]:
        """What was counted; lines of which there was nothing are left out."""
        return [count for count in (self.count(line) for line in self.lines) if count]

    def full_clean(self) -> None:
        """Every sentence names its item: in the summary they stand one below the other."""
        super().full_clean()
        for line, questions in self.rows() if self._errors else ():
            for name in (field.name for field in questions if field.name in self._errors):
                named = [f"{line.item}. {sentence}" for sentence in self._errors[name]]
                self._errors[name] = self.error_class(named, renderer=self.renderer)

    def clean_giver(self) -> str:
        return _only_letters(self.cleaned_data["giver"])

    def clean_receiver(self) -> str:
        return _only_letters(self.cleaned_data["receiver"])

    def clean(self):
        data = super().clean()
        names = [data.get(name, "").casefold() for name in ("giver", "receiver")]
        if names[0] and names[0] == names[1]:
            self.add_error(
                "receiver", ValidationError(_("Two people count together: write the other name too."))
            )
        if not self.errors and not self.counts():
            raise ValidationError(self.nothing, code="nothing")
        return data

    def _card(self, line: EquipmentLine) -> LineCard:
        inline = (Field(name, wrapper_class="jb-inline is-needed") for name in self._questions(line))
        return LineCard(*inline, line=line)

    def _value(self, question: str, line: EquipmentLine):
        return self.cleaned_data.get(f"{question}-{line.pk}")


_CONDITION = _("Choose the condition: good or damaged.")


class HandoverForm(CountForm):
    """What came, and in what condition."""

    direction = Direction.OUT
    nothing = _("Everything is still 0. Write how many have come.")

    def _questions(self, line: EquipmentLine) -> dict[str, forms.Field]:
        return {
            f"{QUANTITY}{line.pk}": QuantityField(
                label=_("What came, of %(n)s") % {"n": line.agreed},
                lowest=0,
                most=line.agreed or 0,
                initial=0,
                empty=_("Write how many came; 0 if it is not here yet."),
                too_many=_("Only %(limit_value)s were agreed. Count again."),
            ),
            f"condition-{line.pk}": forms.ChoiceField(
                label=_("Condition"),
                choices=Condition.choices,
                required=False,  # of what isn't here there is none
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _CONDITION},
            ),
        }

    def clean(self):
        for line in self.lines:
            name = f"condition-{line.pk}"
            if self._value("quantity", line) and name not in self.errors and not self.cleaned_data[name]:
                self.add_error(name, ValidationError(_CONDITION, code="required"))
        return super().clean()

    def count(self, line: EquipmentLine) -> Count | None:
        quantity = self._value("quantity", line)
        return quantity and Count(line=line.pk, quantity=quantity, condition=self._value("condition", line))


class ReturnForm(CountForm):
    """How many are back in good condition, how many damaged, how many lost: together as many as were handed over."""

    direction = Direction.BACK
    nothing = _("Everything is still 0. Write how many go back.")

    def _questions(self, line: EquipmentLine) -> dict[str, forms.Field]:
        return {
            f"{question}-{line.pk}": QuantityField(
                label=label,
                lowest=0,
                initial=0,
                empty=_("Write a number; 0 if there is none."),
                too_many=_("At most 9,999. Check the number."),
            )
            for question, label in (
                ("quantity", _("Back in good condition")),
                ("damaged", pgettext_lazy("equipment", "Damaged")),
                ("lost", pgettext_lazy("equipment", "Lost")),
            )
        }

    def clean(self):
        for line in self.lines:
            numbers = [self._value(name, line) for name in ("quantity", "damaged", "lost")]
            if None in numbers or not any(numbers):
                continue
            if missing := (line.handed_over or 0) - sum(numbers):
                self.add_error(f"{QUANTITY}{line.pk}", ValidationError(missing_sentence(missing), code="sum"))
        return super().clean()

    def count(self, line: EquipmentLine) -> Count | None:
        good, damaged, lost = (self._value(name, line) for name in ("quantity", "damaged", "lost"))
        return (
            Count(line=line.pk, quantity=good, damaged=damaged, lost=lost)
            if good or damaged or lost
            else None
        )


def _only_letters(name: str) -> str:
    if any(character.isdigit() for character in name):
        raise ValidationError(_("Write the person's name, without digits."), code="name")
    return name
