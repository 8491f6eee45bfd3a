"""One process of a race: `python -m tests.racer '<options>'`. Reads one JSON order a line, answers one JSON line.

It is the real code on a real connection with real commits. `options` may take a protection out (the negative
controls), or name a function before which the process stops and says so, to be killed there.
"""

import contextlib
import json
import os
import sys
import time
from datetime import date
from types import SimpleNamespace
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402  models need the set-up above
from django.utils import timezone  # noqa: E402

from enrolment import sheet_numbers  # noqa: E402
from enrolment.actions import claims, decisions, draft_codes, pads, registrations, shift  # noqa: E402
from enrolment.choices import State  # noqa: E402
from enrolment.models import PaperPad, Registration  # noqa: E402
from outreach.actions import audit, equipment, greetings, handovers, people, temporary  # noqa: E402
from outreach.errors import ActionRefused  # noqa: E402
from outreach.models import AuditHead, Booth, EquipmentItem, EquipmentLine, Event, User  # noqa: E402
from tests import factories  # noqa: E402

ROOMS = {"audit": audit, "decisions": decisions, "registrations": registrations}


def say(**answer) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def arrange(options: dict) -> None:
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
        temporary._lock = lambda event: slowly(Event.objects.get(pk=event.pk))
    if options.get("without_claim_lock"):
        claims._lock_first = lambda waiting: slowly(waiting.first())
        claims._hold = hold_unconditionally
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


def hold_unconditionally(row: Registration, *, by: User) -> bool:
    until = timezone.now() + claims.HELD_FOR
    return Registration.objects.filter(pk=row.pk).update(claimed_by=by, claimed_until=until) == 1


def slowly(read):
    """What was read without a lock, with the other process in the gap."""
    time.sleep(0.1)
    return read


def read_without_lock(registration: Registration) -> Registration:
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
    cache.clear()  # of this process: who loses five times is told to wait
    try:
        draft_codes.take(by=User.objects.get(username=username), code=code)
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "taken"}


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


def main() -> None:
    arrange(json.loads(sys.argv[1]))
    User.objects.first()
    say(ready=os.getpid(), backend=connection.connection.info.backend_pid)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            say(**ORDERS[order.pop("do")](**order))
        except Exception as error:  # the harness judges what may fail, and how
            say(outcome=type(error).__name__, error=str(error))


if __name__ == "__main__":
    main()
