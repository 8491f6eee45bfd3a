from importlib import import_module

from django.db import migrations, models

from outreach.triggers import again, lift


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0028_fill_columns'),
    ]

    operations = [
        lift("enrolment_decision_two_people"),
        migrations.AlterField(
            model_name='registration',
            name='phone_index',
            field=models.BinaryField(max_length=32),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['phone_index'], name='registration_by_phone'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_at__isnull', True), ('claimed_by__isnull', True), ('claimed_until__isnull', True)), models.Q(('claimed_at__isnull', False), ('claimed_by__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='registration_claimed_by_with_until'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(('with_head_at__isnull', True), ('state', 'submitted'), _connector='OR'), name='registration_with_head_is_submitted'),
        ),
        *again(import_module("enrolment.migrations.0002_triggers").Migration.operations),
    ]
