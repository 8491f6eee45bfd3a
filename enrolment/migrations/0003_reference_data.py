"""The tariffs, reliefs, job types and consent text that the field starts with; the branch edits them in the admin.

Sources: PP 44/2015 Lampiran II and PP 46/2015 (tariff, in force since July 2015), PP 50/2025 (relief on JKK and JKM).
"""

import csv
import json
from datetime import date
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"
RELIEF_BASIS = "PP 50/2025: keringanan 50 % iuran JKK dan JKM"


def load(apps, schema_editor):
    def model(name):
        return apps.get_model("enrolment", name)

    schedule = model("ContributionSchedule").objects.create(
        code="bpu-2015",
        basis="PP 44/2015 Lampiran II (JKK, JKM), PP 46/2015 (JHT)",
        valid_from=date(2015, 7, 1),
        jkk_per_mille=10,
        jkm_flat=6800,
        jht_per_mille=20,
    )
    model("Bracket").objects.bulk_create(
        model("Bracket")(schedule=schedule, **{name: int(value) for name, value in row.items()})
        for row in rows("bpu_brackets.csv")
    )
    model("Relief").objects.bulk_create(
        model("Relief")(code=code, basis=RELIEF_BASIS, sector=sector, percent=50, valid_from=start, valid_to=end)
        for code, sector, start, end in (
            ("pp50-transport", "transport", date(2026, 1, 1), date(2027, 3, 31)),
            ("pp50-other", "other", date(2026, 4, 1), date(2026, 12, 31)),
        )
    )
    model("JobType").objects.bulk_create(model("JobType")(**row) for row in rows("job_types.csv"))
    model("ConsentText").objects.create(**json.loads((DATA / "consent_2023-06.json").read_text("utf-8")))


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0002_triggers")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
