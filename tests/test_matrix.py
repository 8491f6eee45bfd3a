"""Who gets what answer, for every address × person × method. A route that is not declared here fails.

tests/routes.py declares, for GET and POST, the status that each person gets at each address. The cast: three officers
(the one whose registration it is, a colleague of the branch, a stranger of another), organisers and staff of both
branches. Posts are empty, so that nothing is changed: where somebody may post, the form says what is missing.
"""

from itertools import count

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from enrolment.actions import consent
from enrolment.models import Arbitration, Relief
from outreach.models import AuditEntry, Organisation, User
from tests import equipping, factories, handing
from tests.routes import EVERYBODY, PUBLIC, ROUTES, walk

pytestmark = pytest.mark.walk

_numbers = count(1)


def one_more(organisation: Organisation) -> User:
    """An organiser whom nobody met yet: some posts make a link for them, or close their account."""
    return factories.organiser(f"panitia{next(_numbers)}", organisation=organisation)


@pytest.fixture
def world(cast):
    """(people by name, a path for each route): the cast, two more strangers, one object of each kind."""
    people = cast.people | {
        "strange_head": factories.head("kepala_lain", of=cast.other_branch),
        "strange_admin": factories.system_admin("admin_lain", of=cast.other_branch),
    }
    registration = factories.submitted(by=cast.officer)
    line = equipping.asked(cast)
    booth = cast.event.booths.first()
    prospect = factories.prospect(by=cast.officer, booth=booth)
    pad = factories.pad(booth, by=cast.head)
    draft = factories.draft(by=cast.officer, of=cast.event)
    session = factories.session(of=cast.event, by=cast.officer)
    refused = factories.rejected(by=cast.officer, reviewer=cast.reviewer)
    consent.withdraw(by=cast.reviewer, registration=refused, channel="phone")
    case = Arbitration.objects.create(  # of this branch's alone: an event of another would change its pages
        first=registration,
        second=factories.submitted(by=cast.officer),
        asked_by=cast.reviewer,
        asked_at=timezone.now(),
    )
    look = factories.second_look(by=cast.officer, reviewer=factories.reviewer("pemeriksa", of=cast.branch))
    log = factories.coordinated(of=cast.event, by=cast.head, next_step="", due_on=None)
    batch = handing.batch(cast, 1)
    samples = {
        "user": cast.colleague,
        "branch": cast.branch,
        "organisation": cast.organisation,
        "event": cast.event,
        "auditentry": AuditEntry.objects.filter(branch=cast.branch).first(),
    }

    values = {
        "<reference:reference>": registration.reference,
        "<str:token>": registration.status_token,
        "<day:day>": cast.event.first_day.isoformat(),
        "<slug:slug>": cast.event.slug,
        "<uuid:line_id>": str(line.pk),
        "<uuid:submission_id>": str(draft.pk),
        "<slug:digest>": "0" * 24,
        "<uuid:prospect_id>": str(prospect.pk),
        "<uuid:pad_id>": str(pad.pk),
        "<uuid:case_id>": str(case.pk),
        "<uuid:look_id>": str(look.pk),
        "<uuid:session_id>": str(session.pk),
        "<uuid:coordination_id>": str(log.pk),
        "<int:number>": str(batch.number),
        "<int:booth_id>": str(booth.pk),
        "<int:event_id>": str(cast.event.pk),
        "<int:organisation_id>": str(cast.organisation.pk),
        "<int:relief_id>": str(Relief.objects.current().first().pk),
        "^(?P<app_label>outreach|enrolment)/$": "outreach/",
        "(?P<url>.*)$": "nowhere/",
        "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-key/",
    }

    def path(route: str) -> str:
        if "<path:object_id>" in route:
            _admin, app, model, *_rest = route.split("/")
            sample = samples.get(model) or apps.get_model(app, model).objects.first()
            route = route.replace("<path:object_id>", str(sample.pk))
        for part, value in values.items():
            route = route.replace(part, value)
        if "<int:person_id>" in route:
            route = route.replace("<int:person_id>", str(one_more(cast.organisation).pk))
        return f"/{route}"

    return {name: people[name] for name in sorted(EVERYBODY)}, path


def test_every_address_is_declared():
    assert sorted(set(walk(get_resolver())) - ROUTES.keys()) == []
    assert sorted(ROUTES.keys() - set(walk(get_resolver()))) == []


def _is_a_way_out(route: str) -> bool:
    """After it nobody is signed in, or the phone is locked."""
    return any(word in route for word in ("logout", "switch/other", "lock/"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_gets_the_declared_answer(world, method):
    people, path = world
    wrong = []
    for name, user in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        # The ways out come last: after them nobody is signed in.
        for route, (get, post) in sorted(ROUTES.items(), key=lambda item: _is_a_way_out(item[0])):
            if _is_a_way_out(route):
                client.force_login(user)
            expected = (get if method == "get" else post)[name]
            found = getattr(client, method)(path(route)).status_code
            if found != expected:
                wrong.append(f"{method.upper()} /{route} as {name}: {found}, declared {expected}")
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signed_in_gets_to_the_login_only(world, method):
    _people, path = world
    wrong = []
    for route in ROUTES:
        answer = getattr(Client(), method)(path(route))
        if route in {"account/switch/", "account/switch/<int:person_id>/"}:
            # Open to who was here today, by the phone's own roster (tests/test_shared_phone.py).
            fine = answer.status_code in {302, 404, 405}
        elif route in PUBLIC:
            fine = answer.status_code == (PUBLIC[route] if method == "get" else answer.status_code) < 500
        else:
            fine = answer.status_code == 302 and answer.url.startswith("/account/login/")
        if not fine:
            wrong.append(f"{method.upper()} /{route}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_change_nothing(world, method):
    """Pages are read and posted to; whatever else is sent is refused or read."""
    people, path = world
    client = Client(raise_request_exception=False)
    client.force_login(people["officer"])
    for route in ("registrations/", "registrations/new/", "registrations/<reference:reference>/correct/"):
        assert getattr(client, method)(path(route)).status_code == 405
