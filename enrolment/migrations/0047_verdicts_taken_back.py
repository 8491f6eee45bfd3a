from importlib import import_module

from django.db import migrations, models

import outreach.sealed
from outreach.triggers import again


class Migration(migrations.Migration):
    """Why a head took a verdict back; and the cases that were answered lately, by an index."""

    dependencies = [('enrolment', '0046_participant_number_index')]

    operations = [
        migrations.AddField('twinverdict', 'end_reason', outreach.sealed.SealedField('verdict.end_reason', null=True)),
        migrations.AddConstraint(
            'twinverdict',
            models.CheckConstraint(
                condition=models.Q(end_reason__isnull=True) | models.Q(ended_at__isnull=False),
                name='twin_verdict_end_reason_of_an_ended_one',
            ),
        ),
        migrations.AddIndex('arbitration', models.Index(fields=['closed_at'], name='arbitration_closed')),
        *again(import_module('enrolment.migrations.0036_twin_verdicts_stay').Migration.operations),
    ]
