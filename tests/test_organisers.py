"""An organiser is an outsider: nothing of a worker, not by an address and not by an import."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests import equipping, factories, test_matrix
from tests.routes import ROUTES
from tests.test_guards import imported

ROOT = Path(settings.BASE_DIR)
SERVED = (200, 302)
PUBLIC_STATUS = "s/<str:token>/"
"""For whoever holds a worker's receipt, an organiser too: state and event, nobody's name (tests/test_receipt.py)."""
world = test_matrix.world


def views(resolver, prefix: str = ""):
    """(address as written in the urls, the module of its view) for the whole site."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", pattern.callback)
            yield prefix + str(pattern.pattern), view.__module__
        else:
            yield from views(pattern, prefix + str(pattern.pattern))


def served_modules() -> set[str]:
    """Our modules with a view that an organiser gets an answer from, as the matrix declares."""
    return {
        module
        for route, module in views(get_resolver())
        if route != PUBLIC_STATUS
        and {answers["organiser"] for answers in ROUTES[route]} & set(SERVED)
        and module.split(".")[0] in ("outreach", "enrolment")
    }


def reached(modules: set[str]) -> set[str]:
    """These modules and all of ours that they import, however far away."""
    found, waiting = set(), set(modules)
    while waiting:
        name = waiting.pop()
        found.add(name)
        file = _file(name)
        if file:
            waiting |= {part for one in imported(file) for part in _and_parents(one) if _file(part)} - found
    return found


def _and_parents(name: str) -> list[str]:
    """`a.b.c` → a.b.c, a.b, a: importing a module imports its packages, and a name comes from the module above."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _file(name: str) -> Path | None:
    """Where a dotted name lives; None for what is a name inside a module."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None


def of_workers(modules: set[str]) -> list[str]:
    return sorted(name for name in modules if name.split(".")[0] == "enrolment")


def test_nothing_that_serves_an_organiser_reaches_a_workers_module():
    served = served_modules()
    assert {"outreach.views.equipment", "outreach.views.events", "outreach.views.home"} <= served
    assert "outreach.models.equipment" in reached(served)  # it does follow what they import
    assert of_workers(reached(served)) == []


def test_control_an_officers_module_reaches_them():
    assert "enrolment.models.registration" in of_workers(reached({"enrolment.views.registrations"}))


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_workers_address_is_not_there_for_an_organiser(world, method):
    people, path = world
    client = Client(raise_request_exception=False)
    client.force_login(people["organiser"])
    workers = [
        route
        for route, module in views(get_resolver())
        if _is_workers(route, module) and route != PUBLIC_STATUS
    ]
    assert len(workers) > 10
    found = {route: getattr(client, method)(path(route)).status_code for route in workers}
    # A page that is only read, or only posted to, says so before it asks who is there.
    one_way = {
        route
        for route in workers
        if not route.startswith("admin/") and ROUTES[route][method == "post"]["organiser"] == 405
    }
    assert len(one_way) < len(workers) / 2
    assert found == {route: 405 if route in one_way else 404 for route in workers}


def _is_workers(route: str, module: str) -> bool:
    return module.startswith("enrolment.") or route.startswith("admin/enrolment/")


def test_a_workers_name_is_on_no_page_of_an_organiser(cast, login):
    factories.submitted(by=cast.officer, full_name="Sumiati Pekerja")
    equipping.handed_over(cast)
    client = login(cast.organiser)
    for path in ("/events/", "/equipment/bazar-uji/", "/equipment/bazar-uji/return/"):
        page = client.get(path)
        assert (page.status_code, "Sumiati" in page.content.decode()) == (200, False)
