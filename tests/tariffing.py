"""New editions as the system admin types, looks at and saves them, in the words of the tests."""

import re
from datetime import date

import pytest

from enrolment.models import ContributionSchedule
from enrolment.queries import editions

SCHEDULE, RELIEF = "/admin/enrolment/contributionschedule/add/", "/admin/enrolment/relief/add/"
BRACKETS = "0;1000000\n1500000;1600000\n2500000;2600000\n20200000;20700000"


def schedule_form(**changes) -> dict[str, str]:
    return {
        "code": "bpu-2027",
        "basis": "PP 99/2027 (contoh)",
        "first_month": "04-2027",
        "last_month": "",
        "jkk_per_mille": "10",
        "jkm_flat": "7.200",
        "jht_per_mille": "20",
        "brackets": BRACKETS,
        **changes,
    }


def relief_form(**changes) -> dict[str, str]:
    return {
        "code": "pp50-other-2",
        "basis": "PP 51/2026 (contoh)",
        "sector": "other",
        "first_month": "04-2026",
        "last_month": "06-2027",
        "percent": "50",
        "on_jkk": "on",
        "on_jkm": "on",
        "excludes_government_paid": "on",
        "replaces": "pp50-other",
        **changes,
    }


@pytest.fixture
def admin(cast, login):
    return login(cast.system_admin)


def hidden(page) -> dict[str, str]:
    """What the page of the effect sends when its button is pressed."""
    form = page.content.decode().partition('<form method="post">')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def saved(client, path: str, typed: dict):
    """Through the page of the effect, as its hidden fields bring it."""
    page = client.post(path, typed)
    assert page.status_code == 200
    return client.post(path, {**hidden(page), "act": "save"})


def in_force() -> list[tuple[str, date, date | None]]:
    rows = ContributionSchedule.objects.current().order_by("valid_from")
    return list(rows.values_list("code", "valid_from", "valid_to"))


def errors(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {name: list(sentences) for name, sentences in page.context["form"].errors.items()}


def seen_now() -> str:
    return editions.digest(editions.current())
