import django.db.models.deletion
from django.db import migrations, models


def empty(apps, schema_editor):
    """Of a prospect who is closed nobody can have a guessed name confirmed any more."""
    prospects = apps.get_model("enrolment", "Prospect").objects
    prospects.filter(closed_at__isnull=False).update(digest=None)


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0024_say_not_recorded'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='prospect',
            name='prospect_closed_is_empty',
        ),
        migrations.AddField(
            model_name='draft',
            name='prospect',
            field=models.ForeignKey(help_text='Whose form this is. Only who may see a prospect begins one; a handed-over draft keeps it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='enrolment.prospect'),
        ),
        migrations.AlterField(
            model_name='prospect',
            name='digest',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.RunPython(empty, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='prospect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('digest__isnull', False), ('full_name__isnull', False), ('phone__isnull', False)), models.Q(('closed_at__isnull', False), ('digest__isnull', True), ('full_name__isnull', True), ('note__isnull', True), ('phone__isnull', True)), _connector='OR'), name='prospect_closed_is_empty'),
        ),
    ]
