"""The filters of the reviewer's queue as links: each leads to the same queue with one choice changed, and works
without a script."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolment.choices import Package, Sector, State
from enrolment.queries import queue as queues
from enrolment.queries.queue_filters import CLEAN, TWIN, WARNED, WARNING_CODES, Filters, Offered
from outreach.templatetags.formats import days

SHOWN_STATES = {
    State.SUBMITTED: gettext_lazy("Waiting"),
    State.RETURNED: gettext_lazy("Returned"),
    State.APPROVED: gettext_lazy("Approved"),
    State.REJECTED: gettext_lazy("Rejected"),
    State.WITHDRAWN: gettext_lazy("Withdrawn"),
    State.LAPSED: gettext_lazy("Lapsed"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to the queue, or what it shows already."""

    word: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The choices of one filter, "all" first."""

    title: str
    choices: list[Choice]


def address(filters: Filters, **mark: str) -> str:
    """The queue as it is filtered, at a mark."""
    return _address(reverse("admin:enrolment_registration_changelist"), filters.query() | mark)


def _address(base: str, query: dict[str, str]) -> str:
    return f"{base}?{urlencode(query)}" if query else base


def states(filters: Filters) -> list[Choice]:
    """The queue, and the ways to look back."""
    return [
        Choice(word, address(replace(filters, state=state)), filters.state == state)
        for state, word in SHOWN_STATES.items()
    ]


def groups(offered: Offered) -> list[Group]:
    """One a filter that has something to choose from."""
    filters = offered.filters
    flags = [
        (CLEAN, _("clean")),
        (WARNED, _("has a warning")),
        (TWIN, _("twin")),
        *((code, queues.chips([code])[0].word) for code in WARNING_CODES),
    ]
    events = [(event, f"{event.name}, {days(event)}") for event in offered.events]
    booths = [(booth, _("Booth %(code)s") % {"code": booth.code}) for booth in offered.booths]
    officers = [(person, person.get_full_name()) for person in offered.officers]
    found = [
        _group(_("Warnings"), filters, "flag", flags),
        _group(_("Event"), filters, "event", events, booth=None),
        _group(_("Booth"), filters, "booth", booths),
        _group(_("Officer"), filters, "officer", officers),
        _group(_("Package"), filters, "package", ((one, one.value) for one in Package)),
        _group(_("Sector"), filters, "sector", ((one, one.label) for one in Sector)),
    ]
    return [group for group in found if len(group.choices) > 1]


def _group(
    title: str, filters: Filters, name: str, offered: Iterable[tuple[Any, str]], **changed: None
) -> Group:
    """`changed` is what falls with another choice: a booth is one of its event."""
    base, chosen = address(Filters()), getattr(filters, name)
    every = (getattr(Filters(), name), _("all"))
    return Group(
        title,
        [
            Choice(
                word, _address(base, replace(filters, **{name: value}, **changed).query()), value == chosen
            )
            for value, word in (every, *offered)
        ],
    )
