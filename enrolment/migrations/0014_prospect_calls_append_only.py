from django.db import migrations

from outreach.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0013_prospects")]

    operations = append_only("enrolment_prospectcall")
