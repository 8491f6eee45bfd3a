from django.core.management.base import BaseCommand

from enrolment.actions import drafts, prospects
from outreach.actions import limits


class Command(BaseCommand):
    help = (
        "Takes away what may not be kept any longer: drafts that nobody touched for 30 days or that were sent, and the "
        "names and numbers of prospects whom nobody may call any more (PROSPECT_DAYS after their event). Says how many "
        "with --dry-run. Run it daily, from cron or a systemd timer."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only, take nothing away")

    def handle(self, *args, dry_run: bool, **options) -> None:
        if dry_run:
            self.stdout.write(f"{drafts.abandoned()} drafts would be deleted")
            self.stdout.write(f"{prospects.expired()} prospects would be destroyed")
        else:
            self.stdout.write(f"{drafts.purge()} drafts deleted")
            self.stdout.write(f"{prospects.purge()} prospects destroyed")
            limits.forget()
