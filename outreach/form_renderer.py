"""How form fields become HTML: Django's templates, but for what a page has dozens of.

Django draws an <input> with three templates and each <option> of a list with two more: two lists of jobs cost as much
as all the rest of the form. The same HTML is written here by hand; tests/test_form_renderer.py holds it against
Django's own.
"""

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


def attributes(attributes: dict) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _input(widget: dict) -> str:
    value = "" if widget["value"] is None else f' value="{conditional_escape(widget["value"])}"'
    return (
        f'<input type="{widget["type"]}" name="{conditional_escape(widget["name"])}"{value}'
        f"{attributes(widget['attrs'])}>"
    )


def _select(widget: dict) -> str:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{conditional_escape(group)}">')
        parts += (
            f'<option value="{conditional_escape(str(option["value"]))}"{attributes(option["attrs"])}>'
            f"{conditional_escape(option['label'])}</option>"
            for option in options
        )
        if group:
            parts.append("</optgroup>")
    return "".join([*parts, "</select>"])


_KINDS = ("checkbox", "email", "hidden", "input", "number", "password", "tel", "text", "url")
_BY_HAND = {f"django/forms/widgets/{kind}.html": _input for kind in _KINDS}
_BY_HAND["django/forms/widgets/select.html"] = _select


class Renderer(TemplatesSetting):
    """FORM_RENDERER; templates/ may still replace any other template of Django's or ours."""

    def render(self, template_name, context, request=None) -> SafeString:
        by_hand = _BY_HAND.get(template_name)
        if by_hand is None:
            return super().render(template_name, context, request)
        return mark_safe(by_hand(context["widget"]))  # noqa: S308 - every value above is escaped
