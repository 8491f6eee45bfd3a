"""What the worker can choose from: the page's data, its script against Python, and the table without a script."""

import json
import re
from datetime import date
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from enrolment import contributions, money
from enrolment.models import Relief
from enrolment.views import form_data
from outreach.templatetags import formats
from tests import factories
from tests.test_contributions import BRACKETS, OTHER, SCHEDULE, TRANSPORT
from tests.test_money import READ, REFUSED

FIRSTS = ("2025-12", "2026-01", "2026-03", "2026-04", "2026-11", "2026-12", "2027-01", "2027-03", "2027-04")


def test_the_data_is_kept_for_good_under_its_digest(cast, login):
    answer = login(cast.officer).get(form_data.address(cast.officer.branch))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, max-age=31536000, immutable")
    assert sorted(answer.json()) == ["places", "reliefs", "schedules", "sectors", "villages", "words"]
    assert answer.json()["schedules"][0][7] == [list(bracket) for bracket in BRACKETS]


def test_a_page_names_the_data_in_its_own_language(cast, login, settings):
    """The same for every officer of the branch, so that a shared phone asks once."""
    words = {}
    for officer, language in product((cast.officer, cast.colleague), ("id", "en")):
        client = login(officer)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.post(reverse("registration-new"), {}).content.decode()
        named = re.search(r'data-form-data="([^"]+)"', page)[1]
        words.setdefault(language, set()).add((named, client.get(named).json()["words"]))
    assert [len(found) for found in words.values()] == [1, 1]
    (_, indonesian), (english, _) = (*words["id"], *words["en"])
    assert ("Langkah 1 dari 5" in indonesian, "\n" in indonesian) == (True, False)
    assert login(cast.officer).get(english).status_code == 404  # in Indonesian there is no such data


def test_a_changed_tariff_has_another_address(cast, login):
    before = form_data.address(cast.officer.branch)
    Relief.objects.filter(code="pp50-other").update(retired_at=timezone.now())
    client = login(cast.officer)
    assert client.get(before).status_code == 404
    now = client.get(form_data.address(cast.officer.branch))
    assert [relief[0] for relief in now.json()["reliefs"]] == ["pp50-transport"]


def test_check_answers_offers_every_price_and_takes_a_choice(cast, login):
    row = factories.row(package="T", months="1", first_month="2026-11", income="2500000")
    client, url = login(cast.officer), reverse("registration-new")
    page = client.post(url, row)
    assert page.context["choices"] == [
        (1, [("T", 16_400), ("L", 68_400)]),
        (2, [("T", 32_800), ("L", 136_800)]),
        (3, [("T", 65_600), ("L", 221_600)]),
        (6, [("T", 164_000), ("L", 476_000)]),
        (12, [("T", 360_800), ("L", 984_800)]),
    ]
    chosen = client.post(url, row | {"choose": "L-3"})
    assert (chosen.context["entry"].package, chosen.context["entry"].months) == ("L", 3)
    assert chosen.context["quote"].total == 221_600
    assert {"package": "L", "months": "3"}.items() <= dict(chosen.context["typed"]).items()
    assert client.post(url, row | {"choose": "X-3"}).status_code == 422


@pytest.fixture
def module(open_page):
    """module(name, body, argument): the body runs in Chromium, with the script's exports as `m`."""
    page = open_page(360)
    page.goto("/account/login/")

    def module(name: str, body: str, argument):
        return page.evaluate(
            f"async (x) => {{ const m = await import('/static/js/{name}.js'); {body} }}", argument
        )

    return module


@pytest.mark.browser
def test_the_page_reads_rupiah_as_python_does(module):
    typed = [*(text for text, _amount in READ), *REFUSED, "constructor", "5 toString", "2.500,00", "1.500.00"]

    def read(text):
        try:
            return money.parse_rupiah(text)
        except ValueError:
            return None

    assert module("rupiah", "return x.map(m.parseRupiah)", typed) == [read(text) for text in typed]


@pytest.mark.browser
def test_the_page_works_out_what_python_works_out(module):
    asked = list(
        product(
            [lowest for lowest, _base in BRACKETS], ("transport", "other"), "TL", contributions.MONTHS_PREPAID,
            FIRSTS, (False, True),
        )
    )  # fmt: skip
    tariffs = {
        "schedules": [["bpu-2015", "PP 44/2015", "2015-07-01", None, 10, 6800, 20, BRACKETS]],
        "reliefs": [
            [relief.code, "PP 50/2025", relief.sector, [1, 1, 0], 50, str(relief.valid_from), str(relief.valid_to), 1]
            for relief in (TRANSPORT, OTHER)
        ],
    }  # fmt: skip
    shown = module(
        "quote",
        """return x.asked.map(([income, sector, kind, months, first, government]) => {
            const q = m.quote(x.tariffs, { income, sector, kind, months, first, government });
            const columns = q.months.map(({ amounts, relief }) => [...amounts, relief?.[0] ?? null]);
            return [q.base, q.total, q.until, ...columns];
        })""",
        {"asked": asked, "tariffs": json.loads(json.dumps(tariffs))},
    )
    for case, answer in zip(asked, shown, strict=True):
        income, sector, package, months, first, government = case
        python = contributions.quote(
            schedule=SCHEDULE, reliefs=(TRANSPORT, OTHER), income=income, package=package, months=months,
            first_month=date.fromisoformat(f"{first}-01"), sector=sector, government_paid=government,
        )  # fmt: skip
        columns = [[month.jkk, month.jkm, month.jht, month.relief] for month in python.months]
        assert answer == [python.base, python.total, str(python.holds_until), *columns], case


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_tiles_tick_the_forms_own_fields(page_for, shot, width, scheme):
    page = page_for("petugas", width, color_scheme=scheme)
    page.goto("/registrations/new/")
    page.locator("[data-price]").wait_for(state="attached")
    assert page.locator("[data-price]").is_hidden()
    page.evaluate("""() => {
        const { elements } = document.getElementById("page-form");
        document.querySelectorAll("#page-form > fieldset").forEach((one) => { one.hidden = false; });
        elements.job_type_1.value = "P050";
        elements.income.value = "2,5 juta";
        elements.income.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    page.wait_for_function("() => !document.querySelector('[data-price]').hidden")
    tile = page.locator("[data-price-tile][data-kind=L][data-months='3']")
    tile.evaluate("tile => tile.click()")
    said = page.evaluate("() => Object.fromEntries(new FormData(document.getElementById('page-form')))")
    assert (said["package"], said["months"], "price" in said) == ("L", "3", False)
    total = tile.evaluate("tile => tile.nextElementSibling.textContent")
    assert page.locator("[data-price-row=total] td").text_content() == total
    year, month = (int(part) for part in said["first_month"].split("-"))
    until = formats.day(contributions.month_end(date(year, month, 1)))
    line = page.locator("[data-price-until]").locator("xpath=..").inner_text()
    assert line.startswith("Dasar iuran Rp")
    assert f"Iuran ini berlaku sampai {until}. " in line
    assert tile.evaluate("tile => tile.nextElementSibling.getBoundingClientRect().height") >= 52
    shot(page, f"price-{scheme}")
