"""The checker of the stored quotes. It multiplies out by itself what each one took; of the code it checks it uses
nothing. It starts at the stored base: the income stays sealed, and nobody opens it for arithmetic."""

from django.core.management.base import BaseCommand, CommandError

from enrolment.models import Bracket, Registration, Relief

CHUNK = 2_000


class Command(BaseCommand):
    help = "Recompute every stored quote from the schedule and the reliefs that it names; fails with those that differ."

    def handle(self, **options) -> None:
        reliefs = {relief.code: relief for relief in Relief.objects.all()}
        bases = set(Bracket.objects.values_list("schedule_id", "contribution_base"))
        seen = different = 0
        for row in Registration.objects.select_related("schedule").order_by("reference").iterator(CHUNK):
            seen += 1
            total, discounted = _again(row, [reliefs[code] for code in row.reliefs if code in reliefs])
            faults = [
                f"{name}: stored {was}, rows {now}"
                for name, was, now in (
                    ("total", row.contribution_total, total),
                    ("months with relief", row.discounted_months, discounted),
                    ("base in its table", True, (row.schedule_id, row.contribution_base) in bases),
                )
                if was != now
            ]
            if faults:
                different += 1
                self.stdout.write(f"{row.reference}: {'; '.join(faults)}")
        if different:
            raise CommandError(f"{different} of {seen} quotes differ from the rows they name")
        self.stdout.write(f"{seen} quotes, 0 differ")


def _again(row: Registration, reliefs: list[Relief]) -> tuple[int, int]:
    """The sum of all months, and how many took a relief. Months are counted from year 0; halves are rounded up."""
    tariff, base = row.schedule, row.contribution_base
    full = {
        "on_jkk": base * tariff.jkk_per_mille // 1000,
        "on_jkm": tariff.jkm_flat,
        "on_jht": base * tariff.jht_per_mille // 1000 * (row.package == "L"),
    }
    total = discounted = 0
    start = row.first_month.year * 12 + row.first_month.month
    for month in range(start, start + row.months):
        took = [
            relief
            for relief in reliefs
            if relief.valid_from.year * 12 + relief.valid_from.month <= month
            and month <= relief.valid_to.year * 12 + relief.valid_to.month
        ]
        discounted += len(took)
        for programme, amount in full.items():
            hundredths = amount * (took[0].percent if took and getattr(took[0], programme) else 100)
            total += hundredths // 100 + (hundredths % 100 >= 50)
    return total, discounted
