"""Stored once, however often it is sent: insert first, then recognise what was there."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from outreach import crypto
from outreach.errors import ActionRefused

Row = TypeVar("Row")


def once(
    create: Callable[[], Row],
    *,
    find: Callable[[], Row | None],
    same: Callable[[Row], bool],
    conflict: ActionRefused,
) -> tuple[Row, bool]:
    """(the row, whether it was made now). `create` runs in a transaction of its own, and its id, made when the page
    opened, is unique in the database: of two at once one inserts and the other finds what it collided with.

    A refusal of `create` gives way to what is stored already, for it was accepted when it was sent first; only who is
    "not_allowed" learns nothing. Raises `conflict` where the stored row is not the `same`.
    """
    try:
        with transaction.atomic():
            return create(), True
    except (IntegrityError, ActionRefused) as refusal:
        stored = None if getattr(refusal, "code", "") == "not_allowed" else find()
        if stored is None:
            raise  # the action's own refusal, or another rule of the database
        if same(stored):
            return stored, False
        if isinstance(refusal, ActionRefused):
            raise
        raise conflict from None


def digest(kind: str, /, **content: Any) -> bytes:
    """32 bytes that are equal for equal content of one kind and tell nothing without the index key."""
    return crypto.blind_index(kind, json.dumps(content, sort_keys=True, default=str))
