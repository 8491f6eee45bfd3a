"""Filters for what a registration holds. Rupiah, dates and references: outreach/templatetags/formats.py."""

from django import template

from enrolment import errors
from enrolment.queries import for_head
from outreach import regions
from outreach.templatetags.formats import month_name

register = template.Library()


@register.filter
def warning_sentence(code: str) -> str:
    """The sentence of a warning's code."""
    return errors.WARNINGS[code]


@register.filter
def region(code: str) -> str:
    """A village or regency by its code, with what it lies in."""
    return regions.label(code)


@register.filter
def postal_code(code: str) -> str:
    return regions.postal_code(code)


@register.filter
def block(number: int | str) -> str:
    """RT and RW are printed with three digits."""
    return f"{int(number):03d}"


@register.filter
def of(texts: dict[str, str], code: str) -> str:
    """The text of a code, such as the legal basis of a relief."""
    return texts[code]


@register.filter
def span_months(span) -> str:
    """The months of a quote's span, for the head of a column: `Nov, Des` or `Jan – Okt`."""
    names = [month_name(month.first_day) for month in span]
    return ", ".join(names) if len(names) <= 2 else f"{names[0]} – {names[-1]}"


@register.simple_tag
def mark_of(marks, name: str):
    """A field's tick box on the review page; None where it can't be sent back."""
    return marks.get(name)


@register.simple_tag
def field_label(labels, name: str) -> str:
    """What a field is called on the form."""
    return labels.get(name, name)


@register.simple_tag
def waiting_for_head(user) -> str:
    """How many second returns wait for this head, `100+` where nobody counts further; empty for none. One query."""
    waiting = for_head.waiting(user)
    return f"{waiting}+" if waiting == for_head.COUNTED else str(waiting or "")


@register.filter
def since(now: int, then: int) -> str:
    """What has come or gone since, with its sign: `+2`, `−1`."""
    return f"{now - then:+d}".replace("-", "−")
