from importlib import import_module

from django.db import migrations, models

index_numbers = import_module("enrolment.migrations.0046_participant_number_index").index_numbers


class Migration(migrations.Migration):
    """A participant number always has its index. Those that were written down while 0046 ran get theirs here."""

    dependencies = [('enrolment', '0047_verdicts_taken_back')]

    operations = [
        migrations.RunPython(index_numbers, migrations.RunPython.noop),
        migrations.AddConstraint(
            'participation',
            models.CheckConstraint(
                condition=models.Q(participant_number__isnull=True, number_index__isnull=True)
                | models.Q(participant_number__isnull=False, number_index__isnull=False),
                name='participation_number_is_indexed',
            ),
        ),
    ]
