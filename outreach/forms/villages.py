"""A village by its Kemendagri code; the names of the branch's own regency may be typed instead."""

from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from lokal import wilayah

_VILLAGE_LEVEL = 4


def village_label(code: str) -> str:
    """`Penjaringan, Kec. Penjaringan, Kota Administrasi Jakarta Utara`; the code itself if nobody knows it."""
    village = wilayah.get_wilayah(code)
    if village is None:
        return code
    name, district, regency, *_province = village.path.split(", ")
    return f"{name}, Kec. {district}, {regency}"


@lru_cache(maxsize=64)
def villages_of(regency_code: str) -> tuple[tuple[str, str], ...]:
    """(code, label) of every village of a regency."""
    return tuple(
        (village.code, village_label(village.code))
        for district in wilayah.list_wilayah(regency_code)
        for village in wilayah.list_wilayah(district.code)
    )


class VillageInput(forms.TextInput):
    """A text box with the browser's own list of suggestions; any other village's code may be typed too."""

    template_name = "admin/outreach/widgets/village.html"
    options: tuple[tuple[str, str], ...] = ()

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["options"] = self.options
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["autocomplete"] = "off"
        return context


class VillageField(forms.CharField):
    """Cleans to the dotted code of a village. `near` is the regency whose names are understood."""

    widget = VillageInput
    near = ""

    def look_near(self, regency_code: str) -> None:
        self.near = regency_code
        self.widget.options = villages_of(regency_code)

    def to_python(self, value) -> str:
        typed = super().to_python(value)
        if not typed:
            return typed
        code = wilayah.normalize_wilayah_code(typed) if typed[0].isdigit() else self._by_name(typed)
        if code.count(".") != _VILLAGE_LEVEL - 1 or wilayah.wilayah_name(code) is None:
            raise ValidationError(
                _(
                    "No village bears this code. Choose one from the list, or type a code such as 31.72.01.1001."
                ),
                code="village_unknown",
            )
        return code

    def _by_name(self, typed: str) -> str:
        """The code, if exactly one village nearby is called so; else an empty text."""
        wanted = typed.casefold()
        found = [
            code
            for code, label in villages_of(self.near)
            if wanted in (label.casefold(), label.partition(",")[0].casefold())
        ]
        return found[0] if len(found) == 1 else ""
