from django.db import migrations

from outreach import triggers


class Migration(migrations.Migration):
    dependencies = [("outreach", "0003_sign_in")]

    operations = [triggers.append_only_again("outreach_auditentry")]
