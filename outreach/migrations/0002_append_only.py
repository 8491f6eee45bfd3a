from django.db import migrations

from outreach.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial")]

    operations = append_only("outreach_auditentry")
