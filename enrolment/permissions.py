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
# Paper pads: printed by the branch, accounted for by who holds the sheets, taken back by the head.
MAKE_PADS, VIEW_PADS = "enrolment.add_paperpad", "enrolment.view_paperpad"
VOID_SHEETS, TAKE_BACK_VOIDS = "enrolment.add_sheetvoid", "enrolment.change_sheetvoid"
# What was returned twice, and twins of two branches, are the head's to decide.
DECIDE_FOR_HEAD, ARBITRATE = "enrolment.decide_for_head", "enrolment.arbitrate"
# Approved ones: into the core system, and until they have paid.
HAND_OVER, FOLLOW_PAYMENT = "enrolment.add_batch", "enrolment.change_participation"
EDIT_TEMPLATE = "enrolment.add_collectivetemplate"

_REFERENCE_DATA = ("jobtype", "contributionschedule", "bracket", "relief", "consenttext")


def _view(*models: str) -> tuple[str, ...]:
    return tuple(f"enrolment.view_{model}" for model in models)


_KEEP_PADS = (MAKE_PADS, VIEW_PADS, VOID_SHEETS)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.OFFICER: (REGISTER, VIEW, NOTE_PROSPECTS, VIEW_PROSPECTS, CALL_PROSPECTS, VIEW_PADS, VOID_SHEETS),
    Role.REVIEWER: (
        VIEW,
        REVIEW,
        IMPORT,
        COUNT,
        VIEW_PROSPECTS,
        CALL_PROSPECTS,
        HAND_OVER,
        FOLLOW_PAYMENT,
        EDIT_TEMPLATE,
        *_KEEP_PADS,
        *_view("consentwithdrawal", *_REFERENCE_DATA),
    ),
    Role.HEAD: (
        COUNT,
        IMPORT,
        DECIDE_FOR_HEAD,
        ARBITRATE,
        *_KEEP_PADS,
        TAKE_BACK_VOIDS,
        *_view(*_REFERENCE_DATA),
    ),
    Role.SYSTEM_ADMIN: (
        IMPORT,
        ADD_CONSENT_TEXT,
        ADD_SCHEDULE,
        ADD_RELIEF,
        EDIT_TEMPLATE,
        *_KEEP_PADS,
        *_view(*_REFERENCE_DATA),
    ),
}
"""The system admin may import a file for the branch (it shows row numbers and codes, no person), so that a branch
with two reviewers need not spend one of them on typing: whoever entered a row may not decide on it."""
