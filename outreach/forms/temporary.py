"""A pasted list of temporary officers, a person a line: name, and after a semicolon the booth if it is known."""

import unicodedata
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach.models import Event

MOST = 50
_LONGEST_NAME = 100
_NAME_MARKS = frozenset(" '.,-")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'"})


@dataclass(slots=True)
class Line:
    """What stands in one line; `fault` is one plain sentence, empty if the line is good."""

    number: int
    name: str
    booth: str
    is_known: bool = False
    fault: str = ""


class TemporaryForm(forms.Form):
    """Cleans to `lines`; they are there with their faults as soon as the form was bound and something was pasted."""

    people = forms.CharField(
        label=_("Names"),
        help_text=_("One person a line. After a semicolon the booth, if it is known: Siti Aminah; A"),
        error_messages={"required": _("Paste at least one name.")},
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args, event: Event, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.lines: list[Line] = []
        self._booths = {booth.code for booth in event.booths.all()}
        self._known = {person.full_name.casefold() for person in event.temporary_officers.all()}

    def clean_people(self) -> str:
        pasted = self.cleaned_data["people"]
        self.lines = [self._read(n, text) for n, text in enumerate(pasted.splitlines(), 1)]
        if len(self.lines) > MOST:
            self.lines = []
            raise ValidationError(_("A list has at most 50 lines. Make the others afterwards."), code="many")
        self._find_twins()
        faulty = [line for line in self.lines if line.fault]
        if faulty:
            raise ValidationError(
                [
                    ValidationError(
                        _("Line %(number)d: %(fault)s"), params={"number": line.number, "fault": line.fault}
                    )
                    for line in faulty
                ]
            )
        return pasted

    def _read(self, number: int, text: str) -> Line:
        name, _semicolon, booth = text.partition(";")
        line = Line(number, _tidy(name), _tidy(booth).upper())
        line.fault = str(_fault_of(line.name) or self._booth_fault(line.booth))
        line.is_known = line.name.casefold() in self._known
        return line

    def _booth_fault(self, code: str):
        if not code or code in self._booths:
            return ""
        return _("This event has no such booth. Correct its letter, or leave it out.")

    def _find_twins(self) -> None:
        seen: set[str] = set()
        for line in self.lines:
            key = line.name.casefold()
            if key and key in seen and not line.fault:
                line.fault = str(_("This name stands twice. Take one out, or write it in full."))
            seen.add(key)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


def _fault_of(name: str):
    """As for the names of workers: letters and a few marks."""
    if not name:
        return _("The name is missing. Type it, or take the line out.")
    if len(name) > _LONGEST_NAME:
        return _("The name is longer than 100 characters. Shorten it.")
    if not all(character.isalpha() or character in _NAME_MARKS for character in name) or not any(
        character.isalpha() for character in name
    ):
        return _("A name has letters, spaces, dots, commas, dashes and apostrophes only. Correct it.")
    return ""
