from django.db import migrations

from outreach.triggers import append_only, refuse

NOT_ITS_OWN_TAP = """
    NEW.undoes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM outreach_greeting g WHERE g.id = NEW.undoes_id AND g.undoes_id IS NULL
        AND g.booth_id = NEW.booth_id AND g.day = NEW.day AND g.officer_id = NEW.officer_id)
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0003_field_work")]

    operations = [
        *append_only("outreach_greeting"),
        refuse(
            "outreach_greeting",
            name="outreach_greeting_undoes_its_own",
            event="INSERT",
            when=NOT_ITS_OWN_TAP,
            message="only an own tap of the same booth and day is taken back",
        ),
    ]
