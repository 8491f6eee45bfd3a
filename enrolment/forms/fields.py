"""The two form parts of our own: a field with one rule, and widgets that Django lacks."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from enrolment.errors import refusal

LONGEST = 500
"""Characters, of any answer; the rules know better for each."""


class RuleField(forms.CharField):
    """A text field whose single rule turns the typed text into a value or raises with a code.

    `required` only decides whether the label says that it may be left empty: the rule judges an empty text.
    """

    def __init__(self, rule: Callable[[str], Any], **kwargs) -> None:
        self.rule = rule
        super().__init__(**kwargs)

    def clean(self, value: str | None) -> Any:
        value = value or ""
        if len(value) > LONGEST:
            raise refusal("too_long")
        # Control and direction characters are no part of an answer, and could disguise one.
        words = "".join(
            c for c in value if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"}
        ).split()
        return self.rule(" ".join(words))

    def says_if_empty(self) -> str:
        """What is wrong with no answer; nothing where there may be none."""
        if self.required:
            try:
                self.rule("")
            except ValidationError as missing:
                return missing.messages[0]
        return ""


class DateBoxes(forms.MultiWidget):
    """Day, month and year in three number boxes; also takes the whole date under the field's own name."""

    template_name = "widgets/date_boxes.html"
    use_fieldset = True

    def __init__(self) -> None:
        def box(size: int, **attrs) -> forms.TextInput:
            return forms.TextInput(attrs={"inputmode": "numeric", "maxlength": size, "size": size, **attrs})

        super().__init__(widgets={"day": box(2), "month": box(2), "year": box(4)})

    def decompress(self, value: str | None) -> list[str]:
        """`1988-04-12` or `12/4/1988` into its boxes; anything else stays in the first box, visible. Only what is
        written with dashes may begin with the year: what stood in three boxes has slashes and goes back into them."""
        text = str(value or "")
        parts = re.split("[-/]", text)
        if len(parts) == 3 and "/" not in text and len(parts[0]) == 4 and 1 <= len(parts[2]) <= 2:
            parts.reverse()
        return parts if len(parts) == 3 else [text, "", ""]

    def value_from_datadict(self, data, files, name) -> str:
        boxes = [(box or "").strip() for box in super().value_from_datadict(data, files, name)]
        if any(boxes):
            return "/".join(boxes)
        return data.get(name) or ""


class TickForValue(forms.CheckboxInput):
    """A tick box that sends one certain value, such as the version of the text that was agreed to."""

    def __init__(self, value: str) -> None:
        super().__init__()
        self.value = value

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        context["widget"]["value"] = self.value
        if value == self.value:
            context["widget"]["attrs"]["checked"] = True
        return context

    def value_from_datadict(self, data, files, name) -> str:
        return data.get(name) or ""


class NoticeChoice(forms.Widget):
    """The notice in each of its languages, one open at a time by CSS alone. Which text is open is what is sent, so
    what is stored is what was shown."""

    template_name = "widgets/notices.html"
    use_fieldset = True

    def __init__(self, texts) -> None:
        super().__init__()
        self.texts = texts

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else id_

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        codes = [text.code for text in self.texts]
        context["widget"]["texts"] = self.texts
        context["widget"]["shown"] = value if value in codes else next(iter(codes), "")
        return context
