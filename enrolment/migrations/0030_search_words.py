import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0029_registration_columns_hold'),
        ('outreach', '0007_allowance'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('pk', models.CompositePrimaryKey('registration_id', 'word_index', blank=True, editable=False, primary_key=True, serialize=False)),
                ('registration', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='search_words', to='enrolment.registration')),
                ('word_index', models.BinaryField(max_length=32)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.branch')),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['branch', 'word_index', 'received_at', 'registration'], name='search_word_in_order')],
            },
        ),
    ]
