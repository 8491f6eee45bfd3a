from django.db import migrations

from enrolment.entry import name_words, word_index
from outreach import crypto

CHUNK = 2000


def index_names(apps, schema_editor):
    """Nobody sees what is opened here. Needs the keys. A name that is not there any more has no words."""
    words = apps.get_model("enrolment", "SearchWord")
    rows = apps.get_model("enrolment", "Registration").objects.order_by("pk")
    chunk = []
    for pk, token, branch, received_at in rows.values_list("pk", "full_name", "branch", "received_at").iterator(
        chunk_size=CHUNK
    ):
        if not token:
            continue
        name = crypto.unseal(bytes(token), context=f"registration.full_name|{pk}")
        chunk += [
            words(registration_id=pk, word_index=word_index(word), branch_id=branch, received_at=received_at)
            for word in sorted(name_words(name))
        ]
        if len(chunk) >= CHUNK:
            words.objects.bulk_create(chunk)
            chunk = []
    words.objects.bulk_create(chunk)


class Migration(migrations.Migration):
    dependencies = [('enrolment', '0030_search_words')]

    operations = [migrations.RunPython(index_names, migrations.RunPython.noop, elidable=True)]
