from django.db import migrations

from outreach.triggers import append_only, refuse


class Migration(migrations.Migration):
    dependencies = [("outreach", "0004_equipment")]

    operations = [
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
    ]
