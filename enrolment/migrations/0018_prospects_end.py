from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

PROMISED = timedelta(days=90)
"""What everybody was told who agreed before this."""


def end(apps, schema_editor):
    """Each prospect gets its last day; no call is due after it, and what is closed is emptied: a migration has
    no person and writes no row of the audit chain, though names go here.

    Every row is written once: PostgreSQL adds no constraint while a row that was written twice waits for its checks.
    """
    prospects = apps.get_model("enrolment", "Prospect").objects
    rows = prospects.values_list("pk", "event__last_day", "follow_up_on", "closed_at").order_by("pk")
    for pk, last_day, follow_up_on, closed_at in list(rows):
        until = last_day + PROMISED
        emptied = dict.fromkeys(("full_name", "phone", "note")) if closed_at else {}
        prospects.filter(pk=pk).update(
            kept_until=until, follow_up_on=min(follow_up_on, until), **emptied
        )


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0017_prospect_kept_until")]

    operations = [
        migrations.RunPython(end, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="prospect",
            constraint=models.CheckConstraint(
                condition=Q(closed_at__isnull=True, full_name__isnull=False, phone__isnull=False)
                | Q(closed_at__isnull=False, full_name__isnull=True, note__isnull=True, phone__isnull=True),
                name="prospect_closed_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="prospect",
            constraint=models.CheckConstraint(
                condition=Q(follow_up_on__lte=F("kept_until")), name="prospect_called_while_kept"
            ),
        ),
    ]
