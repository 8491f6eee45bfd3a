from django.db import migrations

from outreach.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [('enrolment', '0039_collective_template')]

    operations = append_only("enrolment_collectivetemplate")
