from django.db import migrations

from outreach.triggers import refuse

TABLE = "enrolment_secondlook"
DRAWN = ("decision_id", "registration_id", "branch_id", "approved_by_id", "officer_id", "entered_by_id", "percent")


class Migration(migrations.Migration):
    """Answered or closed once, and nothing else of it is ever changed."""

    dependencies = [('enrolment', '0037_second_look')]

    operations = [
        refuse(TABLE, name=f"{TABLE}_no_delete", event="DELETE", message="a second look stays"),
        refuse(
            TABLE,
            name=f"{TABLE}_once",
            event="UPDATE",
            when="OLD.looked_at IS NOT NULL OR OLD.closed_at IS NOT NULL",
            message="a second look is answered or closed once",
        ),
        refuse(
            TABLE,
            name=f"{TABLE}_drawn_stays",
            event=f"UPDATE OF {', '.join(DRAWN)}, drawn_at",
            when=" OR ".join(f"NEW.{name} <> OLD.{name}" for name in (*DRAWN, "drawn_at")),
            message="what was drawn stays",
        ),
    ]
