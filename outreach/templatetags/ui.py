"""Drawings and small components shared by the front pages and the admin.

Everything is server-rendered SVG made of attributes and classes, because the content security policy allows no
style attribute. Attributes carry the light colours; the classes let the style sheets repaint them in dark.
Decorations are hidden from screen readers: the word always stands beside them.
"""

from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.forms.renderers import get_default_renderer
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext

from outreach import form_renderer
from outreach.choices import LineState

register = template.Library()

# Drawn on a 24 × 24 grid. `k` paints the inner stroke in the surface's colour, or it would vanish in dark.
_OCTAGON = '<path class="f" d="M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z"/>'
_ICONS = {
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.4l3.4 2"/>',
    "tick": '<circle class="f" cx="12" cy="12" r="11"/><path class="k" d="m7 12.4 3.4 3.4L17 9"/>',
    "check": '<path d="m5 12.8 4.6 4.6L19.5 7"/>',
    "return": '<path d="m8.5 5-4.5 4.5L8.5 14M4.5 9.5H15a4.75 4.75 0 0 1 0 9.5h-3.5"/>',
    "octagon": _OCTAGON + '<path class="k" d="M12 6.2v6.9M12 17v.6"/>',
    "octagon-x": _OCTAGON + '<path class="k" d="m8.2 8.2 7.6 7.6m0-7.6-7.6 7.6"/>',
    "triangle": '<path class="f j" d="M12 3 1.8 21h20.4z"/><path class="k" d="M12 9.6v4.8M12 17.8v.4"/>',
    "twins": '<rect x="3" y="3" width="12" height="12" rx="1.5"/><path class="f" d="M9 9h12v12H9z"/>',
    "ring": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.6 2.7"/>',
    "info": '<circle class="f" cx="12" cy="12" r="11"/><path class="k" d="M12 11.2v6M12 6.6v.6"/>',
    "chevron-left": '<path d="m15 5-7 7 7 7"/>',
    "chevron-right": '<path d="m9 5 7 7-7 7"/>',
    "plus": '<path d="M12 4v16M4 12h16"/>',
    "minus": '<path d="M4 12h16"/>',
    "printer": '<path d="M7 8V3h10v5M7 17H3V9.5A1.5 1.5 0 0 1 4.5 8h15A1.5 1.5 0 0 1 21 9.5V17h-4M7 14h10v7H7z"/>',
    "lock": '<path d="M8 10.5V7a4 4 0 0 1 8 0v3.5"/><path class="f j" d="M5.5 11h13v9h-13z"/>',
    "chat": '<path d="M12 3.5a8.5 8.5 0 1 1-4 16L3.5 20.5l1.2-4.3A8.5 8.5 0 0 1 12 3.5z"/>',
    "nosignal": (
        '<path d="M3 3l18 18M2.5 9a14 14 0 0 1 4-2.6M10.5 5.1A14 14 0 0 1 21.5 9'
        'M6 13a9 9 0 0 1 4.2-2.3M15.5 11.4A9 9 0 0 1 18 13M9.3 16.5a4 4 0 0 1 4.3-.6"/>'
        '<circle class="f" cx="12" cy="19.5" r="1.7"/>'
    ),
    "x": '<path d="m5.5 5.5 13 13m0-13-13 13"/>',
    "download": '<path d="M12 3.5V15m-5-4.5 5 5 5-5M4 20.5h16"/>',
    "box": '<path d="M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5zM3.5 7.5 12 12l8.5-4.5M12 12v9"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>',
}
_ICONS["whatsapp"] = _ICONS["chat"]
_ICONS["diff"] = '<path d="M5 9h14M5 15h14M16 4.5 8 19.5"/>'

# Three seams bent towards the middle, on a circle of radius 11 in a 24 × 24 box.
_SEAMS = "M4.64 3.83Q12.85 9.385 22.76 9.71Q13.84 14.04 8.6 22.46Q9.31 12.57 4.64 3.83Z"
_BALL = (
    '<circle class="jb-ball-fill" cx="12" cy="12" r="11" fill="#E8590C"/>'
    f'<path class="jb-ball-seam" d="{_SEAMS}" fill="none" stroke="#fff" stroke-width="1.7"/>'
)
_ARC = "M6.5 23.2A17.5 17.5 0 0 0 41.5 23.2"
_ON_ARC = 'transform="translate(24 16.75) scale(1.068) translate(-12 -12)"'

# state → (shape class, icon, word). Shape, icon and word each carry the status alone.
_CHIPS = {
    "submitted": ("wait", "clock", gettext_lazy("Being checked")),
    "approved": ("ok", "tick", gettext_lazy("Approved")),
    "returned": ("warn", "return", gettext_lazy("Returned")),
    "rejected": ("err", "octagon-x", gettext_lazy("Rejected")),
    "withdrawn": ("quiet", "x", gettext_lazy("Withdrawn")),
    "lapsed": ("quiet", "clock", gettext_lazy("Lapsed")),
    "draft": ("draft", "ring", gettext_lazy("Draft")),
    "warning": ("warn", "triangle", gettext_lazy("Warning")),
    "twin": ("twin", "twins", gettext_lazy("Twin")),
    "ok": ("ok", "tick", gettext_lazy("Ready")),
    "planned": ("draft", "ring", gettext_lazy("Planned")),
    "open": ("ok", "check", gettext_lazy("Open")),
    "closed": ("quiet", "lock", gettext_lazy("Closed")),
}
# The same for a line of equipment, where a word such as "returned" means another thing; the words are the state's own.
_EQUIPMENT_CHIPS = {
    LineState.ASKED: ("wait", "clock"),
    LineState.AGREED: ("ok", "check"),
    LineState.DECLINED: ("err", "octagon-x"),
    LineState.WITHDRAWN: ("quiet", "x"),
    LineState.HANDED_OVER: ("twin", "box"),
    LineState.RETURNED: ("ok", "tick"),
    LineState.DAMAGED: ("warn", "triangle"),
    LineState.LOST: ("err", "octagon"),
}

_NOTICE_KINDS = {"success": "ok", "warning": "warn", "error": "err", "info": "info", "debug": "info"}
_NOTICE_ICONS = {
    "ok": "tick",
    "warn": "triangle",
    "err": "octagon",
    "info": "info",
    "fact": "info",
    "twin": "twins",
}


def _svg(body, *, css, size, box="0 0 24 24"):
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="{}" aria-hidden="true">{}</svg>',
        css,
        size,
        size,
        box,
        mark_safe(body),  # noqa: S308 - constants of this file
    )


@register.simple_tag
@cache
def icon(name, size=20):
    """One drawing in the text's colour; an unknown name is a KeyError, so that a typo shows in the first test."""
    return _svg(_ICONS[name], css=f"jb-icon jb-icon-{name}", size=size)


@register.simple_tag
def ball(size=24):
    """The orange ball: "here, now". One a screen."""
    return _svg(_BALL, css="jb-ball", size=size)


@register.simple_tag
def logo(size=36, *, colour=False):
    """The arc catching the ball, in the text's colour; with `colour` the ball is orange (sign-in page only)."""
    arc = f'<path d="{_ARC}" fill="none" stroke="currentColor" stroke-width="4.9" stroke-linecap="round"/>'
    css = "jb-logo jb-logo-colour" if colour else "jb-logo"
    return _svg(f"{arc}<g {_ON_ARC}>{_BALL}</g>", css=css, size=size, box="0 0 48 48")


@register.simple_tag
def empty_arc(size=72):
    """The grey arc waiting for its ball, for empty states."""
    body = (
        f'<path d="{_ARC}" fill="none" stroke="currentColor" stroke-width="4.9" stroke-linecap="round"/>'
        f'<g {_ON_ARC} fill="none" stroke="currentColor" stroke-width="2"><path d="{_SEAMS}"/>'
        '<circle cx="12" cy="12" r="10.3" stroke-dasharray="4.3 3.8"/></g>'
    )
    return _svg(body, css="jb-empty-arc", size=size, box="0 0 48 48")


@register.simple_tag
def status_chip(state, label=""):
    """Shape, icon and word of a state; `label` replaces the word ("17 years old" in a warning chip)."""
    return _chip(_CHIPS[str(state)], label)


@register.simple_tag
def equipment_chip(state):
    """The same of a line of equipment."""
    state = LineState(state)
    return _chip((*_EQUIPMENT_CHIPS[state], state.label))


def _chip(look, label=""):
    shape, drawing, word = look
    return _drawn_chip(shape, drawing, str(label or word))


@lru_cache(maxsize=256, typed=True)  # a list of fifty has a hundred, of a dozen kinds
def _drawn_chip(shape, drawing, word):
    return format_html('<span class="jb-chip jb-chip-{}">{}{}</span>', shape, icon(drawing, 18), word)


def _share(value, whole):
    """`value` of `whole` as a per cent between 0 and 100; nothing of nothing is 0."""
    if not value or not whole or whole <= 0:
        return 0.0
    return max(0.0, min(100.0, 100 * float(value) / float(whole)))


@register.simple_tag
def bar(value, max, kind="", target=None):
    """One bar of a bars table. `kind`: "" leaf, "running" (hour not over yet) or "overdue"; `target` draws a tick."""
    fill = {"overdue": "#9F0A22", "running": "#538F7A"}.get(kind, "#0A5B44")
    tick = ""
    if target is not None:
        tick = format_html(
            '<rect class="jb-bar-tick" x="{}" width="1" height="10" fill="#12211B"/>',
            f"{min(_share(target, max), 99):.2f}",
        )
    return format_html(
        '<svg class="jb-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="jb-bar-track" width="100" height="10" fill="#E4EBE7"/>'
        '<rect class="jb-bar-fill {}" width="{}" height="10" fill="{}"/>{}</svg>',
        f"is-{kind}" if kind else "",
        f"{_share(value, max):.2f}",
        fill,
        tick,
    )


@register.simple_tag
def hero_line(value, target):
    """The hero's line from opening to target with the ball where the stand is now.

    Percentages instead of a viewBox, so that the ball keeps its size on a wide screen. It stays 4 % off both ends,
    where it would be cut.
    """
    here = f"{min(96.0, 4 + 0.96 * _share(value, target)):.2f}%"
    return format_html(
        '<svg class="jb-hero-line" width="100%" height="32" aria-hidden="true">'
        '<rect class="jb-line-rest" y="13" width="100%" height="6" rx="3" fill="#2A6B57"/>'
        '<rect class="jb-line-done" y="13" width="{0}" height="6" rx="3" fill="#fff"/>'
        '<svg x="100%" overflow="visible"><rect class="jb-line-end" x="-3" y="7" width="3" height="18" fill="#CFE6DB"/>'
        '</svg><svg x="{0}" y="16" overflow="visible">'
        '<g transform="translate(-13 -13) scale(1.08)">{1}</g></svg></svg>',
        here,
        mark_safe(_BALL),  # noqa: S308 - constant of this file
    )


@register.inclusion_tag("_progress.html")
def progress(step, total, name=""):
    """ "Langkah 2 dari 4" with its line, dots and ball; the words are for everybody, the drawing is not read out."""
    dots = ["done" if n < step else "now" if n == step else "" for n in range(1, total + 1)]
    return {"step": step, "total": total, "name": name, "dots": dots}


@register.filter
def notice_kind(level_tag):
    """Django's message level → our notice's colour."""
    return _NOTICE_KINDS.get(level_tag, "info")


@register.simple_tag
def notice_icon(kind):
    return icon(_NOTICE_ICONS[kind], 22)


@register.simple_tag
def echo_of(field):
    """What the server understood of a field ("Rp2.5.000 a month"), from the form's optional `echoes` mapping."""
    return getattr(field.form, "echoes", {}).get(field.name, "")


@register.simple_tag
def draw(widget):
    """A part of a widget of several, in that widget's own template."""
    return get_default_renderer().render(widget["template_name"], {"widget": widget})


@register.filter
def as_attributes(attributes):
    """{"id": "id_sex_0", "checked": True} as HTML writes it, with a space before each."""
    return mark_safe(form_renderer.attributes(attributes))  # noqa: S308 - it escapes the values


@register.filter
def first_id(field):
    """The id an error link jumps to: the input itself, or the first box of a group."""
    widget = field.field.widget
    if hasattr(widget, "widgets"):
        return f"{field.auto_id}_0"
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def labelled_cells(cells, headers):
    """A row of Django's change list, each cell but the first with its heading, which CSS shows on a phone."""
    first, *rest = zip(cells, headers, strict=True)
    labelled = (
        str(cell).replace("<td ", format_html('<td data-label="{}" ', capfirst(header["text"])), 1)
        for cell, header in rest
    )
    return mark_safe("".join((str(first[0]), *labelled)))  # noqa: S308 - the admin made the cells, format_html the rest


@register.filter
def in_page_order(form):
    """The form's fields as they follow each other on the page, which its crispy layout knows, not its class."""
    layout = getattr(getattr(form, "helper", None), "layout", None)
    shown = [pointer.name for pointer in layout.get_field_names()] if layout else []
    return [form[name] for name in (*shown, *(name for name in form.fields if name not in shown))]


@register.inclusion_tag("_language.html", takes_context=True)
def language_switch(context):
    """A button for every other language; it leads back to the page it stands on."""
    here = get_language()
    others = [(code, name) for code, name in settings.LANGUAGES if code != here]
    return {"others": others, "back": context["request"].get_full_path()}


@register.filter
def initial_letter(user):
    """The letter in the round mark beside a name."""
    return str(user.get_short_name() or user.get_username())[:1].upper()


@register.simple_tag
def error_count(form):
    """ "2 things to correct": the heading of the error summary, over all of a form's fields."""
    count = sum(len(errors) for errors in form.errors.values())
    return ngettext("%(count)d thing to correct", "%(count)d things to correct", count) % {"count": count}
