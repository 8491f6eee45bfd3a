"""One process of a race: `python -m tests.racer '<options>'`. Reads one JSON order a line, answers one JSON line.

It is the real code on a real connection with real commits. `options` may take a protection out (the negative
controls), or name a function before which the process stops and says so, to be killed there.
"""

import contextlib
import json
import os
import sys
import time
from types import SimpleNamespace
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connection  # noqa: E402  models need the set-up above

from enrolment.actions import decisions, registrations  # noqa: E402
from enrolment.choices import State  # noqa: E402
from enrolment.models import Registration  # noqa: E402
from outreach.actions import audit, greetings  # noqa: E402
from outreach.errors import ActionRefused  # noqa: E402
from outreach.models import AuditHead, Booth, User  # noqa: E402
from tests import factories  # noqa: E402

ROOMS = {"audit": audit, "decisions": decisions, "registrations": registrations}


def say(**answer) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def arrange(options: dict) -> None:
    if options.get("without_lock"):
        decisions.lock = read_without_lock
    if options.get("without_chain_lock"):
        audit._lock_head = read_head_without_lock
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


def read_without_lock(registration: Registration) -> Registration:
    """What `decisions.lock` would be without its lock, and with the other process in the gap."""
    read = Registration.objects.get(pk=registration.pk)
    time.sleep(0.05)
    return read


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


def greet(username: str, booth: int, greeting_id: str) -> dict:
    by, stand = User.objects.get(username=username), Booth.objects.get(pk=booth)
    is_new = greetings.greet(by=by, booth=stand, greeting_id=UUID(greeting_id))
    return {"outcome": "counted" if is_new else "same"}


def take_back(username: str, booth: int, greeting_id: str) -> dict:
    by, stand = User.objects.get(username=username), Booth.objects.get(pk=booth)
    is_new = greetings.take_back(by=by, booth=stand, greeting_id=UUID(greeting_id))
    return {"outcome": "taken back" if is_new else "same"}


ORDERS = {"submit": submit, "decide": decide, "greet": greet, "take back": take_back}


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
