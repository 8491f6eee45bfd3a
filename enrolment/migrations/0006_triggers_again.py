from importlib import import_module

from django.db import migrations

from outreach.triggers import again


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0005_form_columns")]

    operations = again(import_module("enrolment.migrations.0002_triggers").Migration.operations)
