import django.db.models.deletion
from django.db import migrations, models

from outreach.triggers import append_only_again


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0044_payments_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='participationentry',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='enrolment.participationentry'),
        ),
        migrations.AddConstraint(
            model_name='participationentry',
            constraint=models.CheckConstraint(condition=models.Q(('replaces__isnull', True), models.Q(('kind', 'later'), ('reason__isnull', False)), _connector='OR'), name='entry_replaces_a_later_payment'),
        ),
        append_only_again("enrolment_participationentry"),
    ]
