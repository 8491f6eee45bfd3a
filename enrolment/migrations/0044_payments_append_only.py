from django.db import migrations

from outreach.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [('enrolment', '0043_until_paid')]

    operations = [
        *append_only("enrolment_participationentry"),
        *append_only("enrolment_paymentcall"),
    ]
