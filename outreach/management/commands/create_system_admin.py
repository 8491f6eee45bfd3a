"""The first account of a production. Everybody after it is made in the admin, by this person."""

import sys
from getpass import getpass

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import DatabaseError, transaction
from django.forms import ModelForm

from outreach.actions import audit
from outreach.actions.key_check import WrongKeys, verify_key_check
from outreach.choices import DEMO_ACCOUNTS, Role
from outreach.forms.people import NewPersonForm
from outreach.forms.places import OfficeForm
from outreach.models import Branch, User
from outreach.readiness import migrations_pending

# What a field of the forms is called here.
OPTIONS = {
    "slug": "--branch",
    "name": "--branch-name",
    "regency_code": "--regency",
    "password1": "password",
    "password2": "password",
}


class FirstPersonForm(NewPersonForm):
    """The admin's own form, so that the same rules hold; whoever is at the console counts as a system admin."""

    user = User(role=Role.SYSTEM_ADMIN)


class Command(BaseCommand):
    help = "Make the first system admin, and their branch if it is not there yet. Never a superuser."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--branch", required=True, metavar="SLUG", help="the branch's short name")
        parser.add_argument("--branch-name", default="", metavar="NAME", help="to make the branch: its name")
        parser.add_argument(
            "--regency", default="", metavar="CODE", help="to make the branch: its regency, such as 31.72"
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="the password is the first line of standard input"
        )

    @no_translations
    def handle(self, *, username: str, password_stdin: bool, **options) -> None:
        if username.lower() in DEMO_ACCOUNTS:
            raise CommandError(
                f"{username} is a demo account's name, and a production refuses those. Take another one."
            )
        try:
            self._refuse_unready_database()
            self._check_branch(**options)
            passwords = _from_stdin() if password_stdin else _from_terminal()
            person = self._write(username, passwords, **options)
        except DatabaseError as error:
            raise CommandError(f"The database: {str(error).strip().partition(chr(10))[0]}") from None
        self.stdout.write(f"{person.username} is a system admin of {person.branch.slug}.")

    def _refuse_unready_database(self) -> None:
        if migrations_pending():
            raise CommandError("The database is not up to date. First: manage.py migrate.")
        try:
            verify_key_check()  # the audit row must be written with the keys of the rows before it
        except WrongKeys as wrong:
            raise CommandError(f"{wrong} is not what this database was written with.") from None

    def _check_branch(self, *, branch: str, branch_name: str, regency: str, **options) -> None:
        """Before the password is asked for."""
        if Branch.objects.filter(slug=branch).exists():
            if branch_name or regency:
                raise CommandError(
                    f"The branch {branch} is there already: leave out --branch-name and --regency."
                )
        elif not (branch_name and regency):
            raise CommandError(f"There is no branch {branch}. To make it, add --branch-name and --regency.")

    def _write(self, username: str, passwords, *, branch: str, branch_name: str, regency: str, **options):
        """All or nothing: a refused person leaves no branch behind."""
        with transaction.atomic():
            home = Branch.objects.filter(slug=branch).first()
            made = home is None
            if home is None:
                office = OfficeForm({"slug": branch, "name": branch_name, "regency_code": regency})
                home = _saved(office)
            fields = {"username": username, "role": Role.SYSTEM_ADMIN, "branch": home.pk}
            person = _saved(FirstPersonForm({**fields, **passwords}))
            # `by` is nobody: the console has no account.
            if made:
                audit.record(
                    by=None, branch_id=home.pk, action="branch.add", purpose=f"branch {home.slug}, console"
                )
            audit.record(by=None, branch_id=home.pk, action="user.add", purpose=f"user {person.pk}, console")
        return person


def _saved(form: ModelForm):
    if not form.is_valid():
        sentences = (
            f"{OPTIONS.get(field, field)}: {sentence}"
            for field, found in form.errors.items()
            for sentence in found
        )
        raise CommandError("\n".join(sentences))
    return form.save()


def _from_stdin() -> dict[str, str]:
    password = sys.stdin.readline().rstrip("\r\n")
    return {"password1": password, "password2": password}


def _from_terminal() -> dict[str, str]:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for the password: use --password-stdin.")
    try:
        return {"password1": getpass("Password: "), "password2": getpass("Password again: ")}
    except (KeyboardInterrupt, EOFError):
        raise CommandError("Stopped; nothing was written.") from None
