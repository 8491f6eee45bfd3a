from django.db import migrations

from outreach.triggers import append_only, refuse

_ROW, _BATCH = "enrolment_batchrow", "enrolment_batch"


class Migration(migrations.Migration):
    dependencies = [('enrolment', '0041_batches')]

    operations = [
        *append_only("enrolment_handentry"),
        refuse(_ROW, name=f"{_ROW}_no_delete", event="DELETE", message=f"{_ROW} is append-only"),
        refuse(
            _ROW,
            name=f"{_ROW}_stays",
            event="UPDATE OF id, batch_id, position, registration_id, participation_id, version",
            message="what is in a batch stays as it was",
        ),
        refuse(
            _ROW,
            name=f"{_ROW}_over_is_over",
            event="UPDATE",
            when="NOT OLD.live",
            message="this batch is over for its rows",
        ),
        refuse(_BATCH, name=f"{_BATCH}_no_delete", event="DELETE", message=f"{_BATCH} is append-only"),
        refuse(
            _BATCH,
            name=f"{_BATCH}_over_is_over",
            event="UPDATE",
            when="OLD.read_back_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL",
            message="this batch is over",
        ),
        refuse(
            _BATCH,
            name=f"{_BATCH}_stays",
            event="UPDATE OF id, branch_id, number, edition_id, created_at, created_by_id",
            message="what a batch is stays as it was",
        ),
    ]
