"""Wrong passwords: limited for whoever guesses, without locking a stand behind one address."""

import pytest
from django.core.cache import cache

from tests import factories
from tests.signing import actions, is_in, sign_in

X, Y = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "127.0.0.2"}


def fail(person, times: int, **address):
    for _try in range(times):
        client = sign_in(person, password="salah", **address)
    return client


def test_five_wrong_ones_lock_the_account_at_that_address_alone(cast):
    page = fail(cast.officer, 6, **X).answer
    assert page.context["form"].non_field_errors() == [
        "Terlalu sering dicoba. Tunggu lima menit, atau hubungi admin cabang Anda."
    ]
    assert not is_in(sign_in(cast.officer, **X))  # the right one now too
    assert is_in(sign_in(cast.officer, **Y))
    assert is_in(sign_in(cast.colleague, **X))
    assert actions(cast.officer) == ["sign_in.locked", "sign_in"]


def test_four_wrong_ones_lock_nobody(cast):
    fail(cast.officer, 4, **X)
    assert is_in(sign_in(cast.officer, **X))


def test_upper_case_begins_no_new_count(cast):
    fail(cast.officer, 5, **X)
    cast.officer.username = cast.officer.username.upper()
    assert not is_in(sign_in(cast.officer, **X))


def test_guessing_from_many_addresses_locks_the_account(cast):
    for number in range(100):
        fail(cast.officer, 1, REMOTE_ADDR=f"127.0.1.{number}")
    page = sign_in(cast.officer, **Y).answer
    assert page.context["form"].non_field_errors() == [
        "Terlalu sering dicoba untuk akun ini. Tunggu satu jam, atau hubungi admin cabang Anda."
    ]
    assert is_in(sign_in(cast.colleague, **Y))
    assert actions(cast.officer) == ["sign_in.locked"]


@pytest.mark.parametrize("by", ["account and address", "account"])
def test_a_new_password_starts_afresh(cast, by):
    if by == "account":
        for number in range(100):
            fail(cast.officer, 1, REMOTE_ADDR=f"127.0.1.{number}")
    else:
        fail(cast.officer, 5, **X)
    assert not is_in(sign_in(cast.officer, **X))
    cast.officer.set_password("sandi dari admin")
    cast.officer.save()
    assert is_in(sign_in(cast.officer, password="sandi dari admin", **X))
    fail(cast.officer, 5, **X)  # and is limited like the one before
    assert not is_in(sign_in(cast.officer, password="sandi dari admin", **X))


def test_an_unknown_name_is_counted_like_a_known_one(cast):
    cast.officer.username = "tidak_ada"
    said = [fail(cast.officer, 1, **X).answer.context["form"].non_field_errors() for _n in range(6)]
    cache.clear()
    known = [fail(cast.colleague, 1, **X).answer.context["form"].non_field_errors() for _n in range(6)]
    assert (said, said[4] == said[5]) == (known, False)  # the sixth is refused unseen


def test_the_limit_by_address_stops_a_machine(cast):
    for number in range(60):
        cast.officer.username = f"orang{number}"
        fail(cast.officer, 5, **X)
    cast.officer.username = "petugas"
    assert not is_in(sign_in(cast.officer, **X))
    assert is_in(sign_in(cast.officer, **Y))


@pytest.mark.parametrize("page", ["/account/reauthenticate/", "/account/pin/"])
def test_the_password_once_more_is_limited_too(cast, login, page):
    client = login(cast.officer)
    sent = {"password": "salah", "pin": "482913", "again": "482913"}
    for _try in range(5):
        client.post(page, sent)
    client.post(page, {**sent, "password": factories.PASSWORD})
    cast.officer.refresh_from_db()
    assert cast.officer.pin == ""
    assert not is_in(sign_in(cast.officer, **X))
