"""What a reviewer should look at in an entry that is otherwise right."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from enrolment import nik
from enrolment.entry import Entry, nik_index, person_index
from enrolment.errors import WARNINGS
from enrolment.models import Registration
from outreach import regions

ADULT, MINIMUM = 18, 17


def age_on(birth_date: date, day: date) -> int:
    """Whole years from the birth date to a day."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def warnings(
    entry: Entry, *, registered_on: date, of: UUID | None = None, among: QuerySet | None = None
) -> list[str]:
    """The codes of WARNINGS that fit, in the order of the page. Two queries.

    `of` is the registration that the entry corrects: it is no duplicate of itself. `among` narrows where twins are
    looked for; everywhere if None.
    """
    found = set(
        nik.warnings(entry.nik, birth_date=entry.birth_date, sex=entry.sex, region_known=regions.known)
    )
    found |= _duplicates(entry, of, Registration.objects.all() if among is None else among)
    age = age_on(entry.birth_date, registered_on)
    if age < MINIMUM:
        found.add("age_under_17")
    elif age == MINIMUM:
        found.add("age_17")
    if age < ADULT and not entry.guardian_agreed:
        found.add("guardian_missing")
    if entry.job_type_2 and entry.job_type_1.sector != entry.job_type_2.sector:
        found.add("sector_mixed")
    return [code for code in WARNINGS if code in found]


def _duplicates(entry: Entry, of: UUID | None, among: QuerySet) -> set[str]:
    others = among.standing().exclude(pk=of)
    by_nik = nik_index(entry.nik)
    found = set()
    if others.filter(nik_index=by_nik).exists():
        found.add("duplicate_nik")
    if (
        others.filter(person_index=person_index(entry.full_name, entry.birth_date))
        .exclude(nik_index=by_nik)
        .exists()
    ):
        found.add("same_person")
    return found
