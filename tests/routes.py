"""Every address of the site, and for GET and POST the status that each person of the cast gets there.

tests/test_matrix.py holds the site against it; a route that is not declared here fails there.
"""

from django.urls import URLPattern

OFFICERS = {"officer", "colleague", "stranger"}
ORGANISERS = {"organiser", "strange_organiser"}
REVIEWERS = {"reviewer", "strange_reviewer"}
HEADS = {"head", "strange_head"}
ADMINS = {"system_admin", "strange_admin"}
STAFF = REVIEWERS | HEADS | ADMINS
STRANGERS = {"stranger", "strange_organiser", "strange_reviewer", "strange_head", "strange_admin"}
EVERYBODY = OFFICERS | ORGANISERS | STAFF

# The only addresses that answer without a login, and what they answer.
PUBLIC = {
    "healthz": 200,
    "readyz": 200,
    "account/login/": 200,
    "language/": 405,  # posted to: the choice needs no account
    "s/<str:token>/": 200,  # a state and an event, for whoever holds the receipt
    "account/signup/": 200,  # says that it is closed
    "account/inactive/": 200,
    "account/link/": 410,  # without a token, as with any that is dead
    "account/password/reset/": 200,
    "account/password/reset/done/": 200,
    "account/password/reset/key/done/": 200,
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": 200,
}


def answers(*, ok: int = 200, to: set[str], hidden: set[str], otherwise: int = 403) -> dict[str, int]:
    """404 for those from whom it is hidden, `ok` for those in `to`, else `otherwise`."""
    return {name: 404 if name in hidden else ok if name in to else otherwise for name in EVERYBODY}


def everybody(status: int) -> dict[str, int]:
    return dict.fromkeys(EVERYBODY, status)


def staff_only(status: int) -> dict[str, int]:
    return answers(ok=status, to=STAFF, hidden=OFFICERS | ORGANISERS)


def officers_only(status: int) -> dict[str, int]:
    return answers(ok=status, to=OFFICERS, hidden=STAFF | ORGANISERS)


RESET_KEY = "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
NOT_STAFF = OFFICERS | ORGANISERS
READ_ONLY = everybody(405)  # methods are judged before people
ADMIN_READ_ONLY = staff_only(405)  # in the admin, who is not staff finds nothing at all
OWN = {"to": {"officer"}, "hidden": ORGANISERS | {"colleague", "stranger"}}
BRANCH = NOT_STAFF | STRANGERS  # from whom a branch's own objects are hidden in the admin

# Whose role may not write is told so before anything is looked for.
_WRITERS = {"to": {"head", "system_admin"}, "hidden": BRANCH - {"strange_reviewer"}}
WRITTEN = (answers(**_WRITERS), answers(ok=422, **_WRITERS))

# Who stood there, or who keeps the branch's events.
_CLOSERS = {
    "to": {"officer", "head", "system_admin"},
    "hidden": ORGANISERS | (STRANGERS - {"strange_reviewer"}) | {"colleague"},
}
SHIFT = (answers(**_CLOSERS), answers(ok=422, **_CLOSERS))

_HOLDERS = {
    "to": {"officer", "reviewer", "head", "system_admin"},
    "hidden": ORGANISERS | STRANGERS | {"colleague"},
}
_PAD_MAKERS = {
    "to": {"reviewer", "head", "system_admin"},
    "hidden": ORGANISERS | (STRANGERS - {"stranger"}),
}
_PADS = (answers(**_HOLDERS), answers(ok=422, **_HOLDERS))

_BATCH = {"to": {"reviewer"}, "hidden": NOT_STAFF | {"strange_reviewer"}}

# route: (GET, POST)
ROUTES = {
    "": (everybody(302), READ_ONLY),
    "language/": (READ_ONLY, everybody(400)),
    "healthz": (everybody(200), READ_ONLY),
    "readyz": (everybody(200), READ_ONLY),
    "account/login/": (everybody(302), everybody(302)),
    "account/logout/": (everybody(200), everybody(302)),
    "account/signup/": (everybody(302), everybody(302)),
    "account/inactive/": (everybody(200), READ_ONLY),
    "account/link/": (everybody(410), everybody(410)),
    "account/password/change/": (everybody(200), everybody(200)),
    "account/reauthenticate/": (everybody(200), everybody(200)),
    # A path of allauth's; without a good key it says so, to anybody.
    RESET_KEY: (everybody(200), everybody(200)),
    "account/password/reset/": (everybody(200), everybody(200)),
    "account/password/reset/done/": (everybody(200), READ_ONLY),
    "account/password/reset/key/done/": (everybody(200), READ_ONLY),
    "account/": (everybody(200), READ_ONLY),
    "account/sessions/": (everybody(200), everybody(302)),
    "account/pin/": (officers_only(200), officers_only(422)),
    "account/switch/": (officers_only(200), READ_ONLY),
    "account/switch/other/": (READ_ONLY, officers_only(302)),
    "account/switch/<int:person_id>/": (everybody(404), everybody(404)),  # nobody is on this phone's roster
    "account/lock/": (officers_only(302), officers_only(302)),
    "account/awake/": (officers_only(204), READ_ONLY),
    "account/second-step/": (staff_only(200), ADMIN_READ_ONLY),
    "account/second-step/authenticate/": (everybody(302), everybody(302)),  # signed in already
    "account/second-step/reauthenticate/": (staff_only(302), staff_only(302)),  # no factor yet: by password
    "account/second-step/app/activate/": (staff_only(302), staff_only(302)),  # the password once more
    "account/second-step/app/deactivate/": (everybody(404), everybody(404)),
    "account/second-step/codes/": (everybody(404), answers(ok=405, to=STAFF, hidden=NOT_STAFF)),
    "account/second-step/codes/generate/": (staff_only(302), staff_only(302)),
    "account/second-step/codes/kept/": (READ_ONLY, everybody(302)),
    "events/": (everybody(200), READ_ONLY),
    "sessions/": (answers(to=OFFICERS, hidden=ORGANISERS), READ_ONLY),
    # Assigned to no open event: back to the list, which says so.
    "sessions/new/": (
        answers(to=OFFICERS, hidden=ORGANISERS) | {"colleague": 302, "stranger": 302},
        answers(ok=422, to=OFFICERS, hidden=ORGANISERS) | {"colleague": 302, "stranger": 302},
    ),
    "sessions/<uuid:session_id>/": (answers(**OWN), answers(ok=422, **OWN)),
    "booths/<int:booth_id>/greetings/": (READ_ONLY, answers(ok=303, **OWN)),
    "booths/<int:booth_id>/greetings/take-back/": (READ_ONLY, answers(ok=303, **OWN)),
    "registrations/": (answers(to=OFFICERS, hidden=ORGANISERS), READ_ONLY),
    # On duty nowhere today: back to today's page, which says so.
    "registrations/new/": (
        answers(ok=302, to=OFFICERS, hidden=ORGANISERS),
        answers(ok=422, to=OFFICERS, hidden=ORGANISERS),
    ),
    "registrations/data/<slug:digest>/": (answers(ok=404, to=OFFICERS, hidden=ORGANISERS), READ_ONLY),
    "registrations/regions/": (READ_ONLY, answers(to=OFFICERS, hidden=ORGANISERS)),
    "registrations/nik/": (READ_ONLY, answers(to=OFFICERS, hidden=ORGANISERS)),
    "registrations/drafts/": (READ_ONLY, answers(ok=422, to=OFFICERS, hidden=ORGANISERS)),
    "registrations/drafts/take/": (
        answers(to=OFFICERS, hidden=ORGANISERS),
        answers(ok=422, to=OFFICERS, hidden=ORGANISERS),
    ),
    # The sample is a draft of another day: back to today's page, which says so.
    "registrations/drafts/<uuid:submission_id>/offer/": (answers(**OWN), answers(ok=302, **OWN)),
    "registrations/drafts/<uuid:submission_id>/": (answers(**OWN), READ_ONLY),
    "registrations/drafts/<uuid:submission_id>/discard/": (
        answers(**OWN),
        answers(ok=302, **OWN),
    ),
    "registrations/<reference:reference>/": (answers(**OWN), READ_ONLY),
    "registrations/<reference:reference>/correct/": (answers(**OWN), answers(ok=422, **OWN)),
    "registrations/<reference:reference>/withdraw/": (answers(**OWN), answers(ok=422, **OWN)),
    "registrations/<reference:reference>/consent/": (answers(**OWN), answers(ok=422, **OWN)),
    "registrations/<reference:reference>/slip/": (answers(**OWN), READ_ONLY),
    # Only the answer to a POST holds the number; a look at the address leads back to the receipt.
    "registrations/<reference:reference>/whatsapp/": (answers(ok=302, **OWN), answers(**OWN)),
    "booths/<int:booth_id>/<day:day>/close/": SHIFT,
    # The pages of paper forms: an officer's own booths, the branch's events. The branch makes and prints pads.
    "paper/<slug:slug>/": (_PADS[0], READ_ONLY),
    "paper/<slug:slug>/new/": (answers(**_PAD_MAKERS), answers(ok=422, **_PAD_MAKERS)),
    "paper/pads/<uuid:pad_id>/": _PADS,
    "paper/pads/<uuid:pad_id>/print/": (answers(**_PAD_MAKERS), READ_ONLY),
    "prospects/": (answers(to=OFFICERS | REVIEWERS, hidden=ORGANISERS), READ_ONLY),
    # On duty nowhere today: back to the list, which says so.
    "prospects/new/": (answers(ok=302, to=OFFICERS, hidden=ORGANISERS),) * 2,
    "prospects/<uuid:prospect_id>/": (
        answers(to={"officer", "reviewer"}, hidden=ORGANISERS | {"colleague", "stranger", "strange_reviewer"}),
        answers(ok=422, to={"officer", "reviewer"}, hidden=ORGANISERS | {"colleague", "stranger", "strange_reviewer"}),
    ),
    "s/<str:token>/": (everybody(200), READ_ONLY),
    "admin/": (staff_only(200), staff_only(200)),
    "admin/login/": (staff_only(302), staff_only(302)),
    "admin/logout/": (staff_only(302), staff_only(307)),
    "admin/jsi18n/": (staff_only(200), ADMIN_READ_ONLY),
    "admin/^(?P<app_label>outreach|enrolment)/$": (staff_only(200), staff_only(200)),
    "admin/(?P<url>.*)$": (everybody(404), everybody(404)),
    "admin/outreach/event/<int:event_id>/move/": (
        ADMIN_READ_ONLY,
        answers(ok=302, to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/event/<int:event_id>/copy/": (
        answers(to={"head", "system_admin"}, hidden=BRANCH),
        answers(to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/event/<int:event_id>/temporary/": (
        answers(to={"head", "system_admin"}, hidden=BRANCH),
        answers(ok=422, to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/event/<int:event_id>/temporary/links/": (
        ADMIN_READ_ONLY,
        answers(ok=302, to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/organisation/<int:organisation_id>/invite/": (
        answers(to={"head", "system_admin"}, hidden=BRANCH),
        answers(to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/organisation/<int:organisation_id>/organisers/<int:person_id>/link/": (
        answers(to={"head", "system_admin"}, hidden=BRANCH),
        answers(to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/organisation/<int:organisation_id>/organisers/<int:person_id>/close/": (
        answers(to={"head", "system_admin"}, hidden=BRANCH),
        answers(ok=302, to={"head", "system_admin"}, hidden=BRANCH),
    ),
    "admin/outreach/user/<int:person_id>/link/": (
        answers(to=ADMINS, hidden=BRANCH - ADMINS),
        answers(to=ADMINS, hidden=BRANCH - ADMINS),
    ),
    "admin/outreach/coordination/": (staff_only(200), ADMIN_READ_ONLY),
    "admin/outreach/coordination/event/<slug:slug>/": (answers(to=STAFF, hidden=BRANCH), ADMIN_READ_ONLY),
    "admin/outreach/coordination/event/<slug:slug>/add/": WRITTEN,
    "admin/outreach/coordination/<uuid:coordination_id>/change/": WRITTEN,
    "admin/outreach/coordination/<uuid:coordination_id>/done/": (
        ADMIN_READ_ONLY,
        answers(ok=302, **_WRITERS),
    ),
    "admin/outreach/user/<int:person_id>/password/": (
        answers(to=ADMINS, hidden=BRANCH - ADMINS),
        answers(to=ADMINS, hidden=BRANCH - ADMINS),
    ),
    **{
        f"admin/outreach/user/<int:person_id>/{page}/": (
            answers(to=ADMINS, hidden=BRANCH - ADMINS),
            answers(ok=302, to=ADMINS, hidden=BRANCH - ADMINS),
        )
        for page in ("sessions", "second-factor")
    },
    "admin/enrolment/collectivetemplate/": (answers(to=REVIEWERS | ADMINS, hidden=NOT_STAFF), ADMIN_READ_ONLY),
    "admin/enrolment/collectivetemplate/edit/": (
        answers(to=REVIEWERS | ADMINS, hidden=NOT_STAFF),
        answers(ok=422, to=REVIEWERS | ADMINS, hidden=NOT_STAFF),
    ),
    "admin/enrolment/collectivetemplate/sample/": (
        answers(to=REVIEWERS | ADMINS, hidden=NOT_STAFF),
        ADMIN_READ_ONLY,
    ),
    "admin/enrolment/registration/": (answers(to=REVIEWERS, hidden=NOT_STAFF), ADMIN_READ_ONLY),
    "admin/enrolment/registration/search/": (
        answers(to=REVIEWERS, hidden=NOT_STAFF),
        answers(ok=422, to=REVIEWERS, hidden=NOT_STAFF),
    ),
    "admin/enrolment/registration/import/": (staff_only(200), staff_only(422)),
    "admin/enrolment/registration/counts/": (
        {**answers(ok=302, to={"reviewer", "head"}, hidden=NOT_STAFF), "strange_reviewer": 200, "strange_head": 200},
        ADMIN_READ_ONLY,
    ),
    "admin/enrolment/registration/counts/<slug:slug>/": (
        answers(to={"reviewer", "head"}, hidden=BRANCH - ADMINS),
        ADMIN_READ_ONLY,
    ),
    # Nothing ticked: said so. A look at it counts the clean ones of the list.
    "admin/enrolment/registration/bulk/": (
        answers(to={"reviewer", "strange_reviewer"}, hidden=NOT_STAFF),
        answers(ok=422, to={"reviewer", "strange_reviewer"}, hidden=NOT_STAFF),
    ),
    "admin/enrolment/registration/second-looks/": (
        answers(to={"reviewer", "strange_reviewer"}, hidden=NOT_STAFF),
        ADMIN_READ_ONLY,
    ),
    "admin/enrolment/registration/second-looks/<uuid:look_id>/": (
        answers(to={"reviewer"}, hidden=NOT_STAFF | {"strange_reviewer"}),
        answers(ok=400, to={"reviewer"}, hidden=NOT_STAFF | {"strange_reviewer"}),
    ),
    "admin/enrolment/registration/unpaid/": (answers(to=REVIEWERS, hidden=NOT_STAFF), ADMIN_READ_ONLY),
    "admin/enrolment/registration/payments/": (
        answers(to=REVIEWERS, hidden=NOT_STAFF),
        answers(ok=422, to=REVIEWERS, hidden=NOT_STAFF),
    ),
    # The sample was never approved: it has no such pages (tests/test_payments.py, tests/test_unpaid_calls.py).
    **{
        f"admin/enrolment/registration/<reference:reference>/{page}/": (
            answers(ok=404, to=REVIEWERS, hidden=NOT_STAFF),
        )
        * 2
        for page in ("participation", "call")
    },
    "admin/enrolment/registration/take/": (
        ADMIN_READ_ONLY,
        answers(ok=302, to={"reviewer", "strange_reviewer"}, hidden=NOT_STAFF),
    ),
    # Handing over. The sample batch waits for its answer; what is posted empty says what is missing.
    "admin/enrolment/batch/": (answers(to=REVIEWERS, hidden=NOT_STAFF), ADMIN_READ_ONLY),
    "admin/enrolment/batch/make/": (ADMIN_READ_ONLY, answers(ok=422, to=REVIEWERS, hidden=NOT_STAFF)),
    "admin/enrolment/batch/by-hand/": (
        answers(to=REVIEWERS, hidden=NOT_STAFF),
        answers(ok=422, to=REVIEWERS, hidden=NOT_STAFF),
    ),
    "admin/enrolment/batch/<int:number>/": (answers(**_BATCH), ADMIN_READ_ONLY),
    "admin/enrolment/batch/<int:number>/file/": (ADMIN_READ_ONLY, answers(**_BATCH)),
    "admin/enrolment/batch/<int:number>/cancel/": (ADMIN_READ_ONLY, answers(ok=422, **_BATCH)),
    "admin/enrolment/batch/<int:number>/answer/": (answers(**_BATCH), answers(ok=422, **_BATCH)),
    "admin/enrolment/registration/<reference:reference>/consent/": (
        answers(to={"reviewer"}, hidden=NOT_STAFF | {"strange_reviewer"}),
        answers(ok=422, to={"reviewer"}, hidden=NOT_STAFF | {"strange_reviewer"}),
    ),
    # A case of another branch's head does not exist for this one.
    "admin/enrolment/registration/arbitrations/": (
        answers(to=HEADS | REVIEWERS, hidden=ORGANISERS | OFFICERS),
        ADMIN_READ_ONLY,
    ),
    "admin/enrolment/registration/arbitrations/<uuid:case_id>/": (
        answers(to={"head"}, hidden=NOT_STAFF | {"strange_head"}),
        answers(ok=400, to={"head"}, hidden=NOT_STAFF | {"strange_head"}),
    ),
    # Of the branch's own chain; the head has one, and opens nobody's registration from it.
    "admin/enrolment/registration/seen/": (answers(to=HEADS, hidden=NOT_STAFF), ADMIN_READ_ONLY),
    # The sample is none of the head's to decide: they find it no more than a stranger does.
    "admin/enrolment/registration/<reference:reference>/history/": (
        answers(to={"reviewer"}, hidden=NOT_STAFF | HEADS | {"strange_reviewer"}),
        ADMIN_READ_ONLY,
    ),
    "admin/enrolment/registration/<reference:reference>/": (
        answers(to={"reviewer"}, hidden=NOT_STAFF | HEADS | {"strange_reviewer"}),
        answers(ok=400, to={"reviewer"}, hidden=NOT_STAFF | HEADS | {"strange_reviewer"}),
    ),
    "admin/enrolment/registration/for-head/": (answers(to=HEADS, hidden=NOT_STAFF), ADMIN_READ_ONLY),
}  # fmt: skip


def stock(
    name: str,
    *,
    see: set[str],
    add: set[str] = frozenset(),
    change: set[str] = frozenset(),
    hidden: set[str] = NOT_STAFF,
    history: bool = True,
) -> dict:
    """The addresses of a model in the stock admin: who sees, adds and changes. Nobody deletes, anything.

    `hidden`: from whom the sample object is hidden.
    """
    base, one = f"admin/{name}/", f"admin/{name}/<path:object_id>/"
    lists = answers(to=see, hidden=NOT_STAFF)
    adds = answers(to=add, hidden=NOT_STAFF)
    nobody = answers(to=set(), hidden=hidden)
    past = answers(to=see if history else set(), hidden=hidden if history else EVERYBODY)
    return {
        base: (lists, lists),
        f"{base}add/": (adds, adds),
        f"{one}change/": (answers(to=see, hidden=hidden), answers(to=change, hidden=hidden)),
        f"{one}history/": (past, past),
        f"{one}delete/": (nobody, nobody),
    }


KEEPERS = HEADS | ADMINS
MINE = {"head", "system_admin"}
NOT_OF_BRANCH = NOT_STAFF | STRANGERS
# The system admin looks after the people and branches of the whole agency.
NOT_OF_BRANCH_NOR_ADMIN = NOT_OF_BRANCH - ADMINS

ORGANISED = {"to": {"organiser"}, "hidden": {"strange_organiser"}}
ROUTES |= {
    # One event, so on to it; the stranger has none and is told so.
    "equipment/": ({**answers(ok=302, to={"organiser"}, hidden=set()), "strange_organiser": 200}, READ_ONLY),
    "equipment/<slug:slug>/": (answers(**ORGANISED), READ_ONLY),
    "equipment/<slug:slug>/ask/": (answers(**ORGANISED), answers(ok=422, **ORGANISED)),
    "equipment/<slug:slug>/<uuid:line_id>/": (answers(**ORGANISED), answers(ok=422, **ORGANISED)),
    # Nothing is agreed to or out: back to the event's page, which says so.
    "equipment/<slug:slug>/handover/": (answers(ok=302, **ORGANISED), answers(ok=422, **ORGANISED)),
    "equipment/<slug:slug>/return/": (answers(ok=302, **ORGANISED), answers(ok=422, **ORGANISED)),
}
for way in ("handover", "return"):
    ROUTES[f"admin/outreach/equipmentline/event/<slug:slug>/{way}/"] = (
        answers(ok=302, to=MINE, hidden=NOT_OF_BRANCH),
        answers(ok=422, to=MINE, hidden=NOT_OF_BRANCH),
    )
ROUTES |= stock("outreach/equipmentitem", see=STAFF, add=KEEPERS, change=MINE, hidden=NOT_OF_BRANCH)
ROUTES |= stock("outreach/equipmentline", see=STAFF, change=MINE, hidden=NOT_OF_BRANCH, history=False)
line = "admin/outreach/equipmentline/<path:object_id>/change/"
ROUTES[line] = (ROUTES[line][0], answers(ok=422, to=MINE, hidden=NOT_OF_BRANCH))
ROUTES |= stock("outreach/event", see=STAFF, add=KEEPERS, change=MINE, hidden=NOT_OF_BRANCH)
ROUTES |= stock("outreach/organisation", see=STAFF, add=KEEPERS, change=MINE, hidden=NOT_OF_BRANCH)
# A campaign belongs to no branch: all see it, those whose branch uses it change it.
ROUTES |= stock("outreach/campaign", see=STAFF, add=KEEPERS, change=MINE)
ROUTES |= stock("outreach/user", see=KEEPERS, add=ADMINS, change=ADMINS, hidden=NOT_OF_BRANCH_NOR_ADMIN)
ROUTES |= stock("outreach/branch", see=KEEPERS, add=ADMINS, change=ADMINS, hidden=NOT_OF_BRANCH_NOR_ADMIN)
ROUTES |= stock("outreach/auditentry", see=HEADS, hidden=NOT_OF_BRANCH, history=False)
ROUTES |= stock("outreach/outreachsession", see=STAFF, change=MINE, hidden=NOT_OF_BRANCH)
# The one thing that is deleted: a session that two officers entered.
ROUTES["admin/outreach/outreachsession/<path:object_id>/delete/"] = (
    answers(to=MINE, hidden=NOT_OF_BRANCH),
) * 2
ROUTES |= stock("enrolment/jobtype", see=STAFF)
for name in ("contributionschedule", "relief"):
    ROUTES |= stock(f"enrolment/{name}", see=STAFF, add=ADMINS)
    one = f"admin/enrolment/{name}/add/"
    ROUTES[one] = (ROUTES[one][0], answers(ok=422, to=ADMINS, hidden=NOT_STAFF))
ROUTES["admin/enrolment/relief/<int:relief_id>/retire/"] = (
    answers(to=ADMINS, hidden=NOT_STAFF),
    answers(ok=409, to=ADMINS, hidden=NOT_STAFF),
)
ROUTES |= stock("enrolment/consenttext", see=STAFF, add=ADMINS)
ROUTES |= stock("enrolment/consentwithdrawal", see=REVIEWERS, hidden=EVERYBODY - {"reviewer"})


def walk(resolver, prefix: str = ""):
    """Every address of the site as it is written in the urls."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)
        else:
            yield from walk(pattern, prefix + str(pattern.pattern))
