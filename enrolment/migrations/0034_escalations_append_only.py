from django.db import migrations

from outreach.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [('enrolment', '0033_second_return')]

    operations = append_only("enrolment_escalation")
