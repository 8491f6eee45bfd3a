"""What was agreed to stays as it was shown; what was taken back is never put into the queue again."""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

from outreach.triggers import again, append_only, refuse

ENGLISH = Path(__file__).resolve().parent.parent / "data" / "consent_2023-06.en.json"
TAKEN_BACK = """
    NEW.target IN ('submitted', 'returned', 'approved') AND EXISTS (
        SELECT 1 FROM enrolment_consentwithdrawal w WHERE w.registration_id = NEW.registration_id)
"""


def load(apps, schema_editor):
    """The English of the first version; and a guardian who was named until now had agreed."""
    apps.get_model("enrolment", "ConsentText").objects.create(**json.loads(ENGLISH.read_text("utf-8")))
    rows = apps.get_model("enrolment", "Registration").objects
    rows.filter(guardian__isnull=False).update(guardian_agreed=True)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0010_consent")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        *again(import_module("enrolment.migrations.0002_triggers").Migration.operations),
        *append_only("enrolment_consenttext"),
        *append_only("enrolment_consentwithdrawal"),
        refuse(
            "enrolment_decision",
            name="enrolment_decision_consent_stays_withdrawn",
            event="INSERT",
            when=TAKEN_BACK,
            message="the consent to this registration was taken back",
        ),
    ]
