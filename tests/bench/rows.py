"""Registrations in bulk: built as the actions build them, and written with COPY.

Each is an `Entry`, so digests, blind indexes and sealed contents are the software's own; the price comes from the
stored tariffs; every row has its version, its decisions and its place in the audit chain. Constraints and triggers
stay on while they are loaded, and the bench then runs `verify_counts`.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from random import Random
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model
from psycopg import sql

from enrolment import contributions, references
from enrolment.choices import ConsentHow, Kind, Stage, State
from enrolment.entry import Entry, name_words, nik_index, person_index, phone_index, word_index
from enrolment.models import (
    ConsentText,
    ContributionSchedule,
    Decision,
    JobType,
    Participation,
    Registration,
    RegistrationVersion,
    Relief,
    SearchWord,
)
from enrolment.validators import JAKARTA
from outreach import crypto
from outreach.actions import audit
from outreach.models import AuditEntry, AuditHead, Booth, Event, User

CHUNK = 5_000
REASON = "Nomor HP kurang jelas. Tanyakan lagi nomornya."
# Of a hundred registrations so many end like this, by these moves.
MOVES = (
    (80, (State.APPROVED,)),
    (5, ()),
    (3, (State.RETURNED,)),
    (4, (State.REJECTED,)),
    (5, (State.WITHDRAWN,)),
    (3, (State.APPROVED, State.LAPSED)),
)
FATES = tuple(moves for count, moves in MOVES for _ in range(count))
CHAIN_COLUMNS = (
    "branch_id", "seq", "at", "actor_id", "action", "object_id", "fields", "purpose", "count", "content", "key_id",
    "previous", "mac", "session",
)  # fmt: skip
SCATTER = 37  # prime to a hundred: neighbouring rows have different fates


def age_of(n: int) -> date:
    """A birth date, another for each of 9,000 neighbours."""
    return date(1966, 1, 1) + timedelta(days=n % 9_000)


def name_of(n: int) -> str:
    """An invented name of its own for each number."""
    letters = ""
    while n:
        n, letter = divmod(n, 26)
        letters += "abcdefghijklmnopqrstuvwxyz"[letter]
    return f"Warga {letters.title() or 'Uji'}"


def nik_of(n: int, *, born: date, region: str = "317201") -> str:
    """An invented NIK of a man: unlike all others of fewer than 80 million numbers in a region."""
    return f"{region}{born:%d%m%y}{n // 9_000 + 1:04}"


class Writer:
    """The rows of one event. The audit chain goes on where the branch's ended."""

    def __init__(self, event: Event, reviewer: User) -> None:
        self.event, self.reviewer = event, reviewer
        self.draw = Random(2026)  # the same rows each time
        self.booths = list(Booth.objects.filter(event=event).order_by("code"))
        self.officers = {
            booth: list(User.objects.filter(assignments__booth=booth).distinct().order_by("pk"))
            for booth in self.booths
        }
        self.jobs = list(JobType.objects.order_by("code"))
        self.consent = ConsentText.objects.coded("2023-06").get()
        self.schedules = {row.code: row.pk for row in ContributionSchedule.objects.all()}
        self.tariff = ContributionSchedule.objects.as_schedules()
        self.reliefs = Relief.objects.as_reliefs()
        self.quote = lru_cache(maxsize=None)(self._quote)
        head = AuditHead.objects.get_or_create(branch=event.branch)[0]
        self.seq, self.mac = head.seq, bytes(head.mac)

    def write(self, count: int) -> None:
        numbers = iter(range(count))
        while chunk := list(islice(numbers, CHUNK)):
            registrations, versions, decisions, chain, participations, words = [], [], [], [], [], []
            for n in chunk:
                row = self.registration(n)
                registrations.append(row)
                versions.append(self.version(row))
                for decision in self.decisions(row, FATES[n * SCATTER % 100]):
                    decisions.append(decision)
                    chain.append(self.link(row, decision))
                    participations += participation(row, decision)
                words += search_words(row)
                del row["entry"]
            copy(Registration, registrations)
            copy(RegistrationVersion, versions)
            copy(Decision, decisions)
            copy(Participation, participations)
            copy(SearchWord, words)
            copy(AuditEntry, chain)
        AuditHead.objects.filter(branch=self.event.branch).update(seq=self.seq, mac=self.mac)

    def registration(self, n: int) -> dict:
        """Columns by name, and under `entry` what they were made from."""
        entry = self.entry(n)
        quote = self.quote(
            entry.income, entry.package, entry.months, entry.first_month, entry.job_type_1.sector
        )
        pk, moves = uuid4(), FATES[n * SCATTER % 100]
        decided = next(
            (state for state in moves if state in (State.APPROVED, State.RETURNED, State.REJECTED)), None
        )
        received_at = entry.registered_at + timedelta(seconds=2)
        return {
            "entry": entry,
            "id": pk,
            "submission_id": entry.submission_id,
            "reference": reference(n),
            "status_token": references.new_token(),
            "digest": entry.digest(),
            "version": 1,
            "kind": str(Kind.NEW),
            "state": str(moves[-1] if moves else State.SUBMITTED),
            "warnings": '["nik_sex"]' if entry.sex == "P" else "[]",
            "branch_id": self.event.branch_id,
            "event_id": self.event.pk,
            "booth_id": entry.booth.pk,
            "officer_id": entry.officer.pk,
            "entered_by_id": entry.officer.pk,
            "registered_at": entry.registered_at,
            "received_at": received_at,
            **{
                name: seal(Registration, name, str(getattr(entry, name)), pk)
                for name in Registration.personal_fields
            },
            "nik_index": nik_index(entry.nik),
            "person_index": person_index(entry.full_name, entry.birth_date),
            "phone_index": phone_index(entry.phone),
            "village_code": entry.village_code,
            "work_location": entry.work_location,
            "job_type_1_id": entry.job_type_1.pk,
            "job_type_2_id": None,
            "sector": entry.job_type_1.sector,
            "package": entry.package,
            "months": entry.months,
            "first_month": entry.first_month,
            "government_paid": False,
            "schedule_id": self.schedules[quote.schedule],
            "contribution_base": quote.base,
            "contribution_total": quote.total,
            "discounted_months": quote.discounted_months,
            "reliefs": json.dumps(quote.reliefs),
            "consent_text_id": self.consent.pk,
            "consent_at": entry.consent_at,
            "consent_how": str(ConsentHow.ALOUD),
            "guardian_relation": "",
            "guardian_agreed": False,
            "consent_withdrawn_at": None,
            "claimed_by_id": None,
            "claimed_at": None,
            "claimed_until": None,
            "with_head_at": None,
            "decided_at": received_at + timedelta(hours=3) if decided else None,
            "decided_by_id": self.reviewer.pk if decided else None,
        }

    def entry(self, n: int) -> Entry:
        """Spread over booths, officers, days and opening hours. Every 20th differs from its NIK."""
        booth = self.draw.choice(self.booths)
        day = self.draw.choice(self.event.days)
        minutes = self.draw.randrange((self.event.closes_at.hour - self.event.opens_at.hour) * 60)
        registered_at = datetime.combine(day, self.event.opens_at, tzinfo=JAKARTA) + timedelta(
            minutes=minutes
        )
        return Entry(
            submission_id=uuid4(),
            event=self.event,
            booth=booth,
            officer=self.draw.choice(self.officers[booth]),
            registered_at=registered_at,
            nik=nik_of(n, born=age_of(n)),
            full_name=name_of(n),
            birth_place="Jakarta",
            birth_date=age_of(n),
            sex="P" if n % 20 == 19 else "L",
            address=f"Jl. Uji Raya Gang {n % 300} No. {n % 90 + 1}",
            rt=n % 15 + 1,
            rw=n % 17 + 1,
            village_code=self.event.village_code,
            phone=f"+62812{n:08}",
            email="",
            job_type_1=self.jobs[n % len(self.jobs)],
            job_type_2=None,
            work_location=self.event.branch.regency_code,
            income=1_500_000 + n % 10 * 250_000,
            package="L" if n % 3 == 0 else "T",
            months=contributions.MONTHS_PREPAID[n % len(contributions.MONTHS_PREPAID)],
            first_month=contributions.allowed_first_months(day)[n % 2],
            government_paid=False,
            guardian="",
            consent_how=ConsentHow.ALOUD,
            consent_version=self.consent,
            consent_at=registered_at - timedelta(minutes=1),
        )

    def version(self, row: dict) -> dict:
        pk, entry = uuid4(), row["entry"]
        return {
            "id": pk,
            "registration_id": row["id"],
            "number": 1,
            "content": seal(RegistrationVersion, "content", entry.content(), pk),
            "digest": row["digest"],
            "at": row["received_at"],
            "by_id": row["officer_id"],
        }

    def decisions(self, row: dict, moves: tuple[State, ...]) -> Iterator[dict]:
        """The row's history: sent by the officer, then each move, three hours apart."""
        states = (None, State.SUBMITTED, *moves)
        for number, (source, target) in enumerate(pairwise(states), 1):
            pk, by_officer = uuid4(), target in (State.SUBMITTED, State.WITHDRAWN)
            by = row["officer_id"] if by_officer else self.reviewer.pk
            reason = "" if target in (State.SUBMITTED, State.APPROVED) else REASON
            yield {
                "id": pk,
                "registration_id": row["id"],
                "number": number,
                "source": source and str(source),
                "target": str(target),
                "version": 1,
                "by_id": None if target == State.LAPSED else by,
                "at": row["received_at"] + timedelta(hours=3 * (number - 1)),
                "reason": seal(Decision, "reason", reason, pk),
                "flags": None,
            }

    def link(self, row: dict, decision: dict) -> dict:
        """The decision's row of the audit chain, as audit.record writes it."""
        is_new = decision["source"] is None
        self.seq += 1
        entry = AuditEntry(
            branch_id=row["branch_id"],
            seq=self.seq,
            at=decision["at"].astimezone(UTC),
            actor_id=decision["by_id"],
            action="registration.submit" if is_new else f"registration.{decision['target']}",
            object_id=row["id"],
            content=row["digest"] if is_new else None,
            previous=self.mac,
        )
        entry.key_id, self.mac = crypto.chain_mac(self.mac, audit.row_bytes(entry))
        entry.mac = self.mac
        return {name: getattr(entry, name) for name in CHAIN_COLUMNS}

    def _quote(self, income: int, package: str, months: int, first_month: date, sector: str):
        return contributions.quote(
            schedule=contributions.schedule_for(self.tariff, first_month),
            reliefs=self.reliefs,
            income=income,
            package=package,
            months=months,
            first_month=first_month,
            sector=sector,
            government_paid=False,
        )


def participation(row: dict, decision: dict) -> list[dict]:
    """What an approval begins; of who lapsed it has ended."""
    if decision["target"] != State.APPROVED:
        return []
    ended = row["state"] != State.APPROVED
    return [
        {
            "id": uuid4(),
            "registration_id": row["id"],
            "approval_id": decision["id"],
            "branch_id": row["branch_id"],
            "event_id": row["event_id"],
            "stage": str(Stage.WAITING),
            "call_result": "",
            "approved_at": decision["at"],
            "ended_at": decision["at"] + timedelta(hours=3) if ended else None,
        }
    ]


def search_words(row: dict) -> list[dict]:
    """The words of the row's name, as actions/search_words.py writes them."""
    return [
        {
            "registration_id": row["id"],
            "word_index": word_index(word),
            "branch_id": row["branch_id"],
            "received_at": row["received_at"],
        }
        for word in sorted(name_words(row["entry"].full_name))
    ]


def reference(n: int) -> str:
    """Another reference for each number below 31^6, in no order, as the drawn ones are."""
    n, body = (n + 1) * 179_424_673 % 31**6, ""
    for _ in range(references.LENGTH - 1):
        n, symbol = divmod(n, 31)
        body += references.ALPHABET[symbol]
    return body + references.check_symbol(body)


def seal(model: type[Model], name: str, value: str, pk: UUID) -> bytes | None:
    """What the model's sealed field would hold."""
    return crypto.seal(value, context=f"{model._meta.get_field(name).context}|{pk}") if value else None


def copy(model: type[Model], rows: list[dict]) -> None:
    """COPY rows of one shape into a model's table; columns are named as their attributes are."""
    if not rows:
        return
    names = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as out:
        for row in rows:
            out.write_row([row[name] for name in names])
