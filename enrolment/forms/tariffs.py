"""A new edition of a schedule or a relief, as it is typed. Whether it fits among the others, the action says."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrolment.choices import Sector
from enrolment.contributions import Relief, Schedule, month_end
from enrolment.forms.fields import RuleField
from enrolment.models import ContributionSchedule
from enrolment.models import Relief as ReliefRow
from enrolment.money import LARGEST
from outreach.forms.fields import CountField
from outreach.templatetags.formats import month as month_said
from outreach.templatetags.formats import month_short, rupiah

PROGRAMMES = ("jkk", "jkm", "jht")
MOST_LINES = 200
_MONTH = re.compile(r"(?P<month>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})", re.ASCII)
_MONTH_FIRST_YEAR = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})", re.ASCII)
_NUMBER = r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)"
_LINE = re.compile(rf"\s*({_NUMBER})\s*[;,\t]\s*({_NUMBER})\s*", re.ASCII)
_EARLIEST = 2000


def month(typed: str) -> date:
    """`04-2027` → the first of April 2027."""
    match = _MONTH.fullmatch(typed) or _MONTH_FIRST_YEAR.fullmatch(typed)
    try:
        first = date(int(match["year"]), int(match["month"]), 1)
    except (TypeError, ValueError):
        first = None
    if first is None or not _EARLIEST <= first.year < _EARLIEST + 100:
        raise ValidationError(_("Write the month such as 04-2027."), code="month_invalid")
    return first


def month_or_none(typed: str) -> date | None:
    return month(typed) if typed else None


def _span(row: ReliefRow) -> str:
    return f"{month_said(row.valid_from)} – {month_said(row.valid_to)}"


class BracketsField(forms.CharField):
    """A line for each bracket: the lowest income, then the base. A header, dots in numbers and tabs are fine, so a
    column of a spreadsheet can be pasted."""

    widget = forms.Textarea(attrs={"rows": 12, "cols": 30, "spellcheck": "false", "autocomplete": "off"})

    def __init__(self, **kwargs) -> None:
        super().__init__(strip=False, **kwargs)  # an error counts the lines of the box

    def clean(self, value: str) -> tuple[tuple[int, int], ...]:
        lines = super().clean(value).splitlines()
        found: list[tuple[int, int]] = []
        for number, line in enumerate(lines, 1):
            if line.strip() and not (number == 1 and not re.search("[0-9]", line)):
                found.append(_bracket(number, line, found[-1] if found else None))
        if len(found) > MOST_LINES:
            raise ValidationError(_("At most %(most)d lines."), params={"most": MOST_LINES})
        if not found:
            raise ValidationError(self.error_messages["required"], code="required")
        return tuple(found)


def _bracket(number: int, line: str, above: tuple[int, int] | None) -> tuple[int, int]:
    match = _LINE.fullmatch(line)
    if not match:
        raise _wrong(number, gettext("Write the lowest income and the base, such as 1100000;1200000."))
    income, base = (int(part.replace(".", "")) for part in match.groups())
    if not 0 < base <= LARGEST or income > LARGEST:
        raise _wrong(number, gettext("This is no amount of a month. Check its noughts."))
    if above is None and income != 0:
        raise _wrong(number, gettext("The first income is 0, so that nobody falls below the table."))
    if above and income <= above[0]:
        said = {"income": rupiah(income), "above": rupiah(above[0])}
        raise _wrong(number, gettext("%(income)s does not come after %(above)s.") % said)
    if above and base < above[1]:
        said = {"base": rupiah(base), "above": rupiah(above[1])}
        raise _wrong(number, gettext("The base %(base)s is lower than %(above)s on the line before.") % said)
    return income, base


def _wrong(number: int, sentence: str) -> ValidationError:
    return ValidationError(
        _("Line %(number)d: %(sentence)s"),
        code="line_invalid",
        params={"number": number, "sentence": sentence},
    )


class _EditionForm(forms.Form):
    """What every edition has. Months and not days: a quote asks for the first day of a month."""

    use_required_attribute = False

    code = forms.SlugField(
        label=_("Code"),
        max_length=50,
        help_text=_("Letters, digits and dashes, such as bpu-2027. No edition has it yet."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write a code, such as bpu-2027."),
            "invalid": _("A code has letters, digits and dashes only, such as bpu-2027."),
            "max_length": _("This is too long. Shorten it."),
        },
    )
    basis = forms.CharField(
        label=_("Legal basis"),
        max_length=200,
        help_text=_("Law, number, year and annex. It is printed beneath every price."),
        widget=forms.TextInput(attrs={"size": 60, "autocomplete": "off"}),
        error_messages={
            "required": _("Write the law that says so, with its number and year."),
            "max_length": _("This is too long. Shorten it."),
        },
    )
    first_month = RuleField(
        month,
        label=_("First month"),
        help_text=_("Such as 04-2027. The first contribution month that it holds for."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 10}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("first_month"), data.get("last_month")
        if first and last and last < first:
            self.add_error(
                "last_month",
                ValidationError(
                    _("It would end before it begins. Write %(month)s or a later month."),
                    code="month_order",
                    params={"month": month_said(first)},
                ),
            )
        return data

    @property
    def months(self) -> dict[str, date | None]:
        last = self.cleaned_data["last_month"]
        return {"valid_from": self.cleaned_data["first_month"], "valid_to": last and month_end(last)}


def _per_mille(label: str) -> CountField:
    wrong = _("Write a whole number from 1 to 1000: 10 per mille are 1 %.")
    return CountField(
        label=label,
        min_value=1,
        max_value=1000,
        help_text=_("10 per mille are 1 %."),
        widget=forms.TextInput(attrs={"size": 10}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class ScheduleForm(_EditionForm):
    jkk_per_mille = _per_mille(_("JKK, per mille of the base"))
    jkm_flat = CountField(
        label=_("JKM, Rupiah a month"),
        min_value=1,
        max_value=10**6,
        widget=forms.TextInput(attrs={"size": 10}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Write the Rupiah of a month as a whole number, such as 6800."),
        ),
    )
    jht_per_mille = _per_mille(_("JHT, per mille of the base"))
    last_month = RuleField(
        month_or_none,
        label=_("Last month"),
        required=False,
        help_text=_("Empty: in force until another one follows."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 10}),
    )
    brackets = BracketsField(
        label=_("Brackets"),
        help_text=_(
            "A line for each: the lowest income, a semicolon, the contribution base. Two columns of a spreadsheet can "
            "be pasted."
        ),
        max_length=20_000,
        error_messages={
            "required": _("Write the brackets, a line for each."),
            "max_length": _("This is too long. Shorten it."),
        },
    )
    rows = (
        "code",
        "basis",
        ("first_month", "last_month"),
        "jkk_per_mille",
        "jkm_flat",
        "jht_per_mille",
        "brackets",
    )
    field_order = ("code", "basis", "first_month", "last_month")

    @staticmethod
    def initial_of(row: ContributionSchedule, *, corrected: bool) -> dict[str, Any]:
        """What stands in the boxes: the values of an edition; its months too where it is `corrected`."""
        months = {"first_month": month_short(row.valid_from), "last_month": month_short(row.valid_to)}
        brackets = row.brackets.order_by("income_from").values_list("income_from", "contribution_base")
        return {
            "basis": row.basis,
            "jkk_per_mille": row.jkk_per_mille,
            "jkm_flat": row.jkm_flat,
            "jht_per_mille": row.jht_per_mille,
            "brackets": "\n".join(f"{income};{base}" for income, base in brackets),
            **(months if corrected else {}),
        }

    def arguments(self) -> dict[str, Any]:
        """For the action's plan."""
        data = self.cleaned_data
        numbers = {name: data[name] for name in ("jkk_per_mille", "jkm_flat", "jht_per_mille")}
        return {
            "edition": Schedule(code=data["code"], brackets=data["brackets"], **self.months, **numbers),
        }


class _StoredRelief(forms.ChoiceField):
    """Those in force are offered. One that was retired meanwhile is the action's to judge: this edition itself may have
    taken its place, and its button was pressed twice."""

    def valid_value(self, value: str) -> bool:
        return super().valid_value(value) or ReliefRow.objects.filter(code=value).exists()


class ReliefForm(_EditionForm):
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[("", "–"), *((value, capfirst(label)) for value, label in Sector.choices)],
        error_messages={"required": _("Choose the sector."), "invalid_choice": _("Choose the sector.")},
    )
    on_jkk = forms.BooleanField(label=_("on JKK"), required=False, initial=True)
    on_jkm = forms.BooleanField(label=_("on JKM"), required=False, initial=True)
    on_jht = forms.BooleanField(label=_("on JHT"), required=False)
    percent = CountField(
        label=_("Percent to pay"),
        min_value=0,
        max_value=99,
        help_text=_("50 means half of the contribution is paid."),
        widget=forms.TextInput(attrs={"size": 10}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Write a whole number from 0 to 99: what is still paid, in per cent."),
        ),
    )
    last_month = RuleField(
        month,
        label=_("Last month"),
        help_text=_("Such as 12-2027. The last contribution month that it holds for."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 10}),
    )
    excludes_government_paid = forms.BooleanField(
        label=_("not if paid from a government budget"), required=False, initial=True
    )
    replaces = _StoredRelief(
        label=_("Takes the place of"),
        required=False,
        help_text=_("That one is kept for the quotes that took it, and new ones do not take it any more."),
        error_messages={"invalid_choice": _("New quotes do not take this relief any more.")},
    )
    rows = (
        "code", "basis", "sector", ("first_month", "last_month"), ("on_jkk", "on_jkm", "on_jht"), "percent",
        "excludes_government_paid", "replaces",
    )  # fmt: skip
    field_order = ("code", "basis", "sector", "first_month", "last_month")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        current = ReliefRow.objects.current().order_by("sector", "valid_from")
        self.fields["replaces"].choices = [
            ("", _("none: it is added")),
            *((row.code, f"{row.code}: {row.get_sector_display()}, {_span(row)}") for row in current),
        ]

    @staticmethod
    def initial_of(row: ReliefRow, *, corrected: bool) -> dict[str, Any]:
        """What stands in the boxes when a new edition takes the place of this one."""
        names = ("basis", "sector", "percent", "on_jkk", "on_jkm", "on_jht", "excludes_government_paid")
        return {
            **{name: getattr(row, name) for name in names},
            "first_month": month_short(row.valid_from),
            "last_month": month_short(row.valid_to),
            "replaces": row.code,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not any(data.get(f"on_{programme}") for programme in PROGRAMMES):
            self.add_error("on_jkk", ValidationError(_("Tick at least one programme."), code="no_programme"))
        return data

    def arguments(self) -> dict[str, Any]:
        """For the action's plan."""
        data = self.cleaned_data
        return {
            "edition": Relief(
                code=data["code"],
                sector=data["sector"],
                programmes=frozenset(one for one in PROGRAMMES if data[f"on_{one}"]),
                percent=data["percent"],
                excludes_government_paid=data["excludes_government_paid"],
                **self.months,
            ),
            "replaces": data["replaces"],
        }
