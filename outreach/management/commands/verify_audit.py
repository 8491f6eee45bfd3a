from django.core.management.base import BaseCommand, CommandError

from outreach.actions import audit
from outreach.models import AuditEntry, Branch


class Command(BaseCommand):
    help = "Walk every branch's audit chain and name each row that does not follow; fails if there is any."

    def handle(self, **options) -> None:
        broken, first = 0, []
        for branch in Branch.objects.order_by("slug"):
            for number, sentence in enumerate(audit.verify(branch)):
                broken += 1
                if (
                    number == 0
                ):  # a chain is walked from its beginning: what comes after may only follow from it
                    first.append(f"{branch.slug}, {sentence}")
                self.stdout.write(f"{branch.slug}: {sentence}")
            self.stdout.write(f"{branch.slug}: {AuditEntry.objects.filter(branch=branch).count()} rows")
        if broken:
            raise CommandError(f"{broken} faults in the chain; broken first: {'; '.join(first)}")
