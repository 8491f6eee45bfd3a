from django.db import migrations, models

from outreach.triggers import lift


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0022_paper_pads_append_only'),
    ]

    operations = [
        lift("enrolment_decision_two_people"),
        migrations.RemoveConstraint(
            model_name='registration',
            name='registration_consent_how_known',
        ),
        migrations.AlterField(
            model_name='registration',
            name='consent_how',
            field=models.CharField(choices=[('aloud', 'read aloud to the worker'), ('self', 'read by the worker'), ('paper', 'signed on paper'), ('unknown', 'how is not recorded')], default='paper', max_length=7),
        ),
        migrations.AlterField(
            model_name='registration',
            name='guardian_agreed',
            field=models.BooleanField(default=False, help_text='Empty: of before this was asked, so nobody knows.', null=True),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(('consent_how__in', ['aloud', 'self', 'paper', 'unknown'])), name='registration_consent_how_known'),
        ),
    ]
