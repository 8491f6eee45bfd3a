import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from enrolment import paper
from enrolment.permissions import IMPORT, REGISTER
from outreach.actions.key_check import WrongKeys, verify_key_check
from outreach.models import User


class Command(BaseCommand):
    help = "Import the paper forms of a stand from a CSV; one line a row says what became of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as", dest="username", required=True, help="who types: the username of a person"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *, file: Path, username: str, dry_run: bool, **options) -> None:
        try:
            verify_key_check()
        except WrongKeys as wrong:
            raise CommandError(f"{wrong} is not what this database was written with.") from None
        user = User.objects.select_related("branch").filter(username=username, is_active=True).first()
        if user is None or user.branch is None:
            raise CommandError("--as: there is no active person of a branch with this username.")
        if not (user.has_perm(IMPORT) or user.has_perm(REGISTER)):
            raise CommandError("--as: this person's role may not enter registrations.")
        try:
            rows = paper.read_rows(file.read_bytes())
        except OSError as unreadable:
            raise CommandError(f"The file can't be read: {unreadable.strerror}.") from None
        except paper.NotSuchAFile as refused:
            raise CommandError(str(refused)) from None
        lines = paper.preview(rows, by=user) if dry_run else paper.import_rows(rows, by=user)
        counts: dict[str, int] = {}
        for line in lines:
            counts[line.outcome] = counts.get(line.outcome, 0) + 1
            self.stdout.write(json.dumps(line.as_dict()) if options["json"] else _as_text(line))
        self.stderr.write(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))


def _as_text(line: paper.Line) -> str:
    parts = [f"{line.row:>5}", f"{line.outcome:<8}", line.reference or "-", *line.errors, *line.warnings]
    if line.contribution_total is not None:
        parts.append(f"Rp{line.contribution_total}")
    return " ".join(parts)
