from importlib import import_module

from django.db import migrations

from outreach.triggers import again, append_only


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0021_paper_pads")]

    operations = [
        *again(import_module("enrolment.migrations.0002_triggers").Migration.operations),
        *append_only("enrolment_paperpad"),
        *append_only("enrolment_sheetvoid"),
    ]
