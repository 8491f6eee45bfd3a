"""A form that an officer sends after the session has ended: kept for them, and for nobody else."""
# ruff: noqa: F811 - fixtures of the neighbour

import pytest
from django.test import Client

from enrolment.models import Registration
from tests import factories
from tests.signing import PIN, is_in
from tests.test_shared_phone import JSON, NEW, phone, row, stand, strict, token, who  # noqa: F401 - fixtures among them


@pytest.fixture
def signed_out(phone) -> Client:
    """The officer's form is open; in another tab somebody wanted to sign in as another officer."""
    phone.post("/account/switch/other/")
    assert not is_in(phone)
    return phone


@pytest.mark.parametrize("step", ["check", "send"])
def test_a_form_sent_while_signed_out_goes_on_after_the_pin(stand, signed_out, step):
    sent = {**row(stand.officer), "step": step}
    page = signed_out.post(NEW, sent)
    assert (page.status_code, Registration.objects.count()) == (423, 0)
    assert (page.context["person"], page.context["asks_pin"]) == (stand.officer, True)
    assert [value for value in (sent["nik"], sent["phone"]) if value in page.content.decode()] == []
    kept = {"jb_kept": page.context["kept"], "jb_become": stand.officer.pk}
    wrong = signed_out.post(NEW, {**kept, "jb_secret": "482914"})
    assert (wrong.status_code, wrong.context["kept"]) == (422, kept["jb_kept"])
    done = signed_out.post(NEW, {**kept, "jb_secret": PIN})
    assert who(signed_out) == stand.officer.pk
    if step == "check":
        assert done.status_code == 200
        assert [value for value in (sent["nik"], sent["full_name"]) if value in done.content.decode()] == [
            sent["nik"],
            sent["full_name"],
        ]
        assert Registration.objects.count() == 0
    else:
        assert done.url == f"/registrations/{Registration.objects.get().reference}/"


def test_five_wrong_pins_while_signed_out_and_the_password_goes_on(stand, signed_out):
    kept = {
        "jb_kept": signed_out.post(NEW, row(stand.officer)).context["kept"],
        "jb_become": stand.officer.pk,
    }
    for _try in range(5):
        page = signed_out.post(NEW, {**kept, "jb_secret": "482914"})
    assert (page.context["asks_pin"], page.context["kept"]) == (False, kept["jb_kept"])
    assert signed_out.post(NEW, {**kept, "jb_secret": PIN}).status_code == 422
    assert signed_out.post(NEW, {**kept, "jb_secret": factories.PASSWORD}).status_code == 302
    assert Registration.objects.get().officer == stand.officer


def test_nothing_is_kept_for_who_was_never_on_this_phone(stand):
    login_page = f"/account/login/?next={NEW}"
    sent = row(stand.officer)
    assert Client().post(NEW, sent).url == login_page
    forged = {"jb_kept": "eA==", "jb_become": stand.officer.pk, "jb_secret": factories.PASSWORD}
    assert Client().post(NEW, forged).url == login_page


def test_nothing_is_kept_after_a_full_log_out(stand, phone):
    phone.post("/account/logout/")
    assert phone.post(NEW, row(stand.officer)).url == f"/account/login/?next={NEW}"


def test_what_an_organiser_sends_while_signed_out_still_asks_to_sign_in(stand, signed_out):
    sent = {"opened_by": stand.organiser.pk}
    assert signed_out.post("/equipment/kini/ask/", sent).url == "/account/login/?next=/equipment/kini/ask/"


@pytest.mark.parametrize("origin", ["http://testserver", "https://evil.example", "null"])
@pytest.mark.parametrize("stale", [True, False])
def test_a_form_sent_while_signed_out_is_kept_only_from_a_page_of_ours(stand, strict, origin, stale):
    old = token(strict)
    if stale:
        strict.post(f"/account/switch/{stand.colleague.pk}/", {"jb_secret": PIN, **token(strict)})
    strict.post("/account/switch/other/", token(strict))
    page = strict.post(NEW, {**row(stand.officer), **old}, HTTP_ORIGIN=origin)
    ours = origin == "http://testserver"
    assert (page.status_code, "jb_kept" in page.content.decode()) == (423 if ours else 403, ours)
    if ours:
        sent = {"jb_kept": page.context["kept"], "jb_become": stand.officer.pk, "jb_secret": PIN}
        assert (
            strict.post(NEW, sent, HTTP_ORIGIN=origin).status_code == 423
        )  # without a token nobody is let in
        assert not is_in(strict)
        assert strict.post(NEW, {**sent, **token(strict)}, HTTP_ORIGIN=origin).status_code == 302
        assert Registration.objects.get().officer == stand.officer


@pytest.mark.parametrize(("method", "target"), [("post", ' target="_blank" rel="noopener"'), ("get", "")])
def test_switching_leaves_the_page_that_keeps_something_open(stand, phone, method, target):
    phone.post("/account/lock/")
    page = getattr(phone, method)(NEW, row(stand.officer))
    assert f'<a href="/account/switch/"{target}>' in page.content.decode()


def test_another_branchs_page_does_not_open_with_the_pin_of_who_is_here_now(stand, phone):
    """It is covered, and belongs to somebody whom this officer may not even see."""
    page = {"jb_become": stand.stranger.pk, "jb_secret": PIN}
    assert phone.post("/account/lock/", page, **JSON).status_code == 403
    assert who(phone) == stand.officer.pk
