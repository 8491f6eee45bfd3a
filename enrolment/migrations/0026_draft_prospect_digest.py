import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0024_say_not_recorded'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='prospect',
            field=models.ForeignKey(help_text='Whose form this is. Only who may see a prospect begins one; a handed-over draft keeps it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='enrolment.prospect'),
        ),
    ]
