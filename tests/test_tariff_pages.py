# ruff: noqa: F811  a fixture is asked for by its name
"""New editions of schedules and reliefs in the admin: shown with their effect, saved, and what is stored stays."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import registrations
from enrolment.models import ContributionSchedule, Registration, Relief
from enrolment.queries import tariffs as prices
from enrolment.views import form_data
from outreach.models import AuditEntry
from outreach.templatetags.formats import rupiah
from tests import factories
from tests.admin_pages import trail
from tests.tariffing import (  # noqa: F401  a fixture among them
    BRACKETS,
    RELIEF,
    SCHEDULE,
    admin,
    hidden,
    in_force,
    relief_form,
    saved,
    schedule_form,
)

pytestmark = pytest.mark.usefixtures("in_english")


# --- A schedule


def test_the_form_begins_with_the_schedule_in_force_and_asks_for_code_and_month(admin):
    form = admin.get(SCHEDULE).context["form"]
    row = ContributionSchedule.objects.get()
    lines = form["brackets"].value().splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("0;1000000", "20200000;20700000", row.brackets.count())
    assert [form[name].value() for name in ("code", "first_month", "jkk_per_mille", "jkm_flat")] == [
        None, None, 10, 6800
    ]  # fmt: skip


def test_a_correction_begins_with_the_edition_and_its_months(admin):
    form = admin.get(SCHEDULE, {"from": "bpu-2015"}).context["form"]
    assert (form["first_month"].value(), form["last_month"].value()) == ("07-2015", "")


def test_what_the_form_brings_changes_nothing_but_the_code(admin):
    """The prefilled form, sent as it is: every bracket comes back the same."""
    form = admin.get(SCHEDULE, {"from": "bpu-2015"}).context["form"]
    typed = {field.name: field.value() or "" for field in form} | {"code": "bpu-2015-2"}
    page = admin.post(SCHEDULE, typed)
    assert page.context["stretches"] == []
    assert not page.context["earlier"]


def test_the_effect_is_shown_and_nothing_is_stored(admin, cast):
    page = admin.post(SCHEDULE, schedule_form())
    assert page.status_code == 200
    (stretch,) = page.context["stretches"]
    assert (stretch["first"], stretch["last"]) == (date(2027, 4, 1), None)
    (group,) = stretch["groups"]
    assert group["who"] == "Everybody"
    line = next(line for line in group["lines"] if line.income == 2_500_000)
    assert (line.before, line.after) == ((32_800, 84_800), (33_200, 85_200))
    text = page.content.decode()
    assert "bpu-2015 ends with March 2027." in text
    assert in_force() == [("bpu-2015", date(2015, 7, 1), None)]
    assert trail(cast.branch) == trail(cast.other_branch) == []


def test_a_later_schedule_ends_the_one_before(admin, cast):
    answer = saved(admin, SCHEDULE, schedule_form())
    added = ContributionSchedule.objects.get(code="bpu-2027")
    assert (answer.status_code, answer.url) == (
        302, f"/admin/enrolment/contributionschedule/{added.pk}/change/"
    )  # fmt: skip
    assert in_force() == [
        ("bpu-2015", date(2015, 7, 1), date(2027, 3, 31)),
        ("bpu-2027", date(2027, 4, 1), None),
    ]
    assert (added.basis, added.jkk_per_mille, added.jkm_flat, added.jht_per_mille) == (
        "PP 99/2027 (contoh)", 10, 7200, 20
    )  # fmt: skip
    assert [f"{b.income_from};{b.contribution_base}" for b in added.brackets.all()] == BRACKETS.split("\n")
    assert (
        trail(cast.branch)
        == trail(cast.other_branch)
        == [("contributionschedule.add", "", "schedule bpu-2027 < bpu-2015")]
    )


def test_a_correction_takes_the_place_of_the_edition(admin):
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    assert in_force() == [("bpu-2015-2", date(2015, 7, 1), None)]
    assert ContributionSchedule.objects.get(code="bpu-2015").retired_at is not None


def test_months_of_the_past_are_said_and_not_listed(admin):
    page = admin.post(SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    assert "change too" in page.content.decode()
    assert all(one["first"] >= page.context["this_month"] for one in page.context["stretches"])


@pytest.mark.parametrize("lines", [
    "income_from,contribution_base\n0,1000000\n1500000,1600000",
    "0\t1.000.000\r\n1.500.000\t1.600.000\r\n",
    " 0 ; 1000000 \n\n1500000;1600000\n",
])  # fmt: skip
def test_brackets_are_pasted_as_spreadsheets_write_them(admin, lines):
    page = admin.post(SCHEDULE, schedule_form(brackets=lines))
    assert page.context["edition"].brackets == ((0, 1_000_000), (1_500_000, 1_600_000))


def test_back_from_the_effect_the_answers_are_kept(admin):
    page = admin.post(SCHEDULE, schedule_form())
    again = admin.post(SCHEDULE, {**hidden(page), "act": "edit"})
    assert (again.status_code, again.context["form"].errors) == (200, {})
    assert again.context["form"]["jkm_flat"].value() == "7.200"
    assert again.context["form"]["brackets"].value().split() == BRACKETS.split("\n")


# --- A relief


def test_a_prolonged_relief_takes_the_place_of_the_old(admin, cast):
    page = admin.post(RELIEF, relief_form())
    (stretch,) = page.context["stretches"]
    assert (stretch["first"], stretch["last"]) == (date(2027, 1, 1), date(2027, 6, 1))
    assert [group["who"] for group in stretch["groups"]] == ["Other than transport"]
    assert admin.post(RELIEF, {**hidden(page), "act": "save"}).status_code == 302
    added = Relief.objects.get(code="pp50-other-2")
    assert (added.valid_from, added.valid_to) == (date(2026, 4, 1), date(2027, 6, 30))
    assert (added.on_jkk, added.on_jkm, added.on_jht, added.excludes_government_paid) == (
        True, True, False, True
    )  # fmt: skip
    assert sorted(Relief.objects.current().values_list("code", flat=True)) == [
        "pp50-other-2",
        "pp50-transport",
    ]
    assert (
        trail(cast.branch)
        == trail(cast.other_branch)
        == [("relief.add", "", "relief pp50-other-2 < pp50-other")]
    )


def test_the_chain_has_room_for_the_longest_codes(admin, cast):
    """SQLite does not count the letters; PostgreSQL does, and answers with an error page."""
    schedules, reliefs = [["s" * 48 + "-1", "s" * 48 + "-2"], ["r" * 48 + "-1", "r" * 48 + "-2"]]
    for code in schedules:
        assert saved(admin, SCHEDULE, schedule_form(code=code)).status_code == 302
    for code, replaces in zip(reliefs, ("pp50-other", reliefs[0]), strict=True):
        assert saved(admin, RELIEF, relief_form(code=code, replaces=replaces)).status_code == 302
    purposes = [purpose for _action, _fields, purpose in trail(cast.branch)]
    assert purposes == [
        f"schedule {schedules[0]} < bpu-2015", f"schedule {schedules[1]} < {schedules[0]}",
        f"relief {reliefs[0]} < pp50-other", f"relief {reliefs[1]} < {reliefs[0]}",
    ]  # fmt: skip
    room = AuditEntry._meta.get_field("purpose").max_length
    assert max(len(purpose) for purpose in purposes) <= room


def test_boxes_that_are_not_ticked_stay_so_on_the_way_through_the_effect(admin):
    typed = relief_form()
    for name in ("on_jkm", "excludes_government_paid"):
        del typed[name]
    saved(admin, RELIEF, typed)
    added = Relief.objects.get(code="pp50-other-2")
    assert (added.on_jkk, added.on_jkm, added.on_jht, added.excludes_government_paid) == (
        True, False, False, False
    )  # fmt: skip


def test_a_relief_with_a_gap_to_the_one_before_is_fine(admin):
    saved(admin, RELIEF, relief_form(replaces="", first_month="03-2027"))
    assert Relief.objects.current().count() == 3


def test_a_relief_is_taken_out_of_new_quotes(admin, cast):
    row = Relief.objects.get(code="pp50-other")
    page = admin.get(f"/admin/enrolment/relief/{row.pk}/retire/")
    assert [one["first"] for one in page.context["stretches"]] == [page.context["this_month"]]
    answer = admin.post(f"/admin/enrolment/relief/{row.pk}/retire/", hidden(page))
    assert (answer.status_code, answer.url) == (302, f"/admin/enrolment/relief/{row.pk}/change/")
    assert list(Relief.objects.current().values_list("code", flat=True)) == ["pp50-transport"]
    assert trail(cast.branch) == trail(cast.other_branch) == [("relief.retire", "", "relief pp50-other")]
    again = admin.get(f"/admin/enrolment/relief/{row.pk}/retire/")
    assert again.status_code == 302  # it is out already


def test_pages_of_an_edition_cost_the_same_whatever_is_stored(admin, cast):
    def look() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert (
                admin.post(SCHEDULE, schedule_form(code="bpu-2030", first_month="01-2030")).status_code == 200
            )
        return len(queries)

    factories.submitted(by=cast.officer)
    few = look()
    factories.submitted(by=cast.officer)
    saved(admin, SCHEDULE, schedule_form())
    saved(admin, RELIEF, relief_form())
    assert look() == few


# --- What is stored stays


def test_stored_registrations_keep_their_amounts(admin, cast, capsys):
    about = {"package": "L", "months": "12", "first_month": "2026-11", "income": "2500000"}
    stored = factories.submitted(by=cast.officer, **about)
    total = stored.contribution_total
    page = admin.post(SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    assert page.context["stored"] == [("bpu-2015", 1)]
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    saved(admin, RELIEF, relief_form())

    stored = Registration.objects.get(pk=stored.pk)
    assert (stored.contribution_total, stored.schedule.code, stored.reliefs) == (
        total,
        "bpu-2015",
        ["pp50-other"],
    )
    assert prices.stored_quote(stored, income=2_500_000).total == total
    later = factories.submitted(by=cast.officer, **about)
    assert (later.schedule.code, later.reliefs) == ("bpu-2015-2", ["pp50-other-2"])
    # Eight months with relief now, and JKM 7.200: 26.000, 7.200 and 52.000.
    assert later.contribution_total == 8 * (13_000 + 3_600 + 52_000) + 4 * 85_200
    call_command("verify_quotes")
    assert capsys.readouterr().out == "2 quotes, 0 differ\n"


def test_the_forms_data_gets_another_address(admin, cast, login):
    old, officer = form_data.address(cast.branch), login(cast.officer)
    assert officer.get(old).status_code == 200
    saved(admin, RELIEF, relief_form())
    assert form_data.address(cast.branch) != old
    assert officer.get(old).status_code == 404


def test_a_page_with_old_prices_sends_and_the_servers_price_is_stored(admin, cast, login):
    """Nothing of a price is sent. Check-answers shows the price of that moment, the receipt the one that is stored."""
    officer, new = login(cast.officer), reverse("registration-new")
    row = factories.row(package="L", months="12", first_month="2026-11", income="2500000")
    old_price, new_price = 2 * 68_400 + 10 * 84_800, 2 * 68_600 + 10 * 85_200
    assert officer.post(new, row).context["quote"].total == old_price
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    assert officer.post(new, row).context["quote"].total == new_price

    receipt = officer.post(new, {**row, "step": "send"})
    stored = Registration.objects.get()
    assert (stored.contribution_total, stored.schedule.code) == (new_price, "bpu-2015-2")
    assert rupiah(new_price) in officer.get(receipt.url).content.decode()
    # Sent again after the next edition it is the same registration at the same price.
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-3", first_month="07-2015", jkm_flat="9000"))
    assert officer.post(new, {**row, "step": "send"}).url == receipt.url
    assert Registration.objects.get().contribution_total == new_price


def test_a_price_that_changed_after_it_was_shown_is_told_on_the_receipt(admin, cast, login, in_english):
    """In one sentence, once: the officer has told the worker the other amount."""
    officer, new = login(cast.officer), reverse("registration-new")
    row = factories.row(package="T", months="1", first_month="2026-11", income="2500000")
    checked = officer.post(new, row)
    shown = re.search(r'name="shown_total" value="(\d+)" form="page-form"', checked.content.decode())[1]
    assert shown == str(checked.context["quote"].total)
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    page = officer.post(new, {**row, "step": "send", "shown_total": shown}, follow=True)
    now = Registration.objects.get().contribution_total
    assert now != int(shown)
    sentence = (
        f"The contribution changed meanwhile: {rupiah(now)}, not {rupiah(int(shown))}. Tell the worker."
    )
    assert [str(message) for message in page.context["messages"]] == [sentence]


@pytest.mark.parametrize("shown", ["", "{now}", "x", "²", "-1", "1.5"])
def test_no_word_where_the_price_is_the_one_that_was_shown_or_none_was(cast, login, shown):
    officer, new, row = login(cast.officer), reverse("registration-new"), factories.row()
    now = officer.post(new, row).context["quote"].total
    sent = {**row, "step": "send", "shown_total": shown.format(now=now)}
    assert [str(message) for message in officer.post(new, sent, follow=True).context["messages"]] == []


def test_a_corrections_price_is_told_too(admin, cast, login, in_english):
    officer, typed = login(cast.officer), factories.row()
    entry = factories.entry(by=cast.officer, **typed)
    stored = registrations.submit(by=cast.officer, entry=entry).registration
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    page = officer.post(
        reverse("registration-correct", args=[stored.reference]),
        {**typed, "full_name": "Nama Lain", "step": "send", "shown_total": str(stored.contribution_total)},
        follow=True,
    )
    assert [str(message)[:28] for message in page.context["messages"]] == ["The contribution changed mea"]
