"""A branch's template for the core system, as it is mapped: which of our values each of its columns takes, what the
core system calls our codes, and what its answer looks like."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from enrolment import collective
from enrolment.choices import Package
from enrolment.collective import AnswerLayout, Column, Layout
from enrolment.contributions import MONTHS_PREPAID
from enrolment.models import JobType
from outreach.forms.fields import CountField

SOURCES = {
    "nik": _("NIK"),
    "full_name": _("Full name"),
    "birth_date": _("Birth date"),
    "phone": _("Mobile number"),
    "email": _("E-mail"),
    "job_type_1": _("Main job"),
    "job_type_2": _("Second job"),
    "work_location": _("Place of work"),
    "income": _("Income a month"),
    "package": _("Package"),
    "months": _("Contribution months"),
}
MEANINGS = {
    "nik": _("NIK"),
    "outcome": _("Outcome"),
    "reason": _("Reason"),
    "billing_code": _("Payment code"),
    "participant_number": _("Participant number (KPJ)"),
}
_ROW = _("Write a row from 1 to 30.")
_LENGTH = _("Write a number from 1 to 1000, or leave it empty.")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a file says of itself: where its headings are. `required`: those with an asterisk."""

    sheet: str
    heading_row: int
    first_row: int
    headings: tuple[str, ...]
    required: tuple[bool, ...]

    @classmethod
    def of(cls, layout: Layout) -> "Frame":
        """Of what is stored."""
        headings = tuple(column.heading for column in layout.columns)
        required = tuple(column.required for column in layout.columns)
        return cls(layout.sheet, layout.heading_row, layout.first_row, headings, required)

    @classmethod
    def read(cls, sheet: str, heading_row: int, first_row: int, headings: Sequence[str]) -> "Frame":
        """Of a row of headings as it was read."""
        plain = tuple(" ".join(heading.replace("*", " ").split()) for heading in headings)
        return cls(sheet, heading_row, first_row, plain, tuple("*" in heading for heading in headings))


class TemplateFileForm(forms.Form):
    """The branch's own template. What it says is read where it becomes columns."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("The template (.xlsx)"),
        help_text=_("As you got it, with its headings and without workers; at most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _("Choose an .xlsx file of at most 2 MB."),
            "missing": _("Choose an .xlsx file of at most 2 MB."),
            "empty": _("This file is empty. Check that you chose the right one."),
        },
    )


class HeadingsForm(forms.Form):
    """Where the headings are, asked when nobody could tell."""

    use_required_attribute = False

    sheet = forms.ChoiceField(label=_("Sheet"), error_messages={"invalid_choice": _("Choose a sheet.")})
    heading_row = CountField(
        label=_("Row of the headings"),
        min_value=1,
        max_value=collective.LATEST_HEADING_ROW,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _ROW),
    )

    def __init__(self, *args, sheets: Iterable[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name, name) for name in sheets]


class TemplateForm(forms.Form):
    """The whole mapping. Its columns are those of `frame`, its jobs those of today."""

    use_required_attribute = False

    first_row = CountField(
        label=_("Workers begin in row"),
        min_value=2,
        max_value=collective.LATEST_HEADING_ROW + 1,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Write the row beneath the headings.")
        ),
    )
    note = forms.CharField(
        label=_("Note (may be left empty)"),
        required=False,
        max_length=200,
        help_text=_("Where the template is from, such as the circular that came with it."),
        error_messages={"max_length": _("This is too long. Shorten it.")},
    )

    def __init__(self, *args, frame: Frame, jobs: Sequence[JobType], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.frame, self.jobs = frame, jobs
        for index, heading in enumerate(frame.headings):
            self._add_column(index, heading)
        for name, label in (
            *((f"package_{code}", label) for code, label in Package.choices),
            *((f"months_{months}", _months(months)) for months in MONTHS_PREPAID),
            *((f"job_{job.code}", job.name) for job in jobs),
        ):
            self.fields[name] = _text(label, collective.LONGEST_CODE, size=8)
        self.fields["answer_sheet"] = _text(_("Sheet"), 31)
        self.fields["answer_row"] = CountField(
            label=_("Row of the headings"),
            min_value=1,
            max_value=collective.LATEST_HEADING_ROW,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _ROW),
        )
        for meaning, label in MEANINGS.items():
            self.fields[f"answer_{meaning}"] = _text(label, collective.LONGEST_HEADING)
        self.fields["accepted"] = _text(_("Words for accepted"), 200)
        self.fields["refused"] = _text(_("Words for refused"), 200)
        self.fields["note"] = self.fields.pop("note")  # asked last

    def _add_column(self, index: int, heading: str) -> None:
        of = {"letter": get_column_letter(index + 1), "heading": heading}
        self.fields[f"source_{index}"] = forms.ChoiceField(
            label=_("What goes into column %(letter)s %(heading)s") % of,
            choices=[("", _("leave empty")), *SOURCES.items(), (collective.FIXED, _("fixed text"))],
            required=False,
            error_messages={"invalid_choice": _("Choose what goes into this column.")},
        )
        label = _("Fixed text in column %(letter)s %(heading)s") % of
        self.fields[f"text_{index}"] = _text(label, collective.LONGEST_FIXED, size=10)
        self.fields[f"longest_{index}"] = CountField(
            label=_("Longest in column %(letter)s %(heading)s") % of,
            required=False,
            min_value=1,
            max_value=1000,
            widget=forms.TextInput(attrs={"size": 4}),
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _LENGTH),
        )
        self.fields[f"number_{index}"] = forms.BooleanField(
            label=_("As a number, column %(letter)s %(heading)s") % of, required=False
        )

    @staticmethod
    def initial_of(
        frame: Frame, layout: Layout, answer: AnswerLayout, jobs: Sequence[JobType], *, note: str = ""
    ) -> dict[str, Any]:
        """What is known of the columns of `frame`: by their place if they are those of `layout`, else by heading."""
        same = Frame.of(layout).headings == frame.headings
        before = {column.source: column for column in (*collective.DEFAULT.columns, *layout.columns)}
        by_heading = {collective.plain(c.heading): c for c in layout.columns if c.heading}
        initial: dict[str, Any] = {"first_row": frame.first_row, "note": note}
        taken = set()
        for index, heading in enumerate(frame.headings):
            named = layout.columns[index] if same else by_heading.get(collective.plain(heading))
            source = named.source if named else ""
            if not same:
                source = source or collective.known(heading)
                source = "" if source in taken else source
            if source != collective.FIXED:
                taken.add(source)
            was = named if same or source == collective.FIXED else before.get(source) if source else None
            initial[f"source_{index}"] = source
            initial[f"text_{index}"] = was.text if was else ""
            initial[f"longest_{index}"] = was.longest if was else None
            initial[f"number_{index}"] = bool(was and was.as_number)
        for source, codes in (("package", Package.values), ("months", map(str, MONTHS_PREPAID))):
            named = layout.codes.get(source)
            initial |= {f"{source}_{code}": code if named is None else named.get(code, "") for code in codes}
        named = layout.codes.get("job_type_1")
        initial |= {f"job_{j.code}": j.code if named is None else named.get(j.code, "") for j in jobs}
        return initial | {
            "answer_sheet": answer.sheet,
            "answer_row": answer.heading_row,
            **{f"answer_{meaning}": answer.columns.get(meaning, "") for meaning in MEANINGS},
            "accepted": ", ".join(answer.accepted),
            "refused": ", ".join(answer.refused),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        sources = self._clean_columns(cleaned)
        first_row = cleaned.get("first_row")
        if first_row is not None and first_row <= self.frame.heading_row:
            self.add_error("first_row", _("Workers begin beneath the headings."))
        self._clean_codes(cleaned, sources)
        self._clean_answer(cleaned)
        if not self.errors:
            try:  # what is stored is judged by one rule; a fault here is one that the above does not say better
                Layout.from_json(self.layout().as_json())
                AnswerLayout.from_json(self.answer_layout().as_json())
            except ValueError as wrong:
                raise ValidationError(
                    _("This does not fit together (%(code)s). Tell the branch's system admin."),
                    params={"code": str(wrong)},
                ) from wrong
        return cleaned

    def _clean_columns(self, cleaned: dict[str, Any]) -> dict[str, int]:
        """Source → its column, of what comes from a worker."""
        found: dict[str, int] = {}
        for index, required in enumerate(self.frame.required):
            name = f"source_{index}"
            source = cleaned.get(name)
            self._clean_text(cleaned, index)
            if source is None:
                continue
            if not source:
                if required:
                    self.add_error(name, _("The core system wants something in this column. Choose what."))
                continue
            if source == collective.FIXED:
                continue
            if source in found:
                self.add_error(name, _("This goes into an earlier column already. Choose something else."))
            found.setdefault(source, index)
            if cleaned.get(f"number_{index}") and source not in collective.DIGITS:
                self.add_error(f"number_{index}", _("This would lose digits as a number. Leave it as text."))
        if "nik" not in found and not any(
            self.has_error(f"source_{i}") for i in range(len(self.frame.required))
        ):
            self.add_error("source_0", _("No column takes the NIK. Choose the one that does."))
        return found

    def _clean_text(self, cleaned: dict[str, Any], index: int) -> None:
        """The text of a fixed column, and of no other."""
        name, is_fixed = f"text_{index}", cleaned.get(f"source_{index}") == collective.FIXED
        text, longest = cleaned.get(name), cleaned.get(f"longest_{index}")
        if text is None:
            return
        if not is_fixed:
            if text and f"source_{index}" in cleaned:
                self.add_error(name, _("For this text choose “fixed text”, or empty this box."))
        elif not text:
            self.add_error(name, _("Write the text that goes into every row, such as -."))
        elif longest is not None and len(text) > longest:
            self.add_error(name, _("This is longer than the column takes. Shorten it."))
        elif not collective.is_writable(text):
            self.add_error(name, _("This has characters that a cell can't hold. Type it anew."))
        if is_fixed and cleaned.get(f"number_{index}"):
            self.add_error(f"number_{index}", _("A fixed text is never a number. Untick this box."))

    def _clean_codes(self, cleaned: dict[str, Any], sources: dict[str, int]) -> None:
        for source, codes in (("package", Package.values), ("months", MONTHS_PREPAID)):
            names = [f"{source}_{code}" for code in codes]
            given = [cleaned.get(name) for name in names if cleaned.get(name)]
            if source in sources and not given:
                self.add_error(names[0], _("Write the code of at least one; nothing could be handed over."))
            for name in names:
                if cleaned.get(name) and given.count(cleaned[name]) > 1:
                    self.add_error(name, _("Two have this code. Each has its own."))
                elif (
                    cleaned.get(name)
                    and cleaned.get(f"number_{sources.get(source)}")
                    and not (cleaned[name].isascii() and cleaned[name].isdigit())
                ):
                    self.add_error(name, _("Its column is a number, so this has digits only."))

    def _clean_answer(self, cleaned: dict[str, Any]) -> None:
        headings = {m: collective.plain(cleaned.get(f"answer_{m}") or "") for m in MEANINGS}
        for meaning in AnswerLayout.NEEDED:
            if not headings[meaning] and not self.has_error(f"answer_{meaning}"):
                self.add_error(f"answer_{meaning}", _("Write the heading as it stands in the answer."))
        for meaning, heading in headings.items():
            if heading and list(headings.values()).count(heading) > 1:
                self.add_error(f"answer_{meaning}", _("Two have this heading. Each has its own."))
        accepted, refused = (words(cleaned.get(name) or "") for name in ("accepted", "refused"))
        for name, said in (("accepted", accepted), ("refused", refused)):
            if not said:
                self.add_error(name, _("Write the words that the answer uses, separated by commas."))
        if {collective.plain(w) for w in accepted} & {collective.plain(w) for w in refused}:
            self.add_error("refused", _("A word means accepted or refused, not both."))

    def layout(self) -> Layout:
        """Of a valid form."""
        said = self.cleaned_data
        columns = tuple(
            Column(
                heading=heading,
                source=said[f"source_{index}"],
                required=required or said[f"source_{index}"] == "nik",
                longest=said[f"longest_{index}"],
                as_number=said[f"number_{index}"],
                text=said[f"text_{index}"],
            )
            for index, (heading, required) in enumerate(
                zip(self.frame.headings, self.frame.required, strict=True)
            )
        )
        codes = {
            "package": {code: said[f"package_{code}"] for code in Package.values if said[f"package_{code}"]},
            "months": {str(m): said[f"months_{m}"] for m in MONTHS_PREPAID if said[f"months_{m}"]},
        }
        jobs = {job.code: said[f"job_{job.code}"] for job in self.jobs}
        if any(
            code != named for code, named in jobs.items()
        ):  # else also a job of tomorrow goes by its own code
            codes["job_type_1"] = codes["job_type_2"] = {code: named for code, named in jobs.items() if named}
        return Layout(self.frame.sheet, self.frame.heading_row, said["first_row"], columns, codes)

    def answer_layout(self) -> AnswerLayout:
        """Of a valid form."""
        said = self.cleaned_data
        return AnswerLayout(
            sheet=said["answer_sheet"],
            heading_row=said["answer_row"],
            columns={m: said[f"answer_{m}"] for m in MEANINGS if said[f"answer_{m}"]},
            accepted=words(said["accepted"]),
            refused=words(said["refused"]),
        )

    def column_rows(self) -> list[dict[str, Any]]:
        """The columns for the page's table."""
        return [
            {
                "letter": get_column_letter(index + 1),
                "heading": heading,
                "required": self.frame.required[index],
                "cells": [self[f"{name}_{index}"] for name in ("source", "text", "longest", "number")],
            }
            for index, heading in enumerate(self.frame.headings)
        ]

    def code_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """(title, fields) of the codes."""
        return [
            (gettext("Packages"), [self[f"package_{code}"] for code in Package.values]),
            (gettext("Contribution months"), [self[f"months_{months}"] for months in MONTHS_PREPAID]),
            (gettext("Job types"), [self[f"job_{job.code}"] for job in self.jobs]),
        ]

    def answer_fields(self) -> list[forms.BoundField]:
        """What the answer looks like."""
        names = ("answer_sheet", "answer_row", *(f"answer_{m}" for m in MEANINGS), "accepted", "refused")
        return [self[name] for name in names]


def words(typed: str) -> tuple[str, ...]:
    """`Diterima, Berhasil` → two words, each once."""
    found = {collective.plain(part): " ".join(part.split()) for part in typed.split(",")}
    return tuple(word for key, word in found.items() if key)


def _months(number: int) -> str:
    return ngettext("%d month", "%d months", number) % number


def _text(label: str, longest: int, *, size: int = 24) -> forms.CharField:
    return forms.CharField(
        label=capfirst(label),
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs={"size": size, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("This is too long. Shorten it.")},
    )
