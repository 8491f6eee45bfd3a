"""Registrations of before a question was asked no longer claim an answer: 0005 wrote "read aloud" and 0011 "the guardian
has agreed" into rows that were there already. Which those are is known: their first version is older than the moment at
which that migration ran."""

from importlib import import_module

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, OuterRef

from outreach.triggers import again


def correct(apps, schema_editor):
    rows = apps.get_model("enrolment", "Registration").objects
    versions = apps.get_model("enrolment", "RegistrationVersion").objects.filter(registration=OuterRef("pk"))
    ran = dict(
        MigrationRecorder(schema_editor.connection)
        .migration_qs.filter(app="enrolment", name__in=("0005_form_columns", "0011_consent_triggers"))
        .values_list("name", "applied")
    )
    before_asked = versions.filter(number=1, at__lt=ran["0005_form_columns"])
    rows.filter(Exists(before_asked), consent_how="aloud").update(consent_how="unknown")
    # Whoever corrected it since has answered.
    untouched = versions.filter(number=OuterRef("version"), at__lt=ran["0011_consent_triggers"])
    rows.filter(Exists(untouched), guardian__isnull=False, guardian_agreed=True).update(guardian_agreed=None)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0023_consent_not_recorded")]

    operations = [
        *again(import_module("enrolment.migrations.0002_triggers").Migration.operations),
        migrations.RunPython(correct, migrations.RunPython.noop),
    ]
