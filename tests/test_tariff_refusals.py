# ruff: noqa: F811  a fixture is asked for by its name
"""Editions of schedules and reliefs that can't be, or are others than was shown: nothing is stored."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from enrolment.actions import tariffs
from enrolment.models import ContributionSchedule, Relief
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Branch
from outreach.templatetags.formats import one_line
from tests.tariffing import (  # noqa: F401  a fixture among them
    RELIEF,
    SCHEDULE,
    admin,
    errors,
    hidden,
    in_force,
    relief_form,
    saved,
    schedule_form,
    seen_now,
)

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "bpu-2015"}, "code", "An edition has this code already. Write another one."),
        ({"code": "bpu 2027"}, "code", "A code has letters, digits and dashes only, such as bpu-2027."),
        ({"basis": ""}, "basis", "Write the law that says so, with its number and year."),
        ({"first_month": "15-04-2027"}, "first_month", "Write the month such as 04-2027."),
        ({"first_month": ""}, "first_month", "Write the month such as 04-2027."),
        ({"first_month": "13-2027"}, "first_month", "Write the month such as 04-2027."),
        ({"last_month": "03-2027"}, "last_month", "It would end before it begins. Write April 2027 or a later month."),
        (
            {"last_month": "06-2027"},
            "last_month",
            "From July 2027 on no schedule would hold. Leave the last month empty.",
        ),
        (
            {"first_month": "01-2010", "last_month": "03-2015"},
            "last_month",
            "From April 2015 to June 2015 no schedule would hold. Let this one hold until June 2015.",
        ),
        (
            {"first_month": "01-2010"},
            "last_month",
            "From July 2015 on both bpu-2027 and bpu-2015 would hold. Let bpu-2027 end in June 2015 at the latest.",
        ),
        ({"jkk_per_mille": "1,5"}, "jkk_per_mille", "Write a whole number from 1 to 1000: 10 per mille are 1 %."),
        ({"jkm_flat": "0"}, "jkm_flat", "Write the Rupiah of a month as a whole number, such as 6800."),
        ({"brackets": "\n \n"}, "brackets", "Write the brackets, a line for each."),
        (
            {"brackets": "0;1000000\n1500000"},
            "brackets",
            "Line 2: Write the lowest income and the base, such as 1100000;1200000.",
        ),
        (
            {"brackets": "1000;1000000"},
            "brackets",
            "Line 1: The first income is 0, so that nobody falls below the table.",
        ),
        (
            {"brackets": "0;1000000\n\n1.500.000;1.600.000\n1400000;1700000"},
            "brackets",
            "Line 4: Rp1.400.000 does not come after Rp1.500.000.",
        ),
        (
            {"brackets": "0;1000000\n1500000;160000"},
            "brackets",
            "Line 2: The base Rp160.000 is lower than Rp1.000.000 on the line before.",
        ),
        (
            {"brackets": "0;1000000\n1500000;160000000000"},
            "brackets",
            "Line 2: This is no amount of a month. Check its noughts.",
        ),
    ],
)  # fmt: skip
def test_a_schedule_that_can_not_be_is_refused_with_one_sentence(admin, changes, field, sentence):
    typed = schedule_form(**changes)
    page = admin.post(SCHEDULE, typed)
    assert errors(page) == {field: [sentence]}
    assert f'<a href="#id_{field}">{one_line(sentence)}</a>' in page.content.decode()
    assert page.context["form"][field].value() == typed[field]  # what was typed is kept
    assert admin.post(SCHEDULE, {**typed, "act": "save", "seen": seen_now()}).status_code == 422
    assert in_force() == [("bpu-2015", date(2015, 7, 1), None)]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"replaces": ""},
            "last_month",
            "pp50-other is a relief of this sector from April 2026 to December 2026. "
            "Let this one take its place, or choose other months.",
        ),
        (
            {"replaces": "pp50-transport"},
            "replaces",
            "pp50-transport is of the other sector. Choose one of this sector, or none.",
        ),
        ({"replaces": "nothing"}, "replaces", "New quotes do not take this relief any more."),
        (
            {"percent": "100"},
            "percent",
            "Write a whole number from 0 to 99: what is still paid, in per cent.",
        ),
        ({"last_month": ""}, "last_month", "Write the month such as 04-2027."),
        ({"code": "pp50-transport"}, "code", "An edition has this code already. Write another one."),
        ({"sector": "sea"}, "sector", "Choose the sector."),
        ({"on_jkk": "", "on_jkm": ""}, "on_jkk", "Tick at least one programme."),
    ],
)
def test_a_relief_that_can_not_be_is_refused_with_one_sentence(admin, changes, field, sentence):
    assert errors(admin.post(RELIEF, relief_form(**changes))) == {field: [sentence]}
    assert Relief.objects.count() == 2


def test_who_may_not_is_refused_by_the_action_too(cast):
    for add in (
        lambda: tariffs.add_schedule(by=cast.head, edition=None, basis="", seen=""),
        lambda: tariffs.add_relief(by=cast.head, edition=None, basis="", seen=""),
        lambda: tariffs.retire_relief(by=cast.head, code="pp50-other", seen=seen_now()),
    ):
        with pytest.raises(ActionRefused) as refused:
            add()
        assert refused.value.code == "not_allowed"


def test_half_a_month_is_refused_by_the_action(admin):
    edition = admin.post(SCHEDULE, schedule_form()).context["edition"]
    half = type(edition)(
        **{name: getattr(edition, name) for name in edition.__slots__} | {"valid_from": date(2027, 4, 15)}
    )
    with pytest.raises(ActionRefused) as refused:
        tariffs.plan_schedule(edition=half)
    assert refused.value.code == "not_whole_months"


def test_the_database_keeps_two_schedules_apart(admin):
    saved(admin, SCHEDULE, schedule_form())
    late = {
        "code": "late",
        "valid_from": date(2027, 5, 1),
        "jkk_per_mille": 1,
        "jkm_flat": 1,
        "jht_per_mille": 1,
    }
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        ContributionSchedule.objects.create(**late)
    with pytest.raises(IntegrityError, match="prolonged"), transaction.atomic():
        ContributionSchedule.objects.filter(code="bpu-2015").update(valid_to=None)


def test_an_effect_that_was_shown_before_another_change_is_not_saved(admin):
    page = admin.post(SCHEDULE, schedule_form())
    saved(admin, RELIEF, relief_form())
    answer = admin.post(SCHEDULE, {**hidden(page), "act": "save"})
    assert answer.status_code == 409
    assert "A colleague changed the tariffs meanwhile" in answer.content.decode()
    assert in_force() == [("bpu-2015", date(2015, 7, 1), None)]
    # The effect on the state of now is on the page, and that can be saved.
    assert admin.post(SCHEDULE, {**hidden(answer), "act": "save"}).status_code == 302


def test_a_retirement_that_was_shown_before_another_change_is_not_done(admin):
    row = Relief.objects.get(code="pp50-transport")
    page = admin.get(f"/admin/enrolment/relief/{row.pk}/retire/")
    saved(admin, SCHEDULE, schedule_form())
    assert admin.post(f"/admin/enrolment/relief/{row.pk}/retire/", hidden(page)).status_code == 409
    assert Relief.objects.current().filter(pk=row.pk).exists()


@pytest.mark.parametrize(("path", "typed"), [(SCHEDULE, schedule_form()), (RELIEF, relief_form())])
def test_an_edition_that_is_saved_by_two_presses_is_stored_once_with_one_answer(admin, path, typed):
    page = admin.post(path, typed)
    first, second = (admin.post(path, {**hidden(page), "act": "save"}) for _press in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    model = ContributionSchedule if path == SCHEDULE else Relief
    assert model.objects.filter(code=typed["code"]).count() == 1
    added = AuditEntry.objects.filter(action__endswith=".add").values_list("action", flat=True)
    assert len(added) == Branch.objects.count()
    # Other content under its code is no second press.
    other = admin.post(path, {**hidden(page), "basis": "Dasar lain", "act": "save"})
    assert other.status_code == 422


def test_a_second_press_after_the_edition_was_replaced_is_none(admin):
    page = admin.post(RELIEF, relief_form())
    admin.post(RELIEF, {**hidden(page), "act": "save"})
    saved(admin, RELIEF, relief_form(code="pp50-other-3", replaces="pp50-other-2"))
    assert admin.post(RELIEF, {**hidden(page), "act": "save"}).status_code == 422
