from django.db import migrations, models

from outreach.triggers import lift


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0026_participation'),
    ]

    operations = [
        lift("enrolment_decision_two_people"),
        migrations.RemoveConstraint(
            model_name='registration',
            name='registration_claimed_by_with_until',
        ),
        migrations.AddField(
            model_name='registration',
            name='claimed_at',
            field=models.DateTimeField(help_text='When the one who holds it took it.', null=True),
        ),
        migrations.AddField(
            model_name='registration',
            name='phone_index',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='registration',
            name='with_head_at',
            field=models.DateTimeField(help_text='Since when it waits for the branch head, who decides on a second return.', null=True),
        ),
    ]
