from uuid import uuid4

from django.db import migrations
from django.db.models import OuterRef, Subquery

from enrolment.entry import phone_index
from outreach import crypto

CHUNK = 2000


def index_phones(apps, schema_editor):
    """Nobody sees what is opened here. Needs the keys."""
    rows = apps.get_model("enrolment", "Registration").objects
    chunk = []
    for pk, token in rows.order_by("pk").values_list("pk", "phone").iterator(chunk_size=CHUNK):
        phone = crypto.unseal(bytes(token), context=f"registration.phone|{pk}")
        chunk.append(rows.model(pk=pk, phone_index=phone_index(phone)))
        if len(chunk) == CHUNK:
            rows.bulk_update(chunk, ["phone_index"])
            chunk = []
    rows.bulk_update(chunk, ["phone_index"])


def end_claims(apps, schema_editor):
    """They run out in ten minutes anyway."""
    rows = apps.get_model("enrolment", "Registration").objects
    rows.filter(claimed_by__isnull=False).update(claimed_by=None, claimed_until=None)


def begin_participations(apps, schema_editor):
    """Of what was approved before there were any: begun by its approval."""
    decisions = apps.get_model("enrolment", "Decision").objects
    approvals = decisions.filter(registration=OuterRef("pk"), target="approved").order_by("-number")
    rows = (
        apps.get_model("enrolment", "Registration")
        .objects.filter(state="approved")
        .annotate(approval=Subquery(approvals.values("pk")[:1]), approved=Subquery(approvals.values("at")[:1]))
        .values_list("pk", "branch_id", "event_id", "approval", "approved")
        .order_by("pk")
    )
    participations = apps.get_model("enrolment", "Participation").objects
    chunk = []
    for registration, branch, event, approval, at in rows.iterator(chunk_size=CHUNK):
        chunk.append(
            participations.model(
                id=uuid4(),
                registration_id=registration,
                branch_id=branch,
                event_id=event,
                approval_id=approval,
                approved_at=at,
            )
        )
        if len(chunk) == CHUNK:
            participations.bulk_create(chunk)
            chunk = []
    participations.bulk_create(chunk)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0027_registration_columns")]

    operations = [
        migrations.RunPython(index_phones, migrations.RunPython.noop),
        migrations.RunPython(end_claims, migrations.RunPython.noop),
        migrations.RunPython(begin_participations, migrations.RunPython.noop),
    ]
