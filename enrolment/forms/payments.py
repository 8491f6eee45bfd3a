"""What BPJS and the bank say, as it is typed or stands in a row of a file. Well-formed here; what fits the
participation is the action's."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enrolment import nik, references, validators
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, PaymentResult
from enrolment.contributions import MONTHS_PREPAID
from enrolment.forms.fields import RuleField
from enrolment.forms.prospects import DAY_FORMATS, CallForm, sentences
from enrolment.models import ParticipationEntry
from outreach.templatetags.formats import day as long_day

PARTICIPANT_DIGITS = 11
_LOST = _("The number of this form was lost. Open the page anew.")
_ASCII_DIGITS = re.compile(r"[0-9]+")


class Purpose(models.TextChoices):
    """What a reviewer opens the two numbers for. The value goes into the access row."""

    TELL = "payment: tell the worker", _("Tell the worker")
    COMPARE = "payment: compare with a list", _("Compare with a list of the bank")
    OTHER = "payment: other", _("Something else")


def _digits(typed: str, lengths: tuple[int, ...], *, empty: str, wrong: str) -> str:
    """Digits alone, without spaces, dots and dashes. One as long as a NIK is a NIK: it stays out of here."""
    number = nik.normalise(typed)
    if not number:
        raise ValidationError(empty, code="missing")
    if not _ASCII_DIGITS.fullmatch(number):
        raise ValidationError(_("This number has digits only. Copy it once more."), code="digits")
    if len(number) == nik.LENGTH:
        raise ValidationError(_("16 digits are a NIK. Copy the number that BPJS has issued."), code="nik")
    if len(number) not in lengths:
        said = _(" or ").join(str(length) for length in lengths)
        raise ValidationError(wrong, code="length", params={"digits": said, "typed": len(number)})
    return number


def billing_code(typed: str) -> str:
    """A payment code as BPJS issued it. Raises ValidationError."""
    return _digits(
        typed,
        settings.BILLING_CODE_DIGITS,
        empty=_("Copy the payment code from the list of BPJS."),
        wrong=_("A payment code has %(digits)s digits. Here are %(typed)d."),
    )


def participant_number(typed: str) -> str:
    """A KPJ as BPJS issued it. Raises ValidationError."""
    return _digits(
        typed,
        (PARTICIPANT_DIGITS,),
        empty=_("Copy the participant number from the list of BPJS."),
        wrong=_("A participant number has %(digits)s digits. Here are %(typed)d."),
    )


def _number_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"})


class PastDayField(forms.DateField):
    """A day up to today (Asia/Jakarta), typed as in the queue: a browser's picker puts the month first on some."""

    def __init__(self, **kwargs) -> None:
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(format="%d-%m-%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "required": _("Write the day such as 22-11-2026."),
                "invalid": _("Write the day such as 22-11-2026."),
            },
            **kwargs,
        )

    def clean(self, value) -> date | None:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError(_("This day lies ahead. Write down what has happened."), code="too_late")
        return day


def _which(payments: Sequence[ParticipationEntry]) -> forms.TypedChoiceField:
    """Of several payments the wrong one; the only one is chosen already."""
    return forms.TypedChoiceField(
        label=_("Which payment is wrong?"),
        choices=_choices(payments)[len(payments) == 1 :],
        coerce=UUID,
        error_messages={
            "required": _("Choose which payment was written down wrongly."),
            "invalid_choice": _("This payment stands there no more. Choose which one is wrong."),
        },
    )


def _choices(payments: Sequence[ParticipationEntry]) -> list[tuple[str, str]]:
    said = [(str(one.pk), f"{long_day(one.on)}, {_months(one.months)}") for one in payments]
    return [("", _("Choose the payment")), *said]


def _months(number: int) -> str:
    return ngettext("%d month", "%d months", number) % number


class MonthsField(forms.TypedChoiceField):
    def __init__(self, **kwargs) -> None:
        super().__init__(
            choices=[("", "–"), *((n, str(n)) for n in MONTHS_PREPAID)],  # none is assumed
            coerce=int,
            error_messages={
                "required": _("Choose how many months were paid for: 1, 2, 3, 6 or 12."),
                "invalid_choice": _("Choose how many months were paid for: 1, 2, 3, 6 or 12."),
            },
            **kwargs,
        )


class EntryForm(forms.Form):
    """One thing to write down; its id was made when the page opened. `correcting`: something is there already, so it
    must say why. `later` are the later payments that stand, of which a correction names one."""

    kind: EntryKind
    use_required_attribute = False

    id = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _LOST, "invalid": _LOST})

    def __init__(self, *args, correcting: bool, later: Sequence[ParticipationEntry] = (), **kwargs) -> None:
        name = f"{self.kind}_right" if correcting else self.kind  # a page may have both
        super().__init__(*args, auto_id=f"id_{name}_%s", **kwargs)
        if correcting and self.kind == EntryKind.LATER:
            self.fields["replaces"] = _which(later)
            self.order_fields(("replaces",))
        if correcting:
            self.fields["reason"] = forms.CharField(
                label=_("Reason for the correction"),
                max_length=300,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                error_messages={
                    "required": _("Something else is written down already. To correct it, write the reason."),
                    "max_length": _("A reason has at most 300 characters. Shorten it."),
                },
            )
        self.correcting = correcting

    def said(self) -> Said:
        """What was cleaned, for the action."""
        beside = ("id", "reason", "although", "confirmed")
        data = {name: value for name, value in self.cleaned_data.items() if name not in beside}
        return Said(self.kind, **data)


class CodeForm(EntryForm):
    kind = EntryKind.CODE
    number = RuleField(billing_code, label=_("Payment code"), widget=_number_input())


class NumberForm(EntryForm):
    kind = EntryKind.NUMBER
    number = RuleField(participant_number, label=_("Participant number (KPJ)"), widget=_number_input())

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        typed = nik.normalise(self.data.get("number", ""))
        if typed and typed == self.data.get("confirmed"):
            self._ask()

    def offer_although(self) -> None:
        """Ask for a second yes: another worker has this number. A yes to another number is none to this one. Of a form
        that is valid."""
        typed = {name: value for name, value in self.data.dict().items() if name != "although"}
        self.data = {**typed, "confirmed": self.cleaned_data["number"]}
        self._ask()

    def _ask(self) -> None:
        """`confirmed` is the number that was asked about."""
        self.fields["confirmed"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["although"] = forms.BooleanField(
            label=_("It is right: I compared it with the list of BPJS"), required=False
        )


class PaidForm(EntryForm):
    kind = EntryKind.PAID
    on = PastDayField(label=_("Day of the payment"))
    months = MonthsField(label=_("Months paid for"))


class LaterForm(PaidForm):
    kind = EntryKind.LATER

    def choose_anew(self, later: Sequence[ParticipationEntry]) -> None:
        """What was chosen stands no more: ask which of those that do."""
        self.fields["replaces"].choices = _choices(later)


class CardForm(EntryForm):
    kind = EntryKind.CARD
    on = PastDayField(label=_("Day on which the card was handed over"))


ENTRY_FORMS = {form.kind: form for form in (CodeForm, NumberForm, PaidForm, LaterForm, CardForm)}


class NumbersForm(forms.Form):
    """What for? Asked before the two numbers are shown."""

    use_required_attribute = False

    purpose = forms.ChoiceField(
        label=_("What for?"),
        choices=[("", _("Choose what for")), *Purpose.choices],
        error_messages={
            "required": _("Choose what you open it for. It is put on record."),
            "invalid_choice": _("Choose what you open it for. It is put on record."),
        },
    )


class PaymentCallForm(CallForm):
    """What came of a call about the first payment."""

    results = PaymentResult
    result = forms.ChoiceField(
        choices=sentences(PaymentResult),
        label=_("What came of the call?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of the call.")},
    )


class PaymentRowForm(forms.Form):
    """A row of a list: whose it is, and what it says. Empty cells say nothing."""

    nik = RuleField(lambda typed: validators.nik_number(typed) if typed else "", required=False)
    reference = RuleField(lambda typed: typed, required=False)
    code = RuleField(lambda typed: billing_code(typed) if typed else "", required=False)
    number = RuleField(lambda typed: participant_number(typed) if typed else "", required=False)
    on = PastDayField(required=False)
    months = MonthsField(required=False, empty_value=None)

    def clean_reference(self) -> str:
        typed = self.cleaned_data["reference"]
        try:
            return references.normalise(typed) if typed else ""
        except ValueError:
            raise ValidationError(
                _("This is no receipt number. Copy it from the list, such as %(example)s."),
                params={"example": "7K4-2Q9-3"},
            ) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        if not data["nik"] and not data["reference"]:
            raise ValidationError(_("Whose row is it? It has neither a NIK nor a receipt number."))
        if (data["on"] is None) != (data["months"] is None):
            raise ValidationError(_("A payment needs both: its day, and how many months it pays for."))
        if not (data["code"] or data["number"] or data["on"]):
            raise ValidationError(_("This row says nothing: no number and no payment."))
        return data


class PaymentFileForm(forms.Form):
    """A list of payments or numbers, as bytes with the file's name."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("List as a file"),
        help_text=_("CSV or XLSX, one row a worker, at most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": _("Choose a CSV or XLSX file of at most 2 MB."),
            "missing": _("Choose a CSV or XLSX file of at most 2 MB."),
            "empty": _("This file is empty. Check that you chose the right one."),
        },
    )
