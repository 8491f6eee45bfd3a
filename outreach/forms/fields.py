"""Fields that more than one form asks with."""

import re

from django import forms
from django.core.exceptions import ValidationError

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([. \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_SEPARATORS = str.maketrans("", "", ". \u00a0\u202f")


class CountField(forms.IntegerField):
    """A whole number as it is written here: `1000`, `1.000` and `1 000` are a thousand.

    Django would cut a `.000` off and store 1. Every other dot or comma is refused: nobody counts half a chair. The
    box is text, because a browser's box for numbers reads a dot as it likes and sends nothing for what it can't read.
    """

    widget = forms.TextInput

    def to_python(self, value) -> int | None:
        typed = value.strip() if isinstance(value, str) else value
        if isinstance(typed, str) and not re.fullmatch(r"[+-]?[0-9]*", typed):
            if not _GROUPED.fullmatch(typed):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            typed = typed.translate(_SEPARATORS)
        return super().to_python(typed)

    def widget_attrs(self, widget) -> dict[str, str]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}
