"""New editions of schedules and reliefs in the admin: refused, shown with their effect, saved as shown or not."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import tariffs
from enrolment.models import ContributionSchedule, Registration, Relief
from enrolment.queries import editions, form_data
from enrolment.queries import tariffs as prices
from outreach.errors import ActionRefused
from outreach.templatetags.formats import rupiah
from tests import factories
from tests.admin_pages import trail

SCHEDULE, RELIEF = "/admin/enrolment/contributionschedule/add/", "/admin/enrolment/relief/add/"
BRACKETS = "0;1000000\n1500000;1600000\n2500000;2600000\n20200000;20700000"

pytestmark = pytest.mark.usefixtures("in_english")


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
    assert trail(cast.branch) == []


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
    assert trail(cast.branch) == [
        ("contributionschedule.add", "", "contributionschedule bpu-2027 < bpu-2015")
    ]


def test_a_correction_takes_the_place_of_the_edition(admin):
    saved(admin, SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    assert in_force() == [("bpu-2015-2", date(2015, 7, 1), None)]
    assert ContributionSchedule.objects.get(code="bpu-2015").retired_at is not None


def test_months_of_the_past_are_said_and_not_listed(admin):
    page = admin.post(SCHEDULE, schedule_form(code="bpu-2015-2", first_month="07-2015"))
    assert "change too" in page.content.decode()
    assert all(one["first"] >= page.context["this_month"] for one in page.context["stretches"])


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
    assert f'<a href="#id_{field}">{sentence}</a>'.replace("'", "&#x27;") in page.content.decode()
    assert page.context["form"][field].value() == typed[field]  # what was typed is kept
    assert admin.post(SCHEDULE, {**typed, "act": "save", "seen": _seen()}).status_code == 422
    assert in_force() == [("bpu-2015", date(2015, 7, 1), None)]


def _seen() -> str:
    return editions.digest(editions.current())


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
    assert trail(cast.branch) == [("relief.add", "", "relief pp50-other-2 < pp50-other")]


def test_boxes_that_are_not_ticked_stay_so_on_the_way_through_the_effect(admin):
    typed = relief_form()
    for name in ("on_jkm", "excludes_government_paid"):
        del typed[name]
    saved(admin, RELIEF, typed)
    added = Relief.objects.get(code="pp50-other-2")
    assert (added.on_jkk, added.on_jkm, added.on_jht, added.excludes_government_paid) == (
        True, False, False, False
    )  # fmt: skip


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
    assert trail(cast.branch) == [("relief.retire", "", "relief pp50-other")]
    again = admin.get(f"/admin/enrolment/relief/{row.pk}/retire/")
    assert again.status_code == 302  # it is out already


# --- Saved as shown, or not at all


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


def test_who_may_not_is_refused_by_the_action_too(cast):
    for add in (
        lambda: tariffs.add_schedule(by=cast.head, edition=None, basis="", seen=""),
        lambda: tariffs.add_relief(by=cast.head, edition=None, basis="", seen=""),
        lambda: tariffs.retire_relief(by=cast.head, code="pp50-other", seen=_seen()),
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
    regency = cast.branch.regency_code
    old = form_data.digest(form_data.content(regency))
    officer = login(cast.officer)
    assert officer.get(f"/registrations/data/{old}/").status_code == 200
    saved(admin, RELIEF, relief_form())
    assert form_data.digest(form_data.content(regency)) != old
    assert officer.get(f"/registrations/data/{old}/").status_code == 404


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
