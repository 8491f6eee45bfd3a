from django.db import migrations


def end_claims(apps, schema_editor):
    """Claims last ten minutes and a reviewer may have had several: the next migration allows one."""
    rows = apps.get_model("enrolment", "Registration").objects.exclude(claimed_by=None)
    rows.update(claimed_by=None, claimed_until=None)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0018_prospects_end")]

    operations = [migrations.RunPython(end_claims, migrations.RunPython.noop, elidable=True)]
