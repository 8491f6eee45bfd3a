"""What a quote may have taken never changes: rows of before learn their reliefs, and the database keeps the tables."""

from django.db import migrations

from outreach.triggers import append_only, refuse

SAME_START_TO_END = "NEW.valid_from <= r.valid_to AND r.valid_from <= NEW.valid_to"
RELIEF_OVERLAPS = f"""
    NEW.retired_at IS NULL AND EXISTS (
        SELECT 1 FROM enrolment_relief r WHERE r.retired_at IS NULL AND r.sector = NEW.sector AND {SAME_START_TO_END})
"""


def kept(table, columns):
    """Rows of `table` stay; of what they hold only what is not in `columns` may change."""
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)
    message = f"a change of {table} is a new edition"
    return [
        refuse(table, name=f"{table}_stays", event="DELETE", message=message),
        refuse(
            table,
            name=f"{table}_keeps",
            event="UPDATE",
            when=f"{changed} OR OLD.retired_at IS NOT NULL",
            message=message,
        ),
    ]


def name_reliefs(apps, schema_editor):
    """Rows of before took the reliefs of their sector that were stored; which of them, their months tell."""
    reliefs = list(apps.get_model("enrolment", "Relief").objects.order_by("code"))
    rows = apps.get_model("enrolment", "Registration").objects
    for row in rows.filter(discounted_months__gt=0, reliefs=[]).order_by().iterator():
        first = row.first_month.year * 12 + row.first_month.month - 1
        covered = [divmod(month, 12) for month in range(first, first + row.months)]
        firsts = [row.first_month.replace(year=year, month=month + 1) for year, month in covered]
        took = [
            relief.code
            for relief in reliefs
            if relief.sector == row.sector
            and any(relief.valid_from <= month <= relief.valid_to for month in firsts)
        ]
        rows.filter(pk=row.pk).update(reliefs=took)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0007_editions")]

    operations = [
        migrations.RunPython(name_reliefs, migrations.RunPython.noop),
        *kept(
            "enrolment_contributionschedule",
            # Not `valid_to`: it closes an open schedule when the next begins, and no amount follows from it.
            ("code", "basis", "valid_from", "jkk_per_mille", "jkm_flat", "jht_per_mille"),
        ),
        *append_only("enrolment_bracket"),
        *kept(
            "enrolment_relief",
            (
                "code", "basis", "sector", "on_jkk", "on_jkm", "on_jht", "percent", "valid_from", "valid_to",
                "excludes_government_paid",
            ),
        ),
        refuse(
            "enrolment_relief",
            name="enrolment_relief_alone",
            event="INSERT",
            when=RELIEF_OVERLAPS,
            message="two reliefs of one sector overlap",
        ),
    ]
