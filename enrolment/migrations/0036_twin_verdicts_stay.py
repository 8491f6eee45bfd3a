from django.db import migrations

from outreach.triggers import refuse

TABLES = ("enrolment_twinverdict", "enrolment_arbitration")
VERDICT_SAID = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("first_id", "second_id", "verdict", "by_id", "at", "reason")
)
CASE_ASKED = " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("first_id", "second_id", "asked_by_id", "asked_at")
)


class Migration(migrations.Migration):
    dependencies = [('enrolment', '0035_twin_verdicts')]

    operations = [
        *(
            refuse(table, name=f"{table}_no_delete", event="DELETE", message=f"{table} is never deleted from")
            for table in TABLES
        ),
        refuse(
            "enrolment_twinverdict",
            name="enrolment_twinverdict_stays",
            event="UPDATE",
            when=f"OLD.ended_at IS NOT NULL OR COALESCE(NEW.kept_id <> OLD.kept_id, FALSE) OR {VERDICT_SAID}",
            message="a verdict is ended once and never changed",
        ),
        refuse(
            "enrolment_arbitration",
            name="enrolment_arbitration_stays",
            event="UPDATE",
            when=f"OLD.closed_at IS NOT NULL OR {CASE_ASKED}",
            message="a case is closed once and never changed",
        ),
    ]
