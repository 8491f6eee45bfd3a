"""A reviewer's search for a worker. Whoever may ask "is this one registered?" could ask for one after the other, so
each search is on record and they are limited by person, generously: a reviewer looks up paper all day."""

from datetime import timedelta

from django.db import transaction

from enrolment.actions import disclosures
from enrolment.actions.disclosures import Named
from enrolment.queries.queue import Page
from enrolment.queries.search import Sought, find
from outreach.actions import audit, limits
from outreach.models import User

WINDOW = timedelta(minutes=10)
LIMIT = 400


def search(*, by: User, sought: Sought, older: str = "", newer: str = "") -> Page | None:
    """A page of what fits in the person's branch; None where they have searched too often. One audit row each, with
    what was searched by and how many are on the page; what was typed stands in none."""
    within = limits.spend(f"search-{by.pk}", limit=LIMIT, within=WINDOW)
    with transaction.atomic(durable=True):
        page = find(by, sought, older=older, newer=newer) if within else None
        audit.record(
            by=by,
            branch_id=by.branch_id,
            action="registration.search",
            purpose=f"search by {sought.kind}",
            count=len(page.rows) if page else 0,
        )
    return page


def named(page: Page, *, by: User, sought: Sought) -> list[Named]:
    """Its rows with the workers' names, as in the queue: one access row."""
    return disclosures.with_names(page.rows, by=by, purpose=f"search by {sought.kind}")
