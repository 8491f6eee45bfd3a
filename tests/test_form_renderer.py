"""Fields written by hand are, but for white space, the HTML of Django's own templates."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from outreach.form_renderer import Renderer

HOSTILE = "<b>&\"'"
WIDGETS = [
    forms.TextInput(attrs={"inputmode": "numeric", "data-x": HOSTILE, "readonly": True, "hidden": False}),
    forms.TextInput(attrs={"title": _("Name"), "maxlength": 3, "data-none": None}),
    forms.EmailInput(),
    forms.NumberInput(attrs={"min": 0}),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.CheckboxInput(),
    forms.Select(choices=[("", _("Choose")), (1, "one"), ("<b>", HOSTILE), ("group", [("g", "in a group")])]),
    forms.SelectMultiple(attrs={"size": 3}, choices=[("a", "A"), ("b", "B")]),
]


def same(html: str) -> str:
    return re.sub(r"\s*(<|>)\s*", r"\1", html).strip()


@pytest.mark.parametrize("value", ["", None, "1", 1, HOSTILE, True, ["a", "b"], "g"])
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_same_as_django(widget, value):
    written, drawn = (
        widget.render("x", value, attrs={"id": "id_x"}, renderer=renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )
    assert same(written) == same(drawn)


def test_any_other_template_is_rendered_as_ever():
    widget = forms.Textarea(attrs={"rows": 3})
    assert same(widget.render("x", HOSTILE, renderer=Renderer())) == same(
        widget.render("x", HOSTILE, renderer=DjangoTemplates())
    )


def test_nothing_typed_becomes_markup():
    for widget in WIDGETS:
        assert HOSTILE not in widget.render(HOSTILE, HOSTILE, renderer=Renderer())
