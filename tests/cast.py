"""The cast: one of every role, and always a stranger. Fixtures for tests/conftest.py to take in (`from tests.cast
import *`), so that a test names who acts and nothing else.
"""

from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import translation

from outreach.choices import Role
from outreach.models import Branch, Event, Organisation, User
from tests import factories


@dataclass(frozen=True, slots=True)
class Cast:
    """`officer` (petugas) stands at both booths of `event` on both days. `colleague` is an officer of the branch on
    no booth, `other_reviewer` a second reviewer. The strangers belong to another branch."""

    branch: Branch
    other_branch: Branch
    organisation: Organisation
    event: Event
    officer: User
    colleague: User
    reviewer: User
    other_reviewer: User
    head: User
    organiser: User
    system_admin: User
    stranger: User
    strange_reviewer: User
    strange_organiser: User

    @property
    def people(self) -> dict[str, User]:
        """Everybody by the name of their part."""
        parts = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: part for name, part in parts if isinstance(part, User)}


def make_cast() -> Cast:
    branch, other = factories.branch(), factories.branch("bogor-kota", regency_code="32.71")
    ours, theirs = (
        factories.organisation(of=branch),
        factories.organisation(of=other, name="Panitia Lain"),
    )
    here = {
        "officer": ("petugas", Role.OFFICER),
        "colleague": ("rekan", Role.OFFICER),
        "reviewer": ("verifikator", Role.REVIEWER),
        "other_reviewer": ("verifikator2", Role.REVIEWER),
        "head": ("kepala", Role.HEAD),
        "system_admin": ("admin", Role.SYSTEM_ADMIN),
    }
    there = {
        "stranger": ("orang_lain", Role.OFFICER),
        "strange_reviewer": ("verifikator_lain", Role.REVIEWER),
    }
    people = {
        **{part: factories.unsaved(*who, of=branch) for part, who in here.items()},
        **{part: factories.unsaved(*who, of=other) for part, who in there.items()},
        "organiser": factories.unsaved("karangtaruna", Role.ORGANISER, of=branch, organisation=ours),
        "strange_organiser": factories.unsaved("panitia_lain", Role.ORGANISER, of=other, organisation=theirs),
    }
    User.objects.bulk_create(people.values())
    return Cast(
        branch=branch,
        other_branch=other,
        organisation=ours,
        event=factories.event(organiser=ours, officers=(people["officer"],)),
        **people,
    )


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The demo, loaded once for all tests of a module, whether they ask for it or not. What a test changes is rolled
    back to it, and it itself at the module's end."""
    around = transaction.atomic()
    around._from_testcase = (
        True  # as Django's own around a test: a durable block inside is none of a transaction's
    )
    with django_db_blocker.unblock(), around:
        call_command("seed_demo")
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def in_english(settings):
    """Pages and sentences in the language of the source, for a test that compares them word by word."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def login():
    """`login(cast.officer)`: a browser in which that person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
