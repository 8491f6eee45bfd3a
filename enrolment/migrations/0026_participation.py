import django.db.models.deletion
import outreach.sealed
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0025_draft_prospect_digest'),
        ('outreach', '0007_allowance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('stage', models.CharField(choices=[('waiting', 'to be handed over'), ('in_batch', 'in a batch'), ('accepted', 'in the core system, not paid yet'), ('refused', 'refused by the core system'), ('paid', 'paid'), ('card', 'has the card')], default='waiting', max_length=8, verbose_name='stage')),
                ('approved_at', models.DateTimeField(verbose_name='approved')),
                ('accepted_at', models.DateTimeField(null=True)),
                ('billing_code', outreach.sealed.SealedField('participation.billing_code', null=True)),
                ('participant_number', outreach.sealed.SealedField('participation.participant_number', null=True)),
                ('paid_on', models.DateField(null=True, verbose_name='first payment')),
                ('paid_months', models.PositiveSmallIntegerField(null=True)),
                ('paid_at', models.DateTimeField(null=True)),
                ('card_at', models.DateTimeField(null=True)),
                ('call_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(help_text='When the registration left the state approved.', null=True)),
            ],
            options={
                'verbose_name': 'participation',
                'verbose_name_plural': 'participations',
            },
        ),
        migrations.AddField(
            model_name='participation',
            name='accepted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='participation',
            name='approval',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='participation', to='enrolment.decision'),
        ),
        migrations.AddField(
            model_name='participation',
            name='branch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.branch'),
        ),
        migrations.AddField(
            model_name='participation',
            name='card_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='participation',
            name='event',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.event'),
        ),
        migrations.AddField(
            model_name='participation',
            name='paid_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='participation',
            name='registration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='enrolment.registration'),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['branch', 'stage', 'approved_at', 'id'], name='participation_by_stage'),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(fields=['event', 'approved_at'], name='participation_by_event'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('registration',), name='participation_one_live_a_registration'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['waiting', 'in_batch', 'accepted', 'refused', 'paid', 'card'])), name='participation_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='participation_accepted_at_with_by'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('stage__in', ('accepted', 'paid', 'card'))), models.Q(models.Q(('stage__in', ('accepted', 'paid', 'card')), _negated=True), ('accepted_at__isnull', True)), _connector='OR'), name='participation_accepted_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_at__isnull', True), ('paid_by__isnull', True)), models.Q(('paid_at__isnull', False), ('paid_by__isnull', False)), _connector='OR'), name='participation_paid_at_with_by'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_at__isnull', False), ('paid_months__in', (1, 2, 3, 6, 12)), ('paid_months__isnull', False), ('paid_on__isnull', False), ('stage__in', ('paid', 'card'))), models.Q(models.Q(('stage__in', ('paid', 'card')), _negated=True), ('paid_at__isnull', True), ('paid_months__isnull', True), ('paid_on__isnull', True)), _connector='OR'), name='participation_paid_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('card_at__isnull', True), ('card_by__isnull', True)), models.Q(('card_at__isnull', False), ('card_by__isnull', False)), _connector='OR'), name='participation_card_at_with_by'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('card_at__isnull', False), ('stage', 'card')), models.Q(models.Q(('stage', 'card'), _negated=True), ('card_at__isnull', True)), _connector='OR'), name='participation_card_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage', 'refused'), _negated=True), ('ended_at__isnull', False), _connector='OR'), name='participation_refused_is_ended'),
        ),
    ]
