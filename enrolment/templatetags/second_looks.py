"""For the first page of the admin, which is outreach's and knows nothing of registrations."""

from django import template

from enrolment.queries import second_looks

register = template.Library()


@register.simple_tag
def second_looks_waiting(user) -> int:
    """How many wait for this reviewer, counted up to a hundred."""
    return second_looks.how_many(user)
