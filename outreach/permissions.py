"""What each role may do with the field work. `enrolment/permissions.py` says the same for the workers."""

from outreach.choices import Role

_EVENT_WORK = ("campaign", "event", "booth", "assignment", "organisation")


def _all(*models: str) -> tuple[str, ...]:
    return tuple(
        f"outreach.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")
    )


def _view(*models: str) -> tuple[str, ...]:
    return tuple(f"outreach.view_{model}" for model in models)


INVITE_ORGANISER = "outreach.invite_organiser"
INVITE_OFFICER = "outreach.invite_officer"
_INVITE = (INVITE_ORGANISER, INVITE_OFFICER)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.OFFICER: (*_view("event", "booth"),),
    Role.REVIEWER: (*_view(*_EVENT_WORK),),
    Role.HEAD: (*_all(*_EVENT_WORK), *_view("branch", "user", "auditentry"), *_INVITE),
    Role.ORGANISER: (*_view("event"),),
    Role.SYSTEM_ADMIN: (*_all("branch", "user", *_EVENT_WORK), *_INVITE),
}
