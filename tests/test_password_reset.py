"""A new password by a link in a mail: once, within an hour, to the account's own address, without saying who exists."""

import logging
import re
from datetime import timedelta

import pytest
from django.contrib.auth import tokens
from django.core import mail as outbox
from django.test import Client

from outreach import mail
from outreach.logs import scrub
from outreach.models import User
from tests import factories
from tests.admin_pages import without_tokens
from tests.signing import actions, is_in, sign_in
from tests.test_lockout import fail

RESET = "/account/password/reset/"
NEW = "sandi yang lain"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Mails are sent before the answer, so that a test finds them."""
    monkeypatch.setattr(mail, "send_soon", lambda message: message.send())


@pytest.fixture
def officer(cast) -> User:
    cast.officer.email = "rini@kantor.example"
    cast.officer.save()
    return cast.officer


def ask(email: str, **address):
    return Client().post(RESET, {"email": email}, **address)


def link() -> str:
    return re.search(r"http://testserver(/\S+)", outbox.outbox[-1].body).group(1)


def use(path: str, password: str = NEW, client: Client | None = None):
    client = client or Client()
    page = client.get(path, follow=True)
    if page.context.get("token_fail"):
        return page
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_a_new_password_by_mail(officer):
    before = sign_in(officer)
    assert ask("Rini@kantor.example").url == f"{RESET}done/"
    assert use(link()).url == f"{RESET}key/done/"
    assert before.get("/account/").status_code == 302
    assert is_in(sign_in(officer, password=NEW))
    assert actions(officer) == ["sign_in", "password.reset", "sign_in"]


def test_the_mail_is_indonesian_and_greets_the_account_alone(officer):
    ask(officer.email)
    (sent,) = outbox.outbox
    assert (sent.to, sent.subject) == ([officer.email], "Kata sandi baru untuk Jemput Bola")
    lines = sent.body.splitlines()
    assert lines[0] == f"Halo {officer.full_name},"
    assert [name for name in ("kepala", "verifikator", "admin", "rekan") if name in sent.body] == []


def test_who_exists_does_not_show(officer):
    known, unknown = ask(officer.email), ask("tidak.ada@kantor.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert without_tokens(Client().get(known.url)) == without_tokens(Client().get(unknown.url))
    assert len(outbox.outbox) == 1


def test_a_deactivated_person_gets_no_mail(officer):
    User.objects.update(is_active=False)
    ask(officer.email)
    assert outbox.outbox == []


def test_a_link_works_once(officer):
    ask(officer.email)
    use(link())
    page = use(link(), "sandi yang ketiga")
    assert page.context["token_fail"]
    assert not is_in(sign_in(officer, password="sandi yang ketiga"))


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_a_link_is_good_for_an_hour(officer, monkeypatch, minutes, works):
    ask(officer.email)
    now = tokens.PasswordResetTokenGenerator._now
    monkeypatch.setattr(
        tokens.PasswordResetTokenGenerator, "_now", lambda self: now(self) + timedelta(minutes=minutes)
    )
    use(link())
    assert is_in(sign_in(officer, password=NEW)) is works


def test_an_account_gets_three_mails_an_hour_and_an_address_sixty(officer):
    assert [ask(officer.email).status_code for _n in range(4)] == [302, 302, 302, 429]
    assert len(outbox.outbox) == 3
    other = [ask(f"orang{n}@kantor.example").status_code for n in range(58)]
    assert (other[0], other[-1]) == (302, 429)
    assert ask("orang@kantor.example", REMOTE_ADDR="127.0.0.2").status_code == 302


def test_wrong_passwords_of_before_are_forgiven(officer):
    fail(officer, 5)
    ask(officer.email)
    use(link())
    assert is_in(sign_in(officer, password=NEW))


def test_the_link_is_in_no_log(officer, caplog):
    ask(officer.email)
    key = link().rstrip("/").rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        Client().get(link())
    line = f"302 0 bytes 5 ms GET {link()}"
    assert key not in scrub(line)
    assert scrub(line).endswith("/account/password/reset/key/" + key.partition("-")[0] + "-[key]/")
    assert key not in scrub(caplog.text)


def test_a_weak_password_is_refused(officer):
    ask(officer.email)
    page = use(link(), "12345678901")
    assert page.context["form"].errors != {}
    assert is_in(sign_in(officer))


def test_without_a_mail_server_nobody_is_promised_a_mail(officer, settings):
    settings.MAIL_WORKS = False
    for answer in (Client().get(RESET), ask(officer.email)):
        assert answer.templates[0].name == "account/password_reset_off.html"
    assert outbox.outbox == []
    assert RESET not in Client().get("/account/login/").content.decode()


def test_what_goes_wrong_with_a_mail_names_nobody(officer, caplog):
    class Broken:
        def send(self):
            raise OSError(f"no such mailbox: {officer.email}")

    mail._send(Broken())
    assert (len(caplog.records), officer.email in caplog.text) == (1, False)


def test_the_admins_own_way_stays(cast, login, officer):
    page = f"/admin/outreach/user/{officer.pk}/password/"
    login(cast.system_admin).post(page, {"new_password1": NEW, "new_password2": NEW})
    assert is_in(sign_in(officer, password=NEW))
    assert not is_in(sign_in(officer, password=factories.PASSWORD))
