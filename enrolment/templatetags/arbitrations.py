"""How many twins of two branches wait, for the first page of the admin: outreach's site knows nothing of workers."""

from django import template

from enrolment.permissions import ARBITRATE
from enrolment.queries import arbitrations
from outreach.models import User

register = template.Library()


@register.simple_tag
def waiting_arbitrations(user: User) -> int:
    """Nought for those who may not decide on any."""
    return arbitrations.waiting(user) if user.has_perm(ARBITRATE) else 0
