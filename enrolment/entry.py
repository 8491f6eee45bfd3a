"""An entry: the normalised content of one registration form, between the form that checks it and the action that
stores it. Page, paper import and correction all make one; nothing else may be stored."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from enrolment.choices import ConsentHow
from enrolment.models import ConsentText, JobType, PaperSheet
from outreach import crypto
from outreach.models import Booth, Event, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Values as they are stored and compared. Dates and times are Asia/Jakarta; `registered_at` and `consent_at`
    are None where the server's clock is meant, because a phone's clock is not to be trusted."""

    submission_id: UUID
    event: Event
    booth: Booth
    officer: User
    registered_at: datetime | None
    nik: str
    full_name: str
    birth_place: str
    birth_date: date
    sex: str
    address: str
    rt: int
    rw: int
    village_code: str
    phone: str
    email: str
    job_type_1: JobType
    job_type_2: JobType | None
    work_location: str
    income: int
    package: str
    months: int
    first_month: date
    government_paid: bool
    guardian: str
    consent_version: ConsentText
    consent_at: datetime | None
    consent_how: str = ConsentHow.PAPER
    guardian_relation: str = ""
    guardian_agrees: bool = False
    sheet: PaperSheet | None = None

    @property
    def guardian_agreed(self) -> bool | None:
        """The guardian's own consent: ticked on the page; on paper their name stands beside their signature. None:
        of before it was asked, when nobody wrote down whether they did."""
        if self.guardian and not self.guardian_agrees and self.consent_how == ConsentHow.UNKNOWN:
            return None
        return bool(self.guardian) and (self.guardian_agrees or self.consent_how == ConsentHow.PAPER)

    def canonical(self) -> dict[str, str]:
        """Every field as text, the same for the same content however it was typed. A field that came later stands in
        it only where it says more than its default, so that what was stored before keeps its digest: `whole` adds
        them for who compares."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "submission_id"}
        return {
            name: _text(value)
            for name, value in values.items()
            if name not in _LATER or value not in (_LATER[name], ConsentHow.UNKNOWN)
        }

    def content(self) -> str:
        """The canonical form as JSON, sealed into a version."""
        return json.dumps(self.canonical(), sort_keys=True, ensure_ascii=False)

    def digest(self) -> bytes:
        """Equal for equal content, and keyed, so that a stored digest tells nothing about a person."""
        return crypto.blind_index("registration", self.content())


_LATER = {f.name: f.default for f in fields(Entry) if f.default is not MISSING}
"""Fields that came after the first registrations were stored."""


def whole(content: Mapping[str, str]) -> dict[str, str]:
    """A canonical content with what it leaves out, so that a field that says nothing differs from none that says so."""
    return {**{name: _text(default) for name, default in _LATER.items()}, **content}


def nik_index(nik: str) -> bytes:
    """The blind index that finds a NIK again."""
    return crypto.blind_index("nik", nik)


def phone_index(phone: str) -> bytes:
    """The blind index that finds a mobile number (E.164) again. Families share one, so it is not unique."""
    return crypto.blind_index("phone", phone)


def number_index(participant_number: str) -> bytes:
    """The blind index that finds a participant number (KPJ) again. A person may come back with theirs."""
    return crypto.blind_index("participant_number", participant_number)


def person_index(full_name: str, birth_date: date) -> bytes:
    """The blind index that finds the same name and birth date under another NIK.

    Of the name only its letters count: two officers type case, spaces and apostrophes of one card differently. Who
    changes this re-indexes what is stored (migration 0009), else old rows are never found again.
    """
    letters = "".join(c for c in unicodedata.normalize("NFKC", full_name).casefold() if c.isalpha())
    return crypto.blind_index("person", f"{letters}\0{birth_date.isoformat()}")


def name_words(full_name: str) -> set[str]:
    """The words of a name as they are searched for: without case and accents, of each only its letters (Nur'aini and
    Nuraini are one word). Who changes this re-indexes what is stored (migration 0031)."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", full_name) if not unicodedata.combining(c))
    split = "".join(" " if c in " .,-" else c for c in plain.casefold())
    words = ("".join(c for c in word if c.isalpha()) for word in split.split())
    return {word for word in words if word}


def word_index(word: str) -> bytes:
    """The blind index that finds a word of a name again; of one that `name_words` gave."""
    return crypto.blind_index("word", word)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "y" if value else "n"
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Event():
            return value.slug
        case Booth() | JobType():
            return value.code
        case User():
            return value.username
        case ConsentText():
            return value.code
        case _:  # a sheet is called by its number
            return str(value)
