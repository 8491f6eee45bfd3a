from django.db import migrations

from outreach.triggers import append_only, refuse

TWO_PEOPLE = """
    NEW.target IN ('approved', 'returned', 'rejected') AND EXISTS (
        SELECT 1 FROM enrolment_registration r WHERE r.id = NEW.registration_id
        AND (NEW.by_id IS NULL OR NEW.by_id = r.officer_id OR NEW.by_id = r.entered_by_id))
"""


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0001_initial")]

    operations = [
        *append_only("enrolment_decision"),
        refuse(
            "enrolment_decision",
            name="enrolment_decision_two_people",
            event="INSERT",
            when=TWO_PEOPLE,
            message="who registered or typed may not decide",
        ),
        refuse(
            "enrolment_registration",
            name="enrolment_registration_origin_stays",
            event="UPDATE OF officer_id, entered_by_id, submission_id, reference",
            when=(
                "NEW.officer_id <> OLD.officer_id OR NEW.entered_by_id <> OLD.entered_by_id"
                " OR NEW.submission_id <> OLD.submission_id OR NEW.reference <> OLD.reference"
            ),
            message="officer, typist, id and reference of a registration stay",
        ),
    ]
