from django.core.management.base import BaseCommand
from django.utils import timezone

from enrolment.actions import lapsing

WORDS = {
    "waiting": "never handed over",
    "unpaid": "never paid",
    "stopped": "stopped paying",
    "in_batch": "in a batch without an answer",
    "consent_withdrawn": "consent withdrawn",
    "changed": "changed meanwhile",
}


class Command(BaseCommand):
    help = (
        "Lets approved registrations lapse that nobody paid for within LAPSE_DAYS, so that the worker may come again; "
        "and those who stopped paying, if LAPSE_STOPPED_MONTHS says so. Those in a batch without an answer and those "
        "who have withdrawn their consent are left. Says how many with --dry-run, by event and without a name. Run it "
        "daily, from cron or a systemd timer, after the day's payments were read."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def handle(self, *args, dry_run: bool, **options) -> None:
        found = (lapsing.preview if dry_run else lapsing.lapse)(now=timezone.now())
        for slug in sorted({slug for slug, _outcome in found}):
            lapsed = {one: found[slug, one] for one in lapsing.LAPSES if found[slug, one]}
            left = {one: found[slug, one] for one in WORDS if one not in lapsed and found[slug, one]}
            self.stdout.write(f"{slug}: {_say(lapsed, dry_run)}; left: {_counted(left) or 'none'}")
        total = {one: sum(n for (_slug, other), n in found.items() if other == one) for one in lapsing.LAPSES}
        self.stdout.write(f"together: {_say(total, dry_run)}")


def _say(lapsed: dict[str, int], dry_run: bool) -> str:
    whole = f"{sum(lapsed.values())} {'would lapse' if dry_run else 'lapsed'}"
    parts = _counted({one: n for one, n in lapsed.items() if n})
    return f"{whole} ({parts})" if parts else whole


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {WORDS[one]}" for one, n in counts.items())
