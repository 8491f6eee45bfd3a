from django.db import migrations, models


class Migration(migrations.Migration):
    """Who saw what on which days. An index makes no table anew, so SQLite's triggers stay."""

    dependencies = [("outreach", "0007_allowance")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["branch", "at"], name="audit_by_time"),
        ),
    ]
