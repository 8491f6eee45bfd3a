"""The checker of every registration's past. It has a table of moves of its own and reads plain columns; of what writes
them it uses nothing. The audit chain, whose rows it compares with, is proved by `verify_audit`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from enrolment.models import Decision, Participation, ParticipationEntry, Registration, RegistrationVersion
from outreach.models import AuditEntry, Branch

CHUNK = 500
# From where to where (DESIGN, States); the officer's way back to "submitted" brings a new version.
MOVES = {
    None: {"submitted"},
    "submitted": {"submitted", "approved", "returned", "rejected", "withdrawn"},
    "returned": {"submitted", "withdrawn"},
    "approved": {"submitted", "withdrawn", "lapsed"},
    "withdrawn": {"submitted"},
    "rejected": set(),
    "lapsed": set(),
}
BRINGS_CONTENT = {(None, "submitted"), ("submitted", "submitted"), ("returned", "submitted")}
DECIDED = {"approved", "returned", "rejected"}
IN_CHAIN = [
    "registration.submit",
    "registration.correct",
    *(f"registration.{state}" for state in MOVES if state),
]
KINDS = ("code", "number", "paid", "later", "card")
WRITTEN_IN_CHAIN = [f"participation.{deed}{kind}" for deed in ("", "correct_") for kind in KINDS]

Row = dict[str, Any]
WRITTEN = {
    "paid": {"paid_on": "on", "paid_months": "months", "paid_at": "at", "paid_by_id": "by_id"},
    "card": {"card_at": "at", "card_by_id": "by_id"},
}
"""The columns of a participation and those of the entry that they are a cache of."""


@dataclass(slots=True)
class Past:
    """All rows of one registration, each kind in its order."""

    decisions: list[Row] = field(default_factory=list)
    versions: list[Row] = field(default_factory=list)
    participations: list[Row] = field(default_factory=list)
    chain: list[Row] = field(default_factory=list)
    written: list[Row] = field(default_factory=list)
    """The chain's rows of what was written down by hand; a file has one row for all of its own."""


class Command(BaseCommand):
    help = "Check every registration's decisions, versions and participations; fails and names each that is broken."

    def handle(self, **options) -> None:
        broken = []
        for branch in Branch.objects.order_by("slug"):
            registrations = versions = destroyed = 0
            for row, past in _all(branch.pk):
                registrations += 1
                versions += len(past.versions)
                destroyed += sum(version["destroyed"] for version in past.versions)
                # Between two readings the stand may have gone on: what seems broken is read again under its lock.
                fault = _fault(row, past) and _look_again(row["pk"])
                if fault:
                    broken.append(f"{branch.slug} {_grouped(row['reference'])}")
                    self.stdout.write(f"{broken[-1]}: {fault}")
            self.stdout.write(
                f"{branch.slug}: {registrations} registrations, {versions} versions, {destroyed} of them destroyed"
            )
        if broken:
            raise CommandError(f"{len(broken)} registrations are broken, the first: {broken[0]}")


def _fault(row: Row, past: Past) -> str | None:
    """The first thing that does not fit, in one sentence; None where all does."""
    checks = (
        _wrong_decision,
        _wrong_version,
        _wrong_columns,
        _wrong_participation,
        _wrong_entries,
        _wrong_coverage,
        _wrong_chain,
        _wrong_written,
    )
    return next(filter(None, (check(row, past) for check in checks)), None)


def _wrong_decision(row: Row, past: Past) -> str | None:
    """Numbered 1 to n, each begins where the one before ended, by a move of the table, by somebody who may."""
    stands, version = None, 0
    for number, decision in enumerate(past.decisions, start=1):
        name, source, target = f"decision {decision['number']}", decision["source"], decision["target"]
        if decision["number"] != number:
            return f"decision {number} is missing; {name} follows"
        if source != stands:
            return f"{name} begins at {source}, the one before ended at {stands}"
        if target not in MOVES[source]:
            return f"{name} goes from {source} to {target}, which is no move of the table"
        if (decision["by_id"] is None) != (target == "lapsed"):
            return (
                f"{name} is nobody's" if target != "lapsed" else f"{name} is somebody's and not the clock's"
            )
        if target in DECIDED and decision["by_id"] in (row["officer_id"], row["entered_by_id"]):
            return f"{name} was made by who registered it"
        version += (source, target) in BRINGS_CONTENT
        if decision["version"] != version:
            return f"{name} is about version {decision['version']}, but version {version} stood then"
        stands = target
    if not past.decisions:
        return "it has no decision"
    if row["state"] != stands:
        return f"its state is {row['state']}, its last decision says {stands}"
    return None


def _wrong_version(row: Row, past: Past) -> str | None:
    """Numbered 1 to n, as many as the decisions brought; the last one is what the registration holds."""
    for number, version in enumerate(past.versions, start=1):
        if version["number"] != number:
            return f"version {number} is missing; version {version['number']} follows"
    last = past.decisions[-1]["version"]
    if len(past.versions) != last or row["version"] != last:
        return (
            f"its decisions made {last} versions, {len(past.versions)} are stored, it says {row['version']}"
        )
    if bytes(past.versions[-1]["digest"]) != bytes(row["digest"]):
        return f"its content is not version {last}"
    return None


def _wrong_columns(row: Row, past: Past) -> str | None:
    """Who decided and when: the last decision about the content, until it waits again."""
    at = by = None
    for decision in past.decisions:
        if decision["target"] in DECIDED:
            at, by = decision["at"], decision["by_id"]
        elif decision["target"] == "submitted":
            at = by = None
    if (row["decided_at"], row["decided_by_id"]) != (at, by):
        return "who decided and when is not what its decisions say"
    return None


def _wrong_participation(row: Row, past: Past) -> str | None:
    """Begun by an approval and ended by what took it back. Of approvals that ended before there were participations
    there is none."""
    begun = {one["approval_id"]: one for one in past.participations}
    for number, decision in enumerate(past.decisions, start=1):
        one = begun.pop(decision["pk"], None)
        if decision["target"] != "approved":
            if one:
                return f"a participation was begun by decision {number}, which is no approval"
            continue
        after = past.decisions[number] if number < len(past.decisions) else None
        if one is None and after is None:
            return f"decision {number} approved it, and no participation was begun"
        if one and one["approved_at"] != decision["at"]:
            return f"the participation of decision {number} was begun at another time"
        if one and one["ended_at"] != (after["at"] if after else None):
            return f"the participation of decision {number} did not end with that approval"
    return "a participation belongs to none of its decisions" if begun else None


def _wrong_entries(row: Row, past: Past) -> str | None:
    """A participation's columns say what was written down last of each kind; of a number, which stays sealed, only
    whether there is one."""
    for one in past.participations:
        last = {entry["kind"]: entry for entry in one["entries"]}
        for kind, columns in WRITTEN.items():
            entry = last.get(kind)
            said = tuple(entry[name] for name in columns.values()) if entry else (None,) * len(columns)
            if tuple(one[name] for name in columns) != said:
                return f"the {kind} of a participation is not what was written down last"
        for kind, column in (("code", "has_code"), ("number", "has_number"), ("number", "has_index")):
            if one[column] != (kind in last):
                return f"the {kind} of a participation is not what was written down last"
    return None


def _wrong_coverage(row: Row, past: Past) -> str | None:
    """Paid until when: of who stands, for another version may have begun another month since."""
    for one in past.participations:
        payments: dict[tuple, tuple] = {}
        by_id = {entry["pk"]: entry for entry in one["entries"]}
        for entry in one["entries"]:
            if entry["kind"] not in ("paid", "later"):
                continue
            replaces = entry["replaces_id"]
            if replaces and payments.pop(_place(by_id.get(replaces)), None) is None:
                return "a later payment corrects none that stands"
            payments[_place(entry)] = (entry["on"], entry["months"])
        if payments and one["ended_at"] is None:
            begins = _month(row["first_month"])
            for day, months in sorted(payments.values()):
                begins = max(begins, _month(day)) + months
            if one["covered_until"] is None or _month(one["covered_until"]) != begins - 1:
                return "until when a participation is paid is not what its payments say"
    return None


def _place(entry: Row | None) -> tuple | None:
    """Of later payments there is one a day, of first ones one."""
    return entry and (entry["kind"], entry["on"] if entry["kind"] == "later" else None)


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _wrong_written(row: Row, past: Past) -> str | None:
    """One audit entry for what was written down by hand, by the same person; since there is one, with its digest."""
    left = [entry for one in past.participations for entry in one["entries"] if not entry["from_file"]]
    for told in past.written:
        kind = told["action"].removeprefix("participation.").removeprefix("correct_")
        said = (kind, told["actor_id"], bytes(told["content"] or b""))
        own = (
            entry
            for entry in left
            if said in [(entry["kind"], entry["by_id"], some) for some in (b"", bytes(entry["digest"]))]
        )
        entry = next(own, None)
        if entry is None:
            return f"row {told['seq']} of the audit chain was not written down"
        left.remove(entry)
    return f"the {left[0]['kind']} of a participation is not in the audit chain" if left else None


def _wrong_chain(row: Row, past: Past) -> str | None:
    """One audit entry a decision, in the same order, by the same person; of new content with the version's digest."""
    for number, decision in enumerate(past.decisions, start=1):
        if number > len(past.chain):
            return f"decision {number} is not in the audit chain"
        entry = past.chain[number - 1]
        brings = (decision["source"], decision["target"]) in BRINGS_CONTENT
        action = decision["target"]
        if brings:
            action = "submit" if number == 1 else "correct"
        if (entry["action"], entry["actor_id"]) != (f"registration.{action}", decision["by_id"]):
            return f"decision {number} is not what row {entry['seq']} of the audit chain says"
        version = past.versions[decision["version"] - 1]
        if brings and bytes(entry["content"] or b"") != bytes(version["digest"]):
            return f"version {version['number']} is not the one of row {entry['seq']} of the audit chain"
    if len(past.chain) > len(past.decisions):
        return f"row {past.chain[len(past.decisions)]['seq']} of the audit chain has no decision"
    return None


def _all(branch: int) -> Iterator[tuple[Row, Past]]:
    """Every registration of a branch with its past; never more than CHUNK of them in memory."""
    last: UUID | None = None
    while True:
        rows = Registration.objects.filter(branch_id=branch).order_by("pk")
        found = _rows((rows.filter(pk__gt=last) if last else rows)[:CHUNK])
        if not found:
            return
        past = _pasts([row["pk"] for row in found], branch=branch)
        yield from ((row, past[row["pk"]]) for row in found)
        last = found[-1]["pk"]


def _look_again(pk: UUID) -> str | None:
    """The fault of one, read while nobody can move it."""
    with transaction.atomic():
        (row,) = _rows(Registration.objects.select_for_update(of=("self",)).filter(pk=pk))
        return _fault(row, _pasts([pk], branch=row["branch_id"])[pk])


def _rows(registrations: QuerySet) -> list[Row]:
    columns = ("pk", "branch_id", "reference", "state", "version", "digest", "officer_id", "entered_by_id",
               "decided_at", "decided_by_id", "first_month")  # fmt: skip
    return list(registrations.values(*columns))


def _pasts(of: list[UUID], *, branch: int) -> dict[UUID, Past]:
    """Five queries, however many registrations."""
    found: dict[UUID, Past] = defaultdict(Past)
    decisions = Decision.objects.filter(registration__in=of).order_by("number", "at")
    for row in decisions.values(
        "pk", "registration_id", "number", "source", "target", "version", "by_id", "at"
    ):
        found[row["registration_id"]].decisions.append(row)
    versions = RegistrationVersion.objects.filter(registration__in=of).order_by("number")
    versions = versions.annotate(destroyed=_there("content", there=False))
    for row in versions.values("registration_id", "number", "digest", "destroyed"):
        found[row["registration_id"]].versions.append(row)
    written = defaultdict(list)
    entries = ParticipationEntry.objects.filter(participation__registration__in=of).order_by("at", "id")
    for row in entries.values(
        "pk", "participation_id", "kind", "on", "months", "at", "by_id", "replaces_id", "from_file", "digest"
    ):
        written[row["participation_id"]].append(row)
    begun = Participation.objects.filter(registration__in=of).order_by("approved_at").annotate(
        has_code=_there("billing_code"), has_number=_there("participant_number"),
        has_index=_there("number_index"),
    )  # fmt: skip
    columns = (name for columns in WRITTEN.values() for name in columns)
    for row in begun.values(
        "pk",
        "registration_id",
        "approval_id",
        "approved_at",
        "ended_at",
        "has_code",
        "has_number",
        "has_index",
        "covered_until",
        *columns,
    ):
        found[row["registration_id"]].participations.append({**row, "entries": written[row["pk"]]})
    chain = AuditEntry.objects.filter(
        branch_id=branch, object_id__in=of, action__in=(*IN_CHAIN, *WRITTEN_IN_CHAIN)
    )
    for row in chain.order_by("seq").values("object_id", "seq", "action", "actor_id", "content"):
        of_one = found[row["object_id"]]
        (of_one.written if row["action"] in WRITTEN_IN_CHAIN else of_one.chain).append(row)
    return found


def _there(name: str, *, there: bool = True) -> ExpressionWrapper:
    """Whether something is stored; it stays sealed."""
    return ExpressionWrapper(Q(**{f"{name}__isnull": not there}), output_field=BooleanField())


def _grouped(reference: str) -> str:
    return f"{reference[:3]}-{reference[3:6]}-{reference[6:]}"
