"""One process of a race (tests/races.py starts it): takes an order, answers it, and so on until nobody gives one.

It is the real code on a real connection with real commits. `options` may take a protection out (the negative
controls), or name a function before which the process stops and says so, to be killed there.
"""

import contextlib
import os
import time
from datetime import date
from multiprocessing.connection import Connection
from types import SimpleNamespace
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402  models need the set-up above
from django.utils import timezone  # noqa: E402

from enrolment import sheet_numbers  # noqa: E402
from enrolment.actions import (  # noqa: E402
    claims,
    decisions,
    draft_codes,
    drafts,
    identity,
    pads,
    registrations,
    shift,
    tariffs,
)
from enrolment.choices import State  # noqa: E402
from enrolment.contributions import Schedule  # noqa: E402
from enrolment.models import Draft, PaperPad, Registration  # noqa: E402
from outreach.actions import audit, equipment, greetings, handovers, limits, people, temporary  # noqa: E402
from outreach.errors import ActionRefused  # noqa: E402
from outreach.models import Allowance, AuditHead, Booth, EquipmentItem, EquipmentLine, Event, User  # noqa: E402
from tests import factories  # noqa: E402
from tests.racing import batching, bulk, paid, reviewing, verdicts  # noqa: E402

PARTS = (batching, bulk, paid, reviewing, verdicts)
_harness: Connection
ROOMS = {"audit": audit, "decisions": decisions, "registrations": registrations}


def say(**answer) -> None:
    _harness.send(answer)


def arrange(options: dict) -> None:
    for part in PARTS:
        part.arrange(options)
    if options.get("without_lock"):
        decisions.lock = read_without_lock
        handovers.lock_all = read_all_without_lock
    if options.get("without_order"):
        handovers.lock_all = lock_as_they_come
    if options.get("without_chain_lock"):
        audit._lock_head = read_head_without_lock
    if options.get("without_link_lock"):
        real_holder = people.holder
        people.holder = lambda token, **_lock: slowly(real_holder(token))
    if options.get("without_event_lock"):
        temporary._lock = lambda event: Event.objects.get(pk=event.pk)
        real_usernames = temporary._usernames
        temporary._usernames = lambda names: slowly(list(real_usernames(names)), gap=1)
    if options.get("without_claim_lock"):
        claims._lock_first = lambda waiting: slowly(waiting.first())
        claims._hold = hold_unconditionally
    if options.get("without_tariff_lock"):
        tariffs._lock = lambda: None
        real_plan = tariffs.plan_schedule
        tariffs.plan_schedule = lambda **edition: slowly(real_plan(**edition))
    if options.get("without_reviewer_lock"):
        claims._one_at_a_time = lambda by: None
        claims._end_all = lambda by, real=claims._end_all: slowly(real(by))
    if options.get("without_limit_lock"):
        limits.spend = spend_without_lock
    if options.get("without_pad_lock"):
        pads.lock = lambda pad: None
        real_objection, real_accounts = pads.sheets.objection, pads.sheets.accounts
        pads.sheets.objection = lambda *args, **kwargs: slowly(real_objection(*args, **kwargs))
        pads.sheets.accounts = lambda *args: slowly(slowly(real_accounts(*args)))
    if draws := options.get("draws"):
        drawn = iter(draws)
        sheet_numbers.new_code = lambda: next(drawn)
    if options.get("slow_look"):
        real_look = registrations.warnings
        registrations.warnings = lambda *args, **kwargs: slowly(real_look(*args, **kwargs))
    if options.get("slow_closing"):
        real_check = shift._check
        shift._check = lambda *args: slowly(real_check(*args))
    if options.get("without_transaction"):
        registrations.transaction = SimpleNamespace(atomic=contextlib.nullcontext)
    if name := options.get("stop_before"):
        room, function = name.split(".")

        def stop(*args, **kwargs):
            say(stopped=name)
            time.sleep(60)

        setattr(ROOMS[room], function, stop)
    if options.get("stop_after_audit"):
        real = audit.record

        def record(**kwargs):
            real(**kwargs)
            say(stopped="commit")
            time.sleep(60)

        audit.record = record


def spend_without_lock(what: str, *, limit: int, within, count: int = 1) -> bool:
    """What a cache did: read, and then write."""
    key = limits._key(what)
    row = slowly(Allowance.objects.filter(key=key).first()) or Allowance(
        key=key, ends_at=timezone.now() + within
    )
    row.spent += count
    row.save()
    return row.spent <= limit


def hold_unconditionally(row: Registration, *, by: User, since=None) -> bool:
    until = timezone.now() + claims.HELD_FOR
    return (
        Registration.objects.filter(pk=row.pk).update(
            claimed_by=by, claimed_at=timezone.now(), claimed_until=until
        )
        == 1
    )


def slowly(read, *, gap: float = 0.1):
    """What was read without a lock, with the other process in the gap (seconds)."""
    time.sleep(gap)
    return read


def read_without_lock(registration: Registration, **_version) -> Registration:
    """What `decisions.lock` would be without its lock, and with the other process in the gap."""
    read = Registration.objects.get(pk=registration.pk)
    time.sleep(0.05)
    return read


def read_all_without_lock(lines, event) -> list[EquipmentLine]:
    """The same for the lines of a handover record."""
    read = list(EquipmentLine.objects.select_related("event", "item").filter(pk__in=lines))
    time.sleep(0.05)
    return read


def lock_as_they_come(lines, event) -> list[EquipmentLine]:
    """Locked one after the other as they were sent, with the other process in the gap."""
    rows = EquipmentLine.objects.select_for_update(of=("self",)).select_related("event", "item")
    return [(rows.get(pk=one), time.sleep(0.05))[0] for one in lines]


def read_head_without_lock(branch_id: int) -> AuditHead:
    """The same for the end of the chain."""
    head = AuditHead.objects.get_or_create(branch_id=branch_id)[0]
    time.sleep(0.05)
    return head


def submit(username: str, row: dict) -> dict:
    by = User.objects.get(username=username)
    receipt = registrations.submit(by=by, entry=factories.entry(by=by, **row))
    return {"outcome": receipt.outcome, "reference": receipt.registration.reference}


def decide(username: str, reference: str, target: str) -> dict:
    by = User.objects.get(username=username)
    registration = Registration.objects.get(reference=reference)
    try:
        decisions.move(by=by, registration=registration, target=State(target), reason="Alasan uji.")
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "done"}


def take(username: str) -> dict:
    taken = claims.take_next(by=User.objects.get(username=username))
    return {"outcome": taken.reference if taken else "none"}


def claim(username: str, reference: str) -> dict:
    registration = Registration.objects.get(reference=reference)
    claims.claim(by=User.objects.get(username=username), registration=registration)
    return {"outcome": "claimed"}


def accept(token: str, password: str) -> dict:
    try:
        people.accept(token=token, password=password)
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "done"}


def make_temporary(username: str, lines: list) -> dict:
    by = User.objects.get(username=username)
    try:
        made = temporary.make(by=by, event=Event.objects.get(), lines=[tuple(line) for line in lines])
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "done", "people": [person.pk for person in made]}


def ask(username: str, line: str, item: int, quantity: int) -> dict:
    by = User.objects.get(username=username)
    arguments = {"item": EquipmentItem.objects.get(pk=item), "quantity": quantity, "purpose": "Uji"}
    asked = equipment.ask(by=by, event=by.organisation.events.get(), line_id=UUID(line), **arguments)
    return {"outcome": "created" if asked.created else "same"}


def give_back(username: str, record: str, numbers: list[int], line: str = "", lines: tuple = ()) -> dict:
    """All lines with the same numbers: good, damaged, lost."""
    good, damaged, lost = numbers
    counts = [
        handovers.Count(line=UUID(one), quantity=good, damaged=damaged, lost=lost) for one in lines or (line,)
    ]
    try:
        recorded = handovers.record(
            by=User.objects.get(username=username),
            event=EquipmentLine.objects.get(pk=counts[0].line).event,
            direction="back",
            record_id=UUID(record),
            giver="Deni Uji",
            receiver="Yusuf Uji",
            counts=counts,
        )
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "created" if recorded.created else "same"}


def greet(username: str, booth: int, greeting_id: str) -> dict:
    by, stand = User.objects.get(username=username), Booth.objects.get(pk=booth)
    is_new = greetings.greet(by=by, booth=stand, greeting_id=UUID(greeting_id))
    return {"outcome": "counted" if is_new else "same"}


def take_back(username: str, booth: int, greeting_id: str) -> dict:
    by, stand = User.objects.get(username=username), Booth.objects.get(pk=booth)
    is_new = greetings.take_back(by=by, booth=stand, greeting_id=UUID(greeting_id))
    return {"outcome": "taken back" if is_new else "same"}


def close_booth(username: str, booth: int, day: str, closing_id: str, taken: int) -> dict:
    by, stand = User.objects.get(username=username), Booth.objects.select_related("event").get(pk=booth)
    said = {"seen": 0, "taken": taken, "on_paper": 0, "reason": "Alasan uji."}
    try:
        is_new = shift.close(
            by=by, booth=stand, day=date.fromisoformat(day), closing_id=UUID(closing_id), **said
        )
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "closed" if is_new else "same"}


def take_draft(username: str, code: str) -> dict:
    try:
        draft_codes.take(by=User.objects.get(username=username), code=code)
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "taken"}


def add_schedule(username: str, code: str, first: str, seen: str) -> dict:
    edition = Schedule(
        code=code,
        valid_from=date.fromisoformat(first),
        valid_to=None,
        jkk_per_mille=10,
        jkm_flat=6800,
        jht_per_mille=20,
        brackets=((0, 1_000_000),),
    )
    by = User.objects.get(username=username)
    try:
        tariffs.add_schedule(by=by, edition=edition, basis="Uji", seen=seen)
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "saved"}


def save_draft(username: str, row: dict, counter: int = 1, wait: float = 0) -> dict:
    """`wait`: between the row and the commit, so that the other process comes in between."""
    by = User.objects.get(username=username)
    booth = Booth.objects.select_related("event").get(code=row["booth"], event__slug=row["event"])
    typed = {name: [value] for name, value in row.items()}
    said = {"booth": booth, "day": booth.event.first_day, "typed": typed, "counter": counter}
    try:
        with transaction.atomic():
            drafts.save(by=by, submission_id=UUID(row["submission_id"]), **said)
            time.sleep(wait)
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "saved"}


def discard_draft(username: str, draft: str) -> dict:
    drafts.discard(by=User.objects.get(username=username), draft=Draft.objects.get(pk=draft))
    return {"outcome": "gone"}


def ask_nik(username: str) -> dict:
    may = identity.may_ask(by=User.objects.get(username=username), purpose="nik")
    return {"outcome": "answered" if may else "limited"}


def make_pad(username: str, booth: int, pad_id: str) -> dict:
    by, stand = User.objects.get(username=username), Booth.objects.select_related("event").get(pk=booth)
    is_new = pads.make(by=by, booth=stand, pad_id=UUID(pad_id), number=5)
    return {"outcome": "made" if is_new else "same"}


def key_in(username: str, row: dict) -> dict:
    """As the page does: the form looks first, the action again."""
    by = User.objects.get(username=username)
    form = factories.form(by=by, **row)
    if not form.is_valid():
        return {"outcome": form.coded_errors()[0].partition(":")[2]}
    try:
        return {"outcome": registrations.submit(by=by, entry=form.entry()).outcome}
    except ActionRefused as refused:
        return {"outcome": refused.code}


def void_sheets(username: str, pad: str, numbers: list[int]) -> dict:
    by, of = User.objects.get(username=username), PaperPad.objects.get(pk=pad)
    try:
        pads.void(by=by, pad=of, numbers=numbers, reason="unused")
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "voided"}


ORDERS = {
    "add_schedule": add_schedule,
    "claim": claim,
    "save_draft": save_draft,
    "discard_draft": discard_draft,
    "ask_nik": ask_nik,
    "key_in": key_in,
    "make_pad": make_pad,
    "void_sheets": void_sheets,
    "take_draft": take_draft,
    "close_booth": close_booth,
    "submit": submit,
    "decide": decide,
    "take": take,
    "accept": accept,
    "make_temporary": make_temporary,
    "ask": ask,
    "give_back": give_back,
    "greet": greet,
    "take back": take_back,
}
for part in PARTS:
    ORDERS |= part.ORDERS


def main(database: str, options: dict, harness: Connection) -> None:
    global _harness
    _harness = harness
    connection.settings_dict["NAME"] = database
    arrange(options)
    User.objects.first()
    say(ready=os.getpid(), backend=connection.connection.info.backend_pid)
    with contextlib.suppress(EOFError):
        while True:
            order = harness.recv()
            try:
                say(**ORDERS[order.pop("do")](**order))
            except Exception as error:  # the harness judges what may fail, and how
                say(outcome=type(error).__name__, error=str(error))
