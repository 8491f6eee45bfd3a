"""What each role may do with the field work. `enrolment/permissions.py` says the same for the workers."""

from outreach.choices import Role

GREET = "outreach.add_greeting"
ENTER_SESSIONS = "outreach.add_outreachsession"
VIEW_COORDINATION, WRITE_COORDINATION = "outreach.view_coordination", "outreach.change_coordination"

_EVENT_WORK = ("campaign", "event", "booth", "assignment", "organisation")


def _all(*models: str) -> tuple[str, ...]:
    return tuple(
        f"outreach.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")
    )


def _view(*models: str) -> tuple[str, ...]:
    return tuple(f"outreach.view_{model}" for model in models)


# What was done in the field: officers write, the keepers of the branch put right.
_KEPT = (
    "outreach.view_outreachsession",
    "outreach.change_outreachsession",
    "outreach.delete_outreachsession",
    VIEW_COORDINATION,
    "outreach.add_coordination",
    WRITE_COORDINATION,
)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.OFFICER: (*_view("event", "booth", "outreachsession"), ENTER_SESSIONS, GREET),
    Role.REVIEWER: (*_view(*_EVENT_WORK, "outreachsession", "coordination"),),
    Role.HEAD: (*_all(*_EVENT_WORK), *_view("branch", "user", "auditentry"), *_KEPT),
    Role.ORGANISER: (*_view("event"),),
    Role.SYSTEM_ADMIN: (*_all("branch", "user", *_EVENT_WORK), *_KEPT),
}
