import datetime

from django.db import migrations, models

import outreach.sealed


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0016_schedules_alone")]

    operations = [
        migrations.AddField(
            model_name="prospect",
            name="kept_until",
            field=models.DateField(
                default=datetime.date(2000, 1, 1),  # 0018 sets it
                help_text="The last day on which they may be called, as they were told.",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="prospect",
            name="full_name",
            field=outreach.sealed.SealedField("prospect.full_name", null=True),
        ),
        migrations.AlterField(
            model_name="prospect",
            name="phone",
            field=outreach.sealed.SealedField("prospect.phone", null=True),
        ),
    ]
