"""`python -m tests.bench.load ROWS`: an empty database becomes the bench's, with people, events and registrations.

Prints one JSON line: who is signed in (session keys), and where they stand; on stderr what it is at. All in one
process, for every start of Django costs a second. Everybody is invented.
"""

import json
import sys
import time
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402  models need the set-up above
from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from outreach import second_factor, shared_phone  # noqa: E402
from outreach.actions.key_check import verify_key_check  # noqa: E402
from outreach.choices import EventState, Role  # noqa: E402
from outreach.models import Assignment, Booth, Branch, Campaign, Event, Organisation, User  # noqa: E402
from outreach.static_files import collect_if_changed  # noqa: E402
from tests.bench.rows import Writer  # noqa: E402
from tests.bench.signed_in import session_key  # noqa: E402

FULL_EVENT, TODAYS_EVENT = "bazar-penuh", "bazar-hari-ini"
BRANCHES, OFFICERS, DAYS = 8, 40, 10
FULL_BOOTHS = "ABCDEFGH"


def main(count: int) -> None:
    say("migrations, static files")
    call_command("migrate", interactive=False, verbosity=0)
    collect_if_changed()
    verify_key_check()
    say(f"{count:,} registrations")
    said = _world(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    say("verify_counts")
    _verify_counts()
    print(json.dumps(said))


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S', time.gmtime())} {what}", file=sys.stderr, flush=True)


def _verify_counts() -> None:
    """Raises CommandError where the page's figures are not the rows'; says each only then."""
    found = StringIO()
    try:
        call_command("verify_counts", stdout=found)
    except CommandError:
        print(found.getvalue(), file=sys.stderr)
        raise


def _world(count: int) -> dict:
    today = timezone.localdate()
    campaign = Campaign.objects.create(name="Kerja Keras Bebas Cemas")
    branches = [
        Branch.objects.create(slug=f"cabang-{n}", name=f"Cabang {n}", regency_code="31.72")
        for n in range(1, BRANCHES + 1)
    ]
    stands = [_todays_stand(branch, campaign, today) for branch in branches]
    first = branches[0]
    reviewer, head = _person("verifikator1", Role.REVIEWER, first), _person("kepala1", Role.HEAD, first)
    full = _event(FULL_EVENT, first, campaign, today - timedelta(days=DAYS), today - timedelta(days=1))
    booths = [Booth.objects.create(event=full, code=code, target=count // 8) for code in FULL_BOOTHS]
    for n, officer in enumerate(User.objects.filter(branch=first, role=Role.OFFICER).order_by("pk")):
        _assign(officer, booths[n % len(booths)])
    Writer(full, reviewer).write(count)
    return {
        "today": today.isoformat(),
        "stands": stands,
        "reviewer": _session(reviewer),
        "head": _session(head),
        "full_event": FULL_EVENT,
    }


def _session(person: User) -> str:
    """Used just now, or an officer's phone would be locked; the staff's with the second factor proved."""
    request = SimpleNamespace(user=person, session={})
    shared_phone.mark_used(request)
    if second_factor.is_asked_of(person):
        second_factor.prove(request, Authenticator(user=person, pk=0))
    return session_key(person, request.session)


def _todays_stand(branch: Branch, campaign: Campaign, today: date) -> dict:
    """An open event with one booth, and its officers signed in. It is on tomorrow too, should midnight pass."""
    event = _event(f"{TODAYS_EVENT}-{branch.slug}", branch, campaign, today, today + timedelta(days=1))
    booth = Booth.objects.create(event=event, code="A")
    officers = [_person(f"{branch.slug}-petugas-{n}", Role.OFFICER, branch) for n in range(OFFICERS)]
    for officer in officers:
        _assign(officer, booth)
    return {
        "event": event.slug,
        "booth": booth.code,
        "officers": [{"username": one.username, "session": _session(one)} for one in officers],
    }


def _event(slug: str, branch: Branch, campaign: Campaign, first_day: date, last_day: date) -> Event:
    return Event.objects.create(
        branch=branch,
        campaign=campaign,
        organiser=Organisation.objects.get_or_create(branch=branch, name="Karang Taruna Uji")[0],
        slug=slug,
        name=slug.replace("-", " ").title(),
        venue="Lapangan Uji",
        village_code="31.72.01.1001",
        first_day=first_day,
        last_day=last_day,
        target=100,
        state=EventState.OPEN,
    )


def _person(username: str, role: Role, branch: Branch) -> User:
    user = User(username=username, role=role, branch=branch, full_name=f"{role.label} Uji")
    user.set_unusable_password()
    user.save()
    return user


def _assign(officer: User, booth: Booth) -> None:
    Assignment.objects.bulk_create(
        Assignment(booth=booth, officer=officer, day=day) for day in booth.event.days
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
