"""Finding registrations by who they are about, through blind indexes alone: nothing is opened."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from enrolment.entry import nik_index, phone_index, word_index
from enrolment.models import Registration, SearchWord
from enrolment.queries.queue import Page, keyset, listed
from outreach.models import User


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for, normalised: one of these, or a reference that may also be a name (MARSUD1)."""

    nik: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def kind(self) -> str:
        """What it is put on record as."""
        return next((name for name in ("nik", "phone", "reference") if getattr(self, name)), "name")


def find(user: User, sought: Sought, *, older: str = "", newer: str = "") -> Page:
    """The branch's registrations that fit, in any state, the newest first; pages as of the queue. Two queries at most
    for the first page, three for another."""
    visible = Registration.objects.visible_to(user)
    marks = {"oldest_first": False, "older": older, "newer": newer}
    if sought.reference:
        page = keyset(visible.filter(reference=sought.reference), visible, **marks)
        if page.rows or not sought.words:
            return page
    if sought.words:

        def fetch(words: QuerySet) -> list[Registration]:
            ids = list(words)
            found = {row.pk: row for row in listed(visible.filter(pk__in=ids).order_by("pk"))}
            return [found[pk] for pk in ids if pk in found]

        return keyset(_named(user, sought.words), visible, **marks, pk="registration_id", fetch=fetch)
    if sought.nik:
        rows = visible.filter(nik_index=nik_index(sought.nik))
    else:
        rows = visible.filter(phone_index=phone_index(sought.phone))
    return keyset(rows, visible, **marks)


def _named(user: User, words: frozenset[str]) -> QuerySet:
    """The ids of registrations whose worker's name has all of these words. One word is walked in the order of the
    page, and the others are asked for each; the database knows which is rare and may begin with that."""
    branch = SearchWord.objects.filter(branch_id=user.branch_id)
    first, *others = (word_index(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    rows = branch.filter(word_index=first)
    for other in others:
        rows = rows.filter(Exists(branch.filter(registration=OuterRef("registration"), word_index=other)))
    return rows.values_list("registration_id", flat=True)
