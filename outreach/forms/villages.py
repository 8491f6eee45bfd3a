"""A village by its code or by its name, as outreach/regions.py understands them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach import regions


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
    """Cleans to the dotted code of a village. A name means the one in the regency `near`, if there is one."""

    widget = VillageInput
    near = ""

    def look_near(self, regency_code: str) -> None:
        self.near = regency_code
        self.widget.options = regions.villages_of(regency_code)

    def to_python(self, value) -> str:
        typed = super().to_python(value)
        if not typed:
            return typed
        try:
            return regions.find_village(typed, near=self.near)
        except (LookupError, regions.Ambiguous):
            raise ValidationError(
                _(
                    "No village bears this code. Choose one from the list, or type a code such as 31.72.01.1001."
                ),
                code="village_unknown",
            ) from None
