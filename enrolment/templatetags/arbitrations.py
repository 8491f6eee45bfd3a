"""How many twins of two branches wait, for the first page of the admin: outreach's site knows nothing of workers."""

from django import template
from django.utils import timezone

from enrolment.permissions import ARBITRATE, REVIEW
from enrolment.queries import arbitrations
from outreach.models import User

register = template.Library()


@register.simple_tag
def waiting_arbitrations(user: User) -> int:
    """Nought for those who may not decide on any."""
    return arbitrations.waiting(user) if user.has_perm(ARBITRATE) else 0


@register.simple_tag
def arbitration_answers(user: User) -> int:
    """How many answers of other branches' heads came in lately; nought for those whose branch is not told here."""
    return arbitrations.answers(user, now=timezone.now()) if user.has_perm(REVIEW) else 0
