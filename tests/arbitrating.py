"""What the tests of twins share: a pair in one branch, and one in two."""

from enrolment.actions import arbitrations
from enrolment.models import Arbitration, Registration
from tests import factories
from tests.reviewing import WHO


def other_event(cast):
    """Of the other branch, where its officer stands."""
    return factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )


def theirs(cast, **changes) -> dict:
    """What a registration of the other branch is made of."""
    return {"by": cast.stranger, **WHO, "event": "bazar-lain", "officer": "orang_lain", **changes}


def approved_here(cast, **changes) -> tuple[Registration, Registration]:
    """This branch has approved a worker whom the other one wants to approve too."""
    other_event(cast)
    first = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    return first, factories.submitted(**theirs(cast, **changes))


def asked(cast, **changes) -> Arbitration:
    """And has asked this branch's head."""
    _first, second = approved_here(cast, **changes)
    return arbitrations.ask(by=cast.strange_reviewer, registration=second)
