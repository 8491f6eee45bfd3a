"""Of two schedules in force none holds for a month of the other, and an end that was set only ever comes earlier."""

from django.db import migrations

from outreach.triggers import refuse

TABLE = "enrolment_contributionschedule"
MEETS_ANOTHER = f"""
    NEW.retired_at IS NULL AND EXISTS (
        SELECT 1 FROM {TABLE} r
        WHERE r.retired_at IS NULL
        AND (r.valid_to IS NULL OR NEW.valid_from <= r.valid_to)
        AND (NEW.valid_to IS NULL OR r.valid_from <= NEW.valid_to))
"""


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0015_draft_codes")]

    operations = [
        refuse(
            TABLE,
            name=f"{TABLE}_alone",
            event="INSERT",
            when=MEETS_ANOTHER,
            message="two contribution schedules overlap",
        ),
        refuse(
            TABLE,
            name=f"{TABLE}_shortens",
            event="UPDATE",
            when="OLD.valid_to IS NOT NULL AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)",
            message="a contribution schedule is not prolonged",
        ),
    ]
