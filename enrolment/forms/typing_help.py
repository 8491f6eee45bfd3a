"""What makes a page of the form quick to type: keyboards, echoes of what was understood, and regions to choose from.

Only for a page; a row of an import never pays for it. The scripts are static/js/echo.js, village.js and chips.js.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrolment.forms.fields import LONGEST
from outreach import regions
from outreach.templatetags.formats import phone, rupiah

# The phone is shared: its browser shall remember nobody's answers, and correct no name.
_EVERY = {"autocomplete": "off", "spellcheck": "false", "enterkeyhint": "next"}
_CAPITALS = {
    "full_name": "words", "birth_place": "words", "guardian": "words", "address": "words", "village_code": "words",
    "work_location": "words", "email": "none",
}  # fmt: skip
_SAYS = {
    "income": ("rupiah", _("{} a month")),
    "phone": ("phone", "{}"),
    "rt": ("block", "RT {}"),
    "rw": ("block", "RW {}"),
    "village_code": ("", _("Postal code {}")),
}
_READ = {
    "income": rupiah,
    "phone": phone,
    "rt": "{:03}".format,
    "rw": "{:03}".format,
    "village_code": regions.postal_code,
}


class RegionInput(forms.TextInput):
    """A text box for a village or a regency. js/village.js offers what may be meant while one types; without it, what
    was incomplete comes back with the nearest as radio buttons (`found`), which need one tap."""

    template_name = "widgets/region.html"
    found = regions.Found()

    def __init__(self, level: int) -> None:
        self.level = level
        super().__init__()

    def value_from_datadict(self, data, files, name) -> str:
        """The whole label of the radio button, if it belongs to what is typed now; else what is typed."""
        typed = super().value_from_datadict(data, files, name) or ""
        chosen = data.get(f"{name}_choice")
        return regions.label(chosen) if chosen and regions.fits(chosen, typed, level=self.level) else typed

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "candidates": [(code, regions.label(code)) for code in self.found.codes],
            "total": self.found.total,
            "is_village": self.level == regions.VILLAGE,
        }
        return context


def help_typing(form: forms.Form, *, near: str) -> None:
    """`near` is the code of the village whose neighbours are offered first, or of the branch's regency."""
    for name, field in form.fields.items():
        widget = field.widget
        for box in getattr(widget, "widgets", [widget]):
            if isinstance(box, forms.TextInput) and not box.is_hidden:
                box.attrs |= _EVERY
                if name in _CAPITALS:
                    box.attrs["autocapitalize"] = _CAPITALS[name]
        if isinstance(widget, RegionInput):
            offer_regions(form, name, near=near if widget.level == regions.VILLAGE else form.near)
        if name in _SAYS:
            widget.attrs["data-echo"], widget.attrs["data-echo-says"] = _SAYS[name]
    form.echoes = {name: echo for name in _SAYS if (echo := _echo(form, name))}


def offer_regions(form: forms.Form, name: str, *, near: str) -> None:
    """The script asks at `near` too; where the answer was refused, the nearest are offered on the page."""
    widget = form.fields[name].widget
    widget.attrs |= {"data-region": widget.level, "data-near": near}
    if form.is_bound and name in form.errors:
        widget.found = regions.search(form[name].data[:LONGEST], near=near, level=widget.level)


def _echo(form: forms.Form, name: str) -> str:
    value = getattr(form, "cleaned_data", {}).get(name)
    read = _READ[name](value) if value else ""
    return read and str(_SAYS[name][1]).format(read)
