"""Asking whether somebody is registered. Temporary staff could ask NIK after NIK, so every question is logged and the
answers are limited by person."""

import time

from django.core.cache import cache
from django.db import transaction

from outreach.actions import audit
from outreach.models import User

WINDOW = 600  # seconds
LIMIT = 60
"""Answers a person gets in a window: far more than a stand needs, at two minutes a worker."""


def may_ask(*, by: User, purpose: str, count: int = 1) -> bool:
    """Log a question after `count` identities, and tell whether it is still within the person's limit."""
    key = f"identity-{by.pk}-{int(time.time()) // WINDOW}"
    cache.add(key, 0, timeout=WINDOW)
    asked = cache.incr(key, count)
    with transaction.atomic(durable=True):
        audit.record(by=by, branch_id=by.branch_id, action="identity.check", purpose=purpose, count=count)
    return asked <= LIMIT
