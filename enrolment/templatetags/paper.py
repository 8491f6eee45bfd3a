"""Boxes to be written into, on the blank form that is printed."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def boxes(groups: str) -> SafeString:
    """`"2 2 4"`: so many boxes for a digit each, in groups. Empty for a screen reader: nothing is written there yet."""
    drawn = "".join(f"<b>{'<i></i>' * int(number)}</b>" for number in groups.split())
    return mark_safe(f'<span class="jb-boxes" aria-hidden="true">{drawn}</span>')  # noqa: S308 - numbers alone
