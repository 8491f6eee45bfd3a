"""`manage.py create_system_admin`: how a production, which has no demo accounts, gets its first person."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import override_settings

from outreach.actions import audit
from outreach.choices import Role
from outreach.models import AuditEntry, Branch, KeyCheck, User
from tests import factories

COMMAND = "outreach.management.commands.create_system_admin"
PASSWORD = "kuda laut biru 47"
NEW = ("--branch", "jakarta-pluit", "--branch-name", "Jakarta Pluit", "--regency", "31.72")
OLD = ("--branch", "jakarta-pluit")


def make(monkeypatch, *arguments: str, typed: str = f"{PASSWORD}\n") -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = io.StringIO()
    call_command("create_system_admin", *arguments, "--password-stdin", stdout=said)
    return said.getvalue()


def refused(monkeypatch, *arguments: str, **options) -> str:
    """The refusal; nothing may have been written."""
    before = (User.objects.count(), Branch.objects.count(), AuditEntry.objects.count())
    with pytest.raises(CommandError) as refusal:
        make(monkeypatch, *arguments, **options)
    assert (User.objects.count(), Branch.objects.count(), AuditEntry.objects.count()) == before
    assert PASSWORD not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.django_db
def test_first_person_and_branch_of_an_empty_database(monkeypatch, client):
    assert make(monkeypatch, "siti", *NEW) == "siti is a system admin of jakarta-pluit.\n"
    person = User.objects.get()
    assert (person.role, person.is_staff, person.is_superuser) == (Role.SYSTEM_ADMIN, True, False)
    assert (person.branch.name, person.branch.regency_code) == ("Jakarta Pluit", "31.72")
    assert client.post("/account/login/", {"login": "siti", "password": PASSWORD}).status_code == 302
    assert client.get("/", follow=True).status_code == 200


@pytest.mark.django_db
def test_both_rows_are_in_the_audit_chain(monkeypatch):
    make(monkeypatch, "siti", *NEW)
    person = User.objects.get()
    assert list(AuditEntry.objects.order_by("seq").values_list("action", "purpose", "actor")) == [
        ("branch.add", "branch jakarta-pluit, console", None),
        ("user.add", f"user {person.pk}, console", None),
    ]
    assert list(audit.verify(person.branch)) == []


@pytest.mark.django_db
def test_a_branch_that_is_there_is_used(monkeypatch):
    branch = factories.branch("jakarta-pluit")
    make(monkeypatch, "siti", *OLD)
    assert User.objects.get().branch == branch
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["user.add"]


@pytest.mark.django_db
def test_a_branch_that_is_there_is_not_made_anew(monkeypatch):
    factories.branch("jakarta-pluit")
    assert "is there already" in refused(monkeypatch, "siti", *NEW)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [OLD, NEW[:4], (*OLD, *NEW[4:])])
def test_a_branch_needs_name_and_regency(monkeypatch, arguments):
    assert refused(monkeypatch, "siti", *arguments) == (
        "There is no branch jakarta-pluit. To make it, add --branch-name and --regency."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("siti", *NEW[:5], "99.99"), "--regency: No regency bears this code. Type one such as 31.72."),
        (("siti", *NEW[:5], "31.72.01"), "--regency: "),
        (("siti", "--branch", "Jakarta Pluit!", *NEW[2:]), "--branch: "),
        (("siti", *NEW[:3], "x" * 81, *NEW[4:]), "--branch-name: "),
        (("si ti", *NEW), "username: "),
        (("", *NEW), "username: This field is required."),
    ],
)
def test_what_the_admin_would_refuse_is_refused(monkeypatch, arguments, said):
    assert refused(monkeypatch, *arguments).startswith(said)


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["", "kudalaut", "84620195736", "password1234", "siti_pluit_1"])
def test_a_weak_password_leaves_no_branch_behind(monkeypatch, password):
    said = refused(monkeypatch, "siti_pluit", *NEW, typed=f"{password}\n")
    assert said.startswith("password: ")
    assert not password or password not in said


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["petugas", "siti", "SITI"])
def test_a_taken_name_is_refused(monkeypatch, username):
    factories.officer("siti", of=factories.branch())
    assert refused(monkeypatch, username, *OLD)
    assert User.objects.get().role == Role.OFFICER


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["admin", "Admin", "petugas"])
def test_a_demo_accounts_name_is_refused(monkeypatch, username):
    """checks.py would refuse the next start (E008)."""
    assert "demo account" in refused(monkeypatch, username, *NEW)


@pytest.mark.django_db
def test_without_a_terminal_it_asks_for_stdin(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="use --password-stdin"):
        call_command("create_system_admin", "siti", *NEW)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_terminal(monkeypatch, *typed) -> None:
    answers = iter(typed)

    def getpass(prompt: str) -> str:
        answer = next(answers)
        if isinstance(answer, type):
            raise answer
        return answer

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(f"{COMMAND}.getpass", getpass)
    call_command("create_system_admin", "siti", *NEW, stdout=io.StringIO())


@pytest.mark.django_db
def test_at_a_terminal_the_password_is_asked_for_twice(monkeypatch):
    at_terminal(monkeypatch, PASSWORD, PASSWORD)
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize("second", ["kuda laut biru 48", KeyboardInterrupt, EOFError])
def test_a_password_that_was_not_repeated_writes_nothing(monkeypatch, second):
    with pytest.raises(CommandError):
        at_terminal(monkeypatch, PASSWORD, second)
    assert (User.objects.count(), Branch.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_other_keys_than_the_databases_are_refused(monkeypatch):
    make(monkeypatch, "siti", *NEW)
    assert KeyCheck.objects.count() == 1
    with override_settings(AUDIT_KEYS={1: b"another audit key, 32 bytes....."}):
        assert refused(monkeypatch, "budi", *OLD) == "AUDIT_KEYS is not what this database was written with."


@pytest.mark.django_db
def test_a_database_that_is_not_ready_is_refused(monkeypatch):
    monkeypatch.setattr(f"{COMMAND}.migrations_pending", lambda: True)
    assert "manage.py migrate" in refused(monkeypatch, "siti", *NEW)

    def away():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(f"{COMMAND}.migrations_pending", away)
    assert refused(monkeypatch, "siti", *NEW) == "The database: connection refused"
