"""The cover of an officer's page, which a script lays over it when nobody has touched the phone for a while."""

from django import template
from django.conf import settings

from outreach import roster
from outreach.choices import Role
from outreach.devices import in_words
from outreach.forms.sign_in import UnlockForm

register = template.Library()


@register.inclusion_tag("_idle_lock.html", takes_context=True)
def idle_lock(context, script=True):
    """Nothing for others, nor where a page is rendered without a request. Without its script where the page has one
    that carries it (static/js/form.js)."""
    request, user = context.get("request"), context.get("user")
    if request is None or user is None or not user.is_authenticated or user.role != Role.OFFICER:
        return {"person": None}
    form = UnlockForm(asks_pin=roster.takes_pin(request, user), auto_id="idle_%s")
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus")  # it is not shown yet
        field.widget.attrs["class"] = "form-control"
    return {
        "person": user,
        "form": form,
        "script": script,
        "minutes": settings.OFFICER_LOCK_MINUTES,
    }


@register.filter
def device(user_agent: str) -> str:
    """A browser's own description in words."""
    return in_words(user_agent)


@register.filter
def fours(secret: str) -> str:
    """A secret to be copied by hand, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
