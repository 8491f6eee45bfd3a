"""The words by which a registration is found by name (models.SearchWord): written and forgotten with the name itself,
inside the transaction of whoever writes or destroys that."""

from collections.abc import Iterable
from uuid import UUID

from enrolment.entry import name_words, word_index
from enrolment.models import Registration, SearchWord


def write(registration: Registration, *, full_name: str) -> None:
    """Replace a registration's words by those of this name. Two queries, one for a new registration."""
    if registration.version > 1:
        forget([registration.pk])
    SearchWord.objects.bulk_create(
        SearchWord(
            registration=registration,
            word_index=word_index(word),
            branch_id=registration.branch_id,
            received_at=registration.received_at,
        )
        for word in sorted(name_words(full_name))
    )


def forget(registrations: Iterable[UUID]) -> None:
    """Nobody finds these by name any more. One query."""
    SearchWord.objects.filter(registration__in=list(registrations)).delete()
