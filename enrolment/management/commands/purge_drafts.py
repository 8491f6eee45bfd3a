from django.core.management.base import BaseCommand

from enrolment.actions import drafts
from outreach.actions import limits


class Command(BaseCommand):
    help = (
        "Deletes drafts that nobody touched for 30 days or that were sent. Says how many with --dry-run. "
        "Run it daily, from cron or a systemd timer."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only, delete nothing")

    def handle(self, *args, dry_run: bool, **options) -> None:
        if dry_run:
            self.stdout.write(f"{drafts.abandoned()} drafts would be deleted")
        else:
            self.stdout.write(f"{drafts.purge()} drafts deleted")
            limits.forget()
