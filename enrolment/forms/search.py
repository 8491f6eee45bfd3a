"""The reviewer's search box: what was typed says by its shape what it is."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from enrolment import nik, references, validators
from enrolment.entry import name_words
from enrolment.forms.fields import RuleField
from enrolment.queries.search import Sought

_NUMBER = re.compile(r"\+?[0-9 .\-()]+", re.ASCII)


def sought(typed: str) -> Sought:
    """A NIK (16 digits), a mobile number (08…, 62…), a receipt number, else words of a name. Raises ValidationError
    with a sentence that says what to do."""
    digits = nik.normalise(typed)
    if len(digits) == nik.LENGTH and digits.isascii() and digits.isdecimal():
        return Sought(nik=validators.nik_number(typed))
    words = frozenset(name_words(typed))
    reference = _reference(typed)
    if reference:
        # Seven letters may fit by chance; a name with a digit does not exist.
        return Sought(reference=reference, words=frozenset() if _has_digit(typed) else words)
    if _NUMBER.fullmatch(typed):
        if digits.startswith(("0", "8", "+62", "62")):
            return Sought(phone=validators.phone(typed))
        raise ValidationError(_("Type all 16 digits of the NIK, or the whole mobile number."), code="number")
    if _has_digit(typed):
        raise ValidationError(
            _("This is no receipt number, such as 7K4-2Q9-3. Compare it with the receipt."), code="reference"
        )
    if not words:
        raise ValidationError(_("Type a NIK, a mobile number, a receipt number or a name."), code="empty")
    return Sought(words=words)


class SearchForm(forms.Form):
    """One box, and for the next page of what it found the row to go on from."""

    use_required_attribute = False

    q = RuleField(sought, label=_("NIK, receipt number, mobile number or name"))
    older = forms.CharField(required=False, max_length=references.LENGTH)
    newer = forms.CharField(required=False, max_length=references.LENGTH)


def _reference(typed: str) -> str:
    try:
        return references.normalise(typed)
    except ValueError:
        return ""


def _has_digit(typed: str) -> bool:
    return any(character.isdecimal() for character in typed)
