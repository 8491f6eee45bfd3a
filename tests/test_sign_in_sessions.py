"""Where somebody is signed in, for how long, and how it ends."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outreach.actions.sign_in import end_sessions
from outreach.devices import in_words
from outreach.models import User
from tests import factories
from tests.signing import actions, is_in, sign_in

SESSIONS = "/account/sessions/"
ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A136B) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (ANDROID, "Chrome di HP Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge di komputer Windows"),
        ("Mozilla/5.0 (Linux; Android 9) SamsungBrowser/20.0 Chrome/106", "Samsung Internet di HP Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1", "Safari di iPhone"),
        ("curl/8", "Perangkat tidak dikenal"),
    ],
)  # fmt: skip
def test_a_device_is_named_in_words(agent, words):
    assert in_words(agent) == words


@pytest.mark.parametrize(
    ("part", "hours", "rolls"),
    [("officer", 336, True), ("organiser", 336, True), ("reviewer", 12, False), ("system_admin", 12, False)],
)
def test_a_sign_in_lasts_as_long_as_the_role_says(cast, part, hours, rolls, monkeypatch, settings):
    settings.OFFICER_LOCK_MINUTES = 10**6
    client = sign_in(getattr(cast, part))
    start = timezone.now()
    ends = [client.session.get_expiry_date()]
    later = start + timedelta(hours=hours - 1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get("/account/").status_code == 200
    ends.append(client.session.get_expiry_date())
    assert abs(ends[0] - start - timedelta(hours=hours)) < timedelta(minutes=1)
    expected = later + timedelta(hours=hours) if rolls else ends[0]
    assert abs(ends[1] - expected) < timedelta(minutes=1)


@pytest.mark.parametrize("part", ["reviewer", "officer"])
def test_after_that_one_is_out(cast, part, monkeypatch, settings):
    client = sign_in(getattr(cast, part))
    hours = settings.SESSION_AGES[getattr(cast, part).role] / 3600
    later = timezone.now() + timedelta(hours=hours, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get("/account/").url.startswith("/account/login/")


def test_the_page_lists_the_sessions_and_marks_this_one(cast):
    phone = sign_in(cast.officer, HTTP_USER_AGENT=ANDROID)
    other = sign_in(cast.officer)
    page = phone.get(SESSIONS)
    assert [one.session_key for one in page.context["sessions"]] == [
        phone.session.session_key,
        other.session.session_key,
    ]
    text = page.content.decode()
    assert ("Chrome di HP Android" in text, text.count("perangkat ini")) == (True, 1)
    assert phone.session.session_key not in text


def test_one_is_ended_and_the_others_stay(cast):
    here, gone, stays = (sign_in(cast.officer) for _n in range(3))
    row = UserSession.objects.get(session_key=gone.session.session_key)
    here.post(SESSIONS, {"end": row.pk})
    assert [is_in(one) for one in (here, gone, stays)] == [True, False, True]
    assert actions(cast.officer)[-1] == "session.end"


def test_all_others_are_ended_at_once_and_this_one_stays(cast):
    here, *others = (sign_in(cast.officer) for _n in range(3))
    here.post(SESSIONS, {"others": "1"})
    assert [is_in(one) for one in (here, *others)] == [True, False, False]


def test_nobody_ends_a_strangers(cast):
    here, theirs = sign_in(cast.officer), sign_in(cast.colleague)
    here.post(SESSIONS, {"end": UserSession.objects.get(user=cast.colleague).pk})
    assert is_in(theirs)


def test_the_action_itself_passes_over_a_strangers(cast):
    theirs = sign_in(cast.colleague)
    keys = {theirs.session.session_key}
    assert end_sessions(by=cast.officer, person=cast.officer, keys=keys) == 0
    assert is_in(theirs)


def test_the_list_costs_the_same_with_one_and_three(cast):
    here = sign_in(cast.officer)
    with CaptureQueriesContext(connection) as alone:
        here.get(SESSIONS)
    for _n in range(2):
        sign_in(cast.officer)
    with CaptureQueriesContext(connection) as three:
        assert len(here.get(SESSIONS).context["sessions"]) == 3
    assert len(three) == len(alone)


@pytest.mark.parametrize("part", ["officer", "reviewer", "organiser"])
def test_a_deactivated_person_is_out_at_the_next_request(cast, part):
    person = getattr(cast, part)
    client = sign_in(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    for answer in (
        client.get("/"),
        client.post("/registrations/new/", factories.row()),
        client.get("/admin/"),
    ):
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/account/login/")


def test_a_changed_password_ends_all_other_sessions(cast):
    here, other = sign_in(cast.reviewer), sign_in(cast.reviewer)
    new = "sandi yang lain"
    here.post(
        "/account/password/change/", {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    )
    assert here.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert [one.session_key for one in here.get(SESSIONS).context["sessions"]] == [here.session.session_key]
    assert actions(cast.reviewer) == ["sign_in", "sign_in", "password.change"]


def test_the_system_admin_signs_somebody_out_everywhere(cast, login):
    theirs = [sign_in(cast.officer), sign_in(cast.officer)]
    page = f"/admin/outreach/user/{cast.officer.pk}/sessions/"
    admin = login(cast.system_admin)
    assert admin.get(page).status_code == 200
    assert [is_in(one) for one in theirs] == [True, True]
    assert admin.post(page).status_code == 302
    assert [is_in(one) for one in theirs] == [False, False]
    assert actions(cast.officer)[-1] == "session.end_all"
