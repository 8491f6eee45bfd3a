"""When the last system admin has lost their phone. Everybody else's is reset in the admin."""

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import DatabaseError

from outreach.actions import sign_in
from outreach.actions.key_check import WrongKeys, verify_key_check
from outreach.errors import ActionRefused
from outreach.models import User
from outreach.readiness import migrations_pending


class Command(BaseCommand):
    help = "Take away a person's second factor and sign them out everywhere; they set up a new one at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    @no_translations
    def handle(self, *, username: str, **options) -> None:
        try:
            if migrations_pending():
                raise CommandError("The database is not up to date. First: manage.py migrate.")
            verify_key_check()  # the audit row must be written with the keys of the rows before it
            sign_in.reset_second_factor(by=None, person=User.objects.get(username=username))
        except User.DoesNotExist:
            raise CommandError(f"There is nobody named {username}.") from None
        except ActionRefused as refused:
            raise CommandError(str(refused)) from None
        except WrongKeys as wrong:
            raise CommandError(f"{wrong} is not what this database was written with.") from None
        except DatabaseError as error:
            raise CommandError(f"The database: {str(error).strip().partition(chr(10))[0]}") from None
        self.stdout.write(f"{username} sets up a new second factor at the next sign-in.")
