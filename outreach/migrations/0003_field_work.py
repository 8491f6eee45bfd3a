
import django.db.models.deletion
import outreach.sealed
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outreach', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coordination',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('office', models.CharField(max_length=120, verbose_name='office')),
                ('letter_number', models.CharField(blank=True, max_length=60, verbose_name='letter number')),
                ('person', outreach.sealed.SealedField('coordination.person', null=True)),
                ('outcome', outreach.sealed.SealedField('coordination.outcome')),
                ('next_step', outreach.sealed.SealedField('coordination.next_step', null=True)),
                ('due_on', models.DateField(null=True, verbose_name='due')),
                ('digest', models.BinaryField(max_length=32)),
                ('entered_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coordinations', to='outreach.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'coordination',
                'verbose_name_plural': 'coordination',
                'ordering': ('-day', '-entered_at'),
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True), ('due_on__isnull', False)), fields=['due_on', 'id'], name='coordination_open_steps')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', True), ('next_step__isnull', True)), models.Q(('due_on__isnull', False), ('next_step__isnull', False)), _connector='OR'), name='coordination_next_step_with_due'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='coordination_done_at_with_by'), models.CheckConstraint(condition=models.Q(('done_at__isnull', True), ('next_step__isnull', False), _connector='OR'), name='coordination_done_is_a_step')],
            },
        ),
        migrations.CreateModel(
            name='Greeting',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('booth', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='greetings', to='outreach.booth', verbose_name='booth')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='officer')),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.greeting')),
            ],
            options={
                'verbose_name': 'greeting',
                'verbose_name_plural': 'greetings',
                'ordering': ('booth', 'at'),
                'indexes': [models.Index(fields=['booth', 'day', 'undoes'], name='greeting_by_booth_and_day')],
            },
        ),
        migrations.CreateModel(
            name='OutreachSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField(verbose_name='started')),
                ('place', models.CharField(max_length=160, verbose_name='place')),
                ('topic', models.CharField(max_length=160, verbose_name='topic')),
                ('people_reached', models.PositiveIntegerField(verbose_name='people reached')),
                ('entered_at', models.DateTimeField(verbose_name='entered')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='outreach.event', verbose_name='event')),
                ('speaker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='speaker')),
            ],
            options={
                'verbose_name': 'outreach session',
                'verbose_name_plural': 'outreach sessions',
                'ordering': ('-starts_at', 'id'),
                'indexes': [models.Index(fields=['event', 'starts_at'], name='outreachsession_by_event')],
                'constraints': [models.CheckConstraint(condition=models.Q(('people_reached__gte', 0), ('people_reached__lte', 10000)), name='outreachsession_people_plausible', violation_error_code='people', violation_error_message='One session reaches at most 10,000 people. Check the number.')],
            },
        ),
    ]
