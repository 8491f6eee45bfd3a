"""Allowed values and allowed moves of the field work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Who somebody is here. What a role may do stands in each app's permissions.py."""

    OFFICER = "officer", _("Field officer")
    REVIEWER = "reviewer", _("Reviewer")
    HEAD = "head", _("Branch head")
    ORGANISER = "organiser", _("Organiser")
    SYSTEM_ADMIN = "system_admin", _("System admin")


DEMO_ACCOUNTS = ("petugas", "verifikator", "kepala", "karangtaruna", "admin")
"""Made by seed_demo, with a password that is written in the README; a production refuses them."""

STAFF_ROLES = (Role.REVIEWER, Role.HEAD, Role.SYSTEM_ADMIN)
"""The roles that work in the Django admin."""


class EventState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


EVENT_MOVES = {
    EventState.PLANNED: (EventState.OPEN,),
    EventState.OPEN: (EventState.CLOSED,),
    EventState.CLOSED: (),
}
"""planned → open → closed; it closes when every booth is reconciled."""
