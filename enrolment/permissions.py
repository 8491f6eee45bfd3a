"""What each role may do with registrations. An organiser may do nothing here, ever."""

from outreach.choices import Role

REGISTER = "enrolment.add_registration"
REVIEW = "enrolment.review_registration"
IMPORT = "enrolment.import_registration"
COUNT = "enrolment.view_counts"
VIEW = "enrolment.view_registration"
ADD_CONSENT_TEXT = "enrolment.add_consenttext"
ADD_SCHEDULE, ADD_RELIEF = "enrolment.add_contributionschedule", "enrolment.add_relief"
NOTE_PROSPECTS = "enrolment.add_prospect"
VIEW_PROSPECTS, CALL_PROSPECTS = "enrolment.view_prospect", "enrolment.change_prospect"

_REFERENCE_DATA = ("jobtype", "contributionschedule", "bracket", "relief", "consenttext")


def _view(*models: str) -> tuple[str, ...]:
    return tuple(f"enrolment.view_{model}" for model in models)


ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.OFFICER: (REGISTER, VIEW, NOTE_PROSPECTS, VIEW_PROSPECTS, CALL_PROSPECTS),
    Role.REVIEWER: (
        VIEW,
        REVIEW,
        IMPORT,
        COUNT,
        VIEW_PROSPECTS,
        CALL_PROSPECTS,
        *_view("consentwithdrawal", *_REFERENCE_DATA),
    ),
    Role.HEAD: (COUNT, IMPORT, *_view(*_REFERENCE_DATA)),
    Role.SYSTEM_ADMIN: (IMPORT, ADD_CONSENT_TEXT, ADD_SCHEDULE, ADD_RELIEF, *_view(*_REFERENCE_DATA)),
}
"""The system admin may import a file for the branch (it shows row numbers and codes, no person), so that a branch
with two reviewers need not spend one of them on typing: whoever entered a row may not decide on it."""
