"""Several officers, one phone: who did what stays right, nothing typed is lost, and a pause asks who it is."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from enrolment.models import Registration
from outreach.models import AuditEntry
from tests import factories
from tests.signing import PIN, actions, is_in, sign_in

User = get_user_model()
NEW = "/registrations/new/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def stand(cast):
    """Today's bazaar, at which both officers stand."""
    day = timezone.localdate()
    both = (cast.officer, cast.colleague)
    factories.event(organiser=cast.organisation, officers=both, slug="kini", days=(day, day))
    for person in both:
        set_pin(person)
    return cast


def set_pin(person) -> None:
    from outreach import pin

    person.pin = pin.hashed(PIN, of=person.pk)
    person.save(update_fields=("pin",))


@pytest.fixture
def phone(stand) -> Client:
    """On which the colleague signed in first, then the officer: the colleague is on its roster."""
    client = sign_in(stand.colleague)
    client.post("/account/switch/other/")
    return sign_in(stand.officer, client)


@pytest.fixture
def pause(monkeypatch):
    """pause(11): so many minutes later."""
    real = timezone.now

    def pause(minutes: float):
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=minutes))

    return pause


def row(person, **changes) -> dict:
    day = timezone.localdate()
    sent = factories.row(event="kini", officer=person.username, first_month=f"{day:%Y-%m}", **changes)
    now = {"registered_at": "", "consent_at": "", "consent_how": "aloud"}
    return {**sent, **now, "step": "send", "opened_by": person.pk}


def who(client) -> int:
    return int(client.session["_auth_user_id"])


def switch(client, person, typed=PIN):
    return client.post(f"/account/switch/{person.pk}/", {"jb_secret": typed})


# --- Switching


def test_switching_in_two_taps_and_a_pin(stand, phone):
    page = phone.get("/account/switch/")
    assert page.context["people"] == sorted((stand.officer, stand.colleague), key=lambda one: one.full_name)
    before = phone.session.session_key
    assert switch(phone, stand.colleague).url == "/"
    assert (who(phone), phone.session.session_key == before) == (stand.colleague.pk, False)
    assert phone.get("/registrations/").status_code == 200
    assert actions(stand.colleague) == ["sign_in", "sign_in.left", "sign_in.switch"]


def test_an_old_session_of_the_phone_is_over_after_a_switch(stand, phone):
    old = Client()
    old.cookies.load({"sessionid": phone.cookies["sessionid"].value})
    switch(phone, stand.colleague)
    assert old.get("/registrations/").status_code == 302


def test_a_wrong_pin_changes_nothing(stand, phone):
    page = switch(phone, stand.colleague, "482914")
    assert page.context["form"].errors["jb_secret"] == ["PIN ini tidak cocok. Ketik lagi."]
    assert who(phone) == stand.officer.pk


def test_five_wrong_pins_and_the_password_is_wanted(stand, phone):
    cookie = phone.cookies["phone"].value
    for _try in range(4):
        switch(phone, stand.colleague, "482914")
    page = switch(phone, stand.colleague, "482914")
    assert page.context["form"].errors["jb_secret"] == ["PIN salah terlalu sering. Ketik kata sandi."]
    assert switch(phone, stand.colleague).status_code == 404  # not on the roster any more
    phone.cookies["phone"] = cookie  # laid back from before: the tries are counted all the same
    assert switch(phone, stand.colleague).status_code == 422
    assert who(phone) == stand.officer.pk
    assert actions(stand.colleague)[2:3] == ["pin.locked"]
    phone.post("/account/switch/other/")
    sign_in(stand.colleague, phone)
    assert switch(phone, stand.officer).status_code == 302
    assert switch(phone, stand.colleague).status_code == 302  # the password forgave them


def test_a_pin_is_worth_nothing_on_another_phone(stand):
    other = sign_in(stand.officer)
    assert other.get("/account/switch/").context["people"] == [stand.officer]
    assert switch(other, stand.colleague).status_code == 404


def test_a_forged_roster_is_none(stand, phone):
    phone.cookies["phone"] = phone.cookies["phone"].value[:-1] + "x"
    assert phone.get("/account/switch/").context["people"] == []


@pytest.mark.parametrize("change", ["password", "inactive", "role", "sessions", "hours"])
def test_what_ends_an_entry_of_the_roster(stand, phone, change, pause, settings):
    settings.OFFICER_LOCK_MINUTES = 10**6
    person = stand.colleague
    match change:
        case "password":
            person.set_password("sandi yang lain")
            person.save()
        case "inactive":
            User.objects.filter(pk=person.pk).update(is_active=False)
        case "role":
            person.role = "reviewer"
            person.save()
        case "sessions":
            Client().get("/")
            admin = Client()
            admin.force_login(stand.system_admin)
            admin.post(f"/admin/outreach/user/{person.pk}/sessions/")
        case "hours":
            pause(16 * 60 + 1)
    assert switch(phone, person).status_code == 404
    assert who(phone) == stand.officer.pk


def test_without_a_pin_it_is_the_password(stand, phone):
    User.objects.filter(pk=stand.colleague.pk).update(pin="")
    assert switch(phone, stand.colleague, PIN).status_code == 422
    assert switch(phone, stand.colleague, factories.PASSWORD).status_code == 302
    assert who(phone) == stand.colleague.pk


def test_a_full_log_out_takes_the_officer_off_the_phone(stand, phone):
    phone.post("/account/logout/")
    assert not is_in(phone)
    assert phone.get("/account/switch/").context["people"] == [stand.colleague]
    assert switch(phone, stand.officer).status_code == 404
    assert switch(phone, stand.colleague).status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts(phone):
    cookie = phone.cookies["phone"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 16 * 3600)


# --- A form of somebody else


def test_a_form_of_another_is_kept_and_goes_on_as_theirs(stand, phone):
    sent = row(stand.officer)
    switch(phone, stand.colleague)
    page = phone.post(NEW, sent)
    assert (page.status_code, Registration.objects.count()) == (409, 0)
    text = page.content.decode()
    assert f"Formulir ini dibuka oleh {stand.officer.get_short_name()}" in text
    assert [
        value for value in (sent["nik"], sent["full_name"], sent["phone"]) if value in text
    ] == []  # sealed
    kept = {"jb_kept": page.context["kept"], "jb_become": stand.officer.pk}
    wrong = phone.post(NEW, {**kept, "jb_secret": "482914"})
    assert (wrong.status_code, wrong.context["kept"]) == (422, kept["jb_kept"])
    done = phone.post(NEW, {**kept, "jb_secret": PIN})
    stored = Registration.objects.get()
    assert done.url == f"/registrations/{stored.reference}/"
    assert (stored.officer, stored.entered_by, who(phone)) == (stand.officer, stand.officer, stand.officer.pk)


def test_what_was_kept_is_nobody_elses(stand, phone):
    switch(phone, stand.colleague)
    kept = phone.post(NEW, row(stand.officer)).context["kept"]
    for sent in ({"jb_kept": kept}, {"jb_kept": kept, "jb_become": stand.colleague.pk, "jb_secret": PIN}):
        assert phone.post(NEW, sent).url == "/"
    assert Registration.objects.count() == 0


def test_what_was_kept_is_good_at_its_own_address(stand, phone):
    switch(phone, stand.colleague)
    kept = phone.post(NEW, row(stand.officer)).context["kept"]
    sent = {"jb_kept": kept, "jb_become": stand.officer.pk, "jb_secret": PIN}
    assert phone.post(f"{NEW}?event=lain&booth=A", sent).url == "/"
    assert Registration.objects.count() == 0


def test_without_the_mark_the_form_itself_refuses(stand, phone):
    """The enrolment side does not lean on the page's hidden mark."""
    sent = row(stand.officer)
    del sent["opened_by"]
    switch(phone, stand.colleague)
    page = phone.post(NEW, sent)
    assert page.status_code == 422
    assert page.context["form"].coded_errors() == ["officer:officer_not_assigned"]
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("part", ["stranger", "reviewer"])
def test_a_mark_names_no_stranger(stand, phone, part):
    sent = {**row(stand.officer), "opened_by": getattr(stand, part).pk}
    assert phone.post(NEW, sent).status_code == 302  # one's own form, with a mark that means nothing
    assert Registration.objects.get().officer == stand.officer


@pytest.fixture
def strict(stand) -> Client:
    """A browser whose forms carry a token, as every real one's do."""
    client = Client(enforce_csrf_checks=True)
    client.get("/account/login/")
    sent = {"login": stand.colleague.username, "password": factories.PASSWORD, **token(client)}
    client.post("/account/login/", sent)
    client.post("/account/switch/other/", token(client))
    client.get("/account/login/")
    client.post("/account/login/", {**sent, "login": stand.officer.username, **token(client)})
    return client


def token(client) -> dict:
    return {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}


def test_a_form_with_the_token_of_before_the_switch_is_kept_too(stand, strict):
    stale = {**row(stand.officer), **token(strict)}
    switched = strict.post(f"/account/switch/{stand.colleague.pk}/", {"jb_secret": PIN, **token(strict)})
    assert switched.status_code == 302
    page = strict.post(NEW, stale, HTTP_ORIGIN="http://testserver")
    assert (page.status_code, page.context["person"]) == (409, stand.officer)
    sent = {"jb_kept": page.context["kept"], "jb_become": stand.officer.pk, "jb_secret": PIN, **token(strict)}
    assert strict.post(NEW, sent).status_code == 302
    assert Registration.objects.get().officer == stand.officer


def test_what_a_page_keeps_outlives_another_switch(stand, strict, pause):
    """Locked with A's form, switched away and back in another tab, then the PIN on the page of before."""
    pause(11)
    page = strict.post(NEW, {**row(stand.officer), **token(strict)})
    sent = {"jb_kept": page.context["kept"], "jb_become": stand.officer.pk, "jb_secret": PIN, **token(strict)}
    for person in (stand.colleague, stand.officer):
        strict.post(f"/account/switch/{person.pk}/", {"jb_secret": PIN, **token(strict)})
    again = strict.post(NEW, sent, HTTP_ORIGIN="http://testserver")
    assert (again.status_code, again.context["kept"]) == (423, page.context["kept"])
    assert strict.post(NEW, {**sent, **token(strict)}).status_code == 302
    assert Registration.objects.get().officer == stand.officer


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}])
def test_a_form_of_another_site_is_refused_and_nothing_kept(stand, strict, origin):
    page = strict.post(NEW, {**row(stand.officer), "csrfmiddlewaretoken": "x" * 32}, **origin)
    assert page.status_code == 403
    assert "jb_kept" not in page.content.decode()


def test_a_locked_phone_does_not_keep_a_forged_form(stand, strict, pause):
    pause(11)
    page = strict.post(NEW, row(stand.officer), HTTP_ORIGIN="https://evil.example")
    assert page.status_code == 403


# --- The lock


@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 423)])
def test_after_a_pause_the_phone_asks_who_it_is(phone, pause, minutes, status):
    pause(minutes)
    page = phone.get("/registrations/")
    assert page.status_code == status
    if status == 423:
        assert "Masih " in page.content.decode()
        assert phone.get("/registrations/").status_code == 423  # asking again opens nothing
        assert phone.post("/registrations/", {"jb_secret": "482914"}).status_code == 422
        assert phone.post("/registrations/?a=b", {"jb_secret": PIN}).url == "/registrations/?a=b"
        assert phone.get("/registrations/").status_code == 200


def test_each_request_begins_the_pause_anew(phone, pause):
    for minutes in (8, 16, 24):
        pause(minutes)
        assert phone.get("/registrations/").status_code == 200


def test_what_is_sent_to_a_locked_phone_goes_on_after_the_pin(stand, phone, pause):
    pause(11)
    page = phone.post(NEW, row(stand.officer))
    assert (page.status_code, Registration.objects.count()) == (423, 0)
    done = phone.post(NEW, {"jb_kept": page.context["kept"], "jb_secret": PIN})
    assert done.url == f"/registrations/{Registration.objects.get().reference}/"


def test_what_was_kept_for_half_a_day_is_too_old(stand, phone, pause):
    pause(11)
    kept = phone.post(NEW, row(stand.officer)).context["kept"]
    pause(11 + 12 * 60 + 1)
    assert phone.post(NEW, {"jb_kept": kept, "jb_secret": PIN}).url == "/"
    assert Registration.objects.count() == 0


def test_a_locked_phone_is_switched_to_a_colleague(stand, phone, pause):
    pause(11)
    assert phone.get("/account/switch/").status_code == 200
    switch(phone, stand.colleague)
    assert (who(phone), phone.get("/registrations/").status_code) == (stand.colleague.pk, 200)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_gets_423_and_no_redirect(stand, phone, pause, method):
    pause(11)
    for path in (NEW, "/registrations/", "/account/awake/"):
        answer = getattr(phone, method)(path, **JSON)
        assert (answer.status_code, answer["Content-Type"]) == (423, "application/json")


def test_a_script_unlocks(phone, pause):
    pause(11)
    wrong = phone.post("/account/lock/", {"jb_secret": "482914"}, **JSON).json()
    assert wrong == {"unlocked": False, "error": "PIN ini tidak cocok. Ketik lagi.", "asks": "pin"}
    assert phone.get("/account/awake/", **JSON).status_code == 423
    assert phone.post("/account/lock/", {"jb_secret": PIN}, **JSON).json() == {"unlocked": True}
    assert phone.get("/account/awake/", **JSON).status_code == 204


def test_a_covered_page_that_is_older_than_the_sign_in_unlocks_as_its_own_officer(stand, strict):
    strict.post(f"/account/switch/{stand.colleague.pk}/", {"jb_secret": PIN, **token(strict)})
    sent = {"jb_become": stand.officer.pk, "jb_secret": PIN}
    assert strict.post("/account/lock/", sent, **JSON).json() == {"unlocked": True}
    assert who(strict) == stand.officer.pk


def test_locking_at_once(phone):
    phone.post("/account/lock/")
    assert phone.get("/registrations/").status_code == 423


@pytest.mark.parametrize("part", ["organiser", "reviewer"])
def test_nobody_else_is_locked(stand, part, pause):
    client = sign_in(getattr(stand, part))
    pause(60)
    assert client.get("/account/").status_code == 200


def test_a_busy_officer_costs_one_write_a_minute(phone, pause, django_assert_num_queries):
    pause(0.5)
    with django_assert_num_queries(2):  # the session and the person
        phone.get("/")


# --- The PIN itself


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"password": "salah"}, "password"),
        ({"pin": "123456", "again": "123456"}, "pin"),
        ({"pin": "12345", "again": "12345"}, "pin"),
        ({"again": "482914"}, "again"),
    ],
)
def test_a_pin_that_is_not_taken(cast, login, sent, field):
    good = {"password": factories.PASSWORD, "pin": PIN, "again": PIN}
    page = login(cast.officer).post("/account/pin/", {**good, **sent})
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, [field])
    cast.officer.refresh_from_db()
    assert cast.officer.pin == ""


def test_a_pin_is_set_and_stored_as_a_hash(cast, login):
    sent = {"password": factories.PASSWORD, "pin": PIN, "again": PIN}
    client = login(cast.officer)
    assert client.post("/account/pin/", sent).url == "/account/"
    cast.officer.refresh_from_db()
    assert (PIN in cast.officer.pin, len(cast.officer.pin) > 20) == (False, True)
    assert actions(cast.officer) == ["pin.set"]
    client.post("/account/lock/")
    assert client.post("/", {"jb_secret": PIN}).status_code == 302
    assert AuditEntry.objects.filter(action="pin.set").get().actor == cast.officer
