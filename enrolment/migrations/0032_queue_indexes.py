import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BEGUN_BY_ANOTHER = ("booth", "branch", "decided_by", "event", "officer")


def drop_prefixes(apps, schema_editor):
    """The indexes of these foreign keys, by the names that Django gave them: an AlterField would make SQLite build the
    table anew, without its triggers."""
    model = apps.get_model("enrolment", "Registration")
    for name in BEGUN_BY_ANOTHER:
        index = schema_editor._create_index_name(model._meta.db_table, [f"{name}_id"])
        schema_editor.execute(schema_editor._delete_index_sql(model, index))


def make_prefixes(apps, schema_editor):
    model = apps.get_model("enrolment", "Registration")
    for name in BEGUN_BY_ANOTHER:
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field(name)]))


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0031_fill_search_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='registration',
            name='registration_by_event',
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['event', 'state', 'received_at', 'id'], name='registration_of_event'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['booth', 'state', 'received_at', 'id'], name='registration_of_booth'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['officer', 'state', 'received_at', 'id'], name='registration_of_officer'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['branch', 'package', 'state', 'received_at', 'id'], name='registration_of_package'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['branch', 'sector', 'state', 'received_at', 'id'], name='registration_of_sector'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(condition=models.Q(('warnings', []), _negated=True), fields=['branch', 'state', 'received_at', 'id'], name='registration_with_warnings'),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='registration',
                    name='booth',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.booth', verbose_name='booth'),
                ),
                migrations.AlterField(
                    model_name='registration',
                    name='branch',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.branch'),
                ),
                migrations.AlterField(
                    model_name='registration',
                    name='decided_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='registration',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.event', verbose_name='event'),
                ),
                migrations.AlterField(
                    model_name='registration',
                    name='officer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='officer'),
                ),
            ],
            database_operations=[migrations.RunPython(drop_prefixes, make_prefixes)],
        ),
    ]
