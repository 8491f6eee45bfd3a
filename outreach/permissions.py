"""What each role may do with the field work. `enrolment/permissions.py` says the same for the workers."""

from outreach.choices import Role

VIEW_EQUIPMENT = "outreach.view_equipmentline"
ASK_EQUIPMENT = "outreach.add_equipmentline"  # the organiser's side: asks, and signs for what came and went
ANSWER_EQUIPMENT = "outreach.change_equipmentline"  # the branch's side
INVITE_ORGANISER = "outreach.invite_organiser"
INVITE_OFFICER = "outreach.invite_officer"
GREET = "outreach.add_greeting"
CLOSE_BOOTH = "outreach.add_boothreconciliation"  # the end of a shift
ENTER_SESSIONS = "outreach.add_outreachsession"
SEE_WHO_SAW = "outreach.view_auditentry"
VIEW_COORDINATION, WRITE_COORDINATION = "outreach.view_coordination", "outreach.change_coordination"

_EVENT_WORK = ("campaign", "event", "booth", "assignment", "organisation")
_EQUIPMENT = ("equipmentitem", "equipmentline")


def _all(*models: str) -> tuple[str, ...]:
    return tuple(
        f"outreach.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")
    )


def _view(*models: str) -> tuple[str, ...]:
    return tuple(f"outreach.view_{model}" for model in models)


_INVITE = (INVITE_ORGANISER, INVITE_OFFICER)
_KEEP_EQUIPMENT = (*_all("equipmentitem"), VIEW_EQUIPMENT, ANSWER_EQUIPMENT)
# What was done in the field: officers write, the keepers of the branch put right.
_PUT_RIGHT = (
    "outreach.view_outreachsession",
    "outreach.change_outreachsession",
    "outreach.delete_outreachsession",
    VIEW_COORDINATION,
    WRITE_COORDINATION,
)
_KEEPER = (*_all(*_EVENT_WORK), *_INVITE, *_KEEP_EQUIPMENT, *_PUT_RIGHT, CLOSE_BOOTH)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.OFFICER: (*_view("event", "booth", "outreachsession"), ENTER_SESSIONS, GREET, CLOSE_BOOTH),
    Role.REVIEWER: (*_view(*_EVENT_WORK, *_EQUIPMENT, "outreachsession", "coordination"),),
    Role.HEAD: (*_KEEPER, *_view("branch", "user", "auditentry")),
    Role.ORGANISER: (*_view("event"), VIEW_EQUIPMENT, ASK_EQUIPMENT),
    Role.SYSTEM_ADMIN: (*_KEEPER, *_all("branch", "user")),
}
