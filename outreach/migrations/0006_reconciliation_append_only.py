from django.db import migrations

from outreach.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("outreach", "0005_booth_reconciliation")]

    operations = [*append_only("outreach_boothreconciliation")]
