"""An unsafe production is refused, with one line for each reason."""

import pytest
from django.contrib.auth import get_user_model
from django.core.checks import Tags, run_checks
from django.test import override_settings

from outreach.actions.key_check import verify_key_check
from outreach.checks import keys_fit_the_database, production_has_no_master_account
from outreach.models import KeyCheck

SAFE = {
    "PRODUCTION": True,
    "DEMO": False,
    "DEBUG": False,
    "SECOND_FACTOR": True,
    "PUBLIC_URL": "https://jemputbola.example",
    "ALLOWED_HOSTS": ["jemputbola.example"],
}


def _codes(**changes) -> list[str]:
    with override_settings(**{**SAFE, **changes}):
        found = run_checks(tags=[Tags.security])
    return [fault.id.removeprefix("outreach.") for fault in found if fault.is_serious()]


def test_safe_production_has_no_fault():
    assert _codes() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SECRET_KEY": ""}, "E001"),
        ({"FIELD_KEYS": {}}, "E001"),
        ({"INDEX_KEYS": {}}, "E001"),
        ({"AUDIT_KEYS": {}}, "E001"),
        ({"SECRET_KEY": "short"}, "E002"),
        ({"FIELD_KEYS": {1: b"k" * 32}, "INDEX_KEYS": {1: b"k" * 32}}, "E003"),
        ({"FIELD_KEYS": {1: b"k" * 32, 2: b"k" * 32}}, "E003"),
        ({"DEBUG": True}, "E004"),
        ({"SECOND_FACTOR": False}, "E010"),
        ({"PUBLIC_URL": ""}, "E005"),
        ({"PUBLIC_URL": "http://jemputbola.example"}, "E005"),
        ({"PUBLIC_URL": "https://"}, "E005"),
        ({"PUBLIC_URL": "https://jemputbola.example/sub"}, "E005"),
        ({"ALLOWED_HOSTS": []}, "E006"),
        ({"ALLOWED_HOSTS": ["*"]}, "E006"),
    ],
)
def test_unsafe_production_has_one_fault(changes, code):
    assert _codes(**changes) == [code]


def test_demo_needs_keys_but_no_https():
    assert _codes(PRODUCTION=False, DEMO=True, PUBLIC_URL="", ALLOWED_HOSTS=["*"]) == []
    assert _codes(PRODUCTION=False, DEMO=True, FIELD_KEYS={}) == ["E001"]


def _accounts(**changes) -> list[str]:
    with override_settings(**{**SAFE, **changes}):
        return [fault.id for fault in production_has_no_master_account(None, databases=["default"])]


@pytest.mark.django_db
def test_superuser_in_production_is_refused():
    get_user_model().objects.create(username="root", is_superuser=True)
    assert _accounts() == ["outreach.E007"]
    assert _accounts(PRODUCTION=False) == []
    get_user_model().objects.update(is_active=False)
    assert _accounts() == []


@pytest.mark.django_db
def test_demo_account_in_production_is_refused():
    get_user_model().objects.create(username="petugas")
    assert _accounts() == ["outreach.E008"]


def _said_of_keys(**changes) -> list[tuple[str, str]]:
    with override_settings(**changes):
        return [(fault.id, fault.msg) for fault in keys_fit_the_database(None, databases=["default"])]


@pytest.mark.django_db
@pytest.mark.parametrize("key_id", [1, 2])
@pytest.mark.parametrize("name", ["FIELD_KEYS", "INDEX_KEYS", "AUDIT_KEYS"])
def test_other_keys_than_the_databases_are_refused(name, key_id):
    other = {name: {key_id: b"another key of tests, 32 bytes.."}}
    assert _said_of_keys(**other) == []  # an empty database takes any
    verify_key_check()
    said = [("outreach.E009", f"{name} is not what this database was written with.")]
    assert _said_of_keys(**other) == said
    assert _said_of_keys(DEMO=True, PRODUCTION=False, **other) == said
    assert _said_of_keys() == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["FIELD_KEYS", "AUDIT_KEYS"])
def test_a_new_key_before_the_old_one_fits(name, settings):
    verify_key_check()
    assert _said_of_keys(**{name: {2: b"another key of tests, 32 bytes..", **getattr(settings, name)}}) == []


@pytest.mark.django_db
def test_looking_at_the_keys_writes_nothing():
    assert _said_of_keys() == []
    assert KeyCheck.objects.count() == 0


def test_without_keys_there_is_nothing_to_compare():
    assert _said_of_keys(INDEX_KEYS={}) == []  # E001 says it
