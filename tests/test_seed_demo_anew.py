"""The demo on a database that has none, or an older one."""

import pytest
from django.core.management import CommandError, call_command

from enrolment.management.commands.seed_demo import ACCOUNTS
from outreach.choices import DEMO_ACCOUNTS
from outreach.management import demo_equipment
from outreach.models import EquipmentItem, EquipmentLine, Event, User


def test_equipment_of_a_closed_event_is_not_made(db, monkeypatch):
    """A demo that was loaded before there was equipment, and closed by hand since."""
    with monkeypatch.context() as earlier:
        earlier.setattr(demo_equipment, "load", lambda *args, **kwargs: None)
        call_command("seed_demo")
    Event.objects.update(state="closed")
    call_command("seed_demo")
    assert (EquipmentItem.objects.count(), EquipmentLine.objects.count()) == (10, 0)


def test_without_demo_there_are_no_known_passwords(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert User.objects.count() == 0


def test_the_checks_know_the_demos_accounts():
    assert tuple(ACCOUNTS) == DEMO_ACCOUNTS
