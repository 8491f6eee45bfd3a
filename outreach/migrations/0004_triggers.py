from django.db import migrations

from outreach.triggers import append_only, append_only_again, refuse

NOT_ITS_OWN_TAP = """
    NEW.undoes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM outreach_greeting g WHERE g.id = NEW.undoes_id AND g.undoes_id IS NULL
        AND g.booth_id = NEW.booth_id AND g.day = NEW.day AND g.officer_id = NEW.officer_id)
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0003_people_equipment_field_work")]

    operations = [
        append_only_again("outreach_auditentry"),
        *append_only("outreach_equipmentmove"),
        *append_only("outreach_handoverrecord"),
        refuse(
            "outreach_equipmentline",
            name="outreach_equipmentline_origin_stays",
            event="UPDATE OF event_id, item_id, asked_at, asked_by_id",
            when=(
                "NEW.event_id <> OLD.event_id OR NEW.item_id <> OLD.item_id"
                " OR NEW.asked_at <> OLD.asked_at OR NEW.asked_by_id <> OLD.asked_by_id"
            ),
            message="event, item and origin of an equipment line stay",
        ),
        *append_only("outreach_greeting"),
        refuse(
            "outreach_greeting",
            name="outreach_greeting_undoes_its_own",
            event="INSERT",
            when=NOT_ITS_OWN_TAP,
            message="only an own tap of the same booth and day is taken back",
        ),
    ]
