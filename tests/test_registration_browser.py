"""The registration form as steps, in a real Chromium: two minutes, never lost, never twice."""

import re

import pytest

from tests.test_axe import violations
from tests.test_journeys import ANSWERS, CHOICES, fits, serials
from tests.test_journeys import answer as answer_all

pytestmark = pytest.mark.browser
NEW = "/registrations/new/"
ADDRESS = re.compile(r"/registrations/new/(\?.*)?$")
STEPS = ("consent", "nik", "person", "work", "check")
# What a finger does beside typing; the page's own script never clicks.
COUNT_TAPS = """addEventListener("click", (event) => {
    if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);"""


def step(page) -> str:
    """The one step that is shown."""
    shown = page.locator("#page-form > fieldset[data-step]:not([hidden])")
    assert shown.count() == 1
    return shown.get_attribute("data-step")


def status(page) -> str:
    return page.locator(".jb-actions [role=status]").inner_text()


def press(page, words: str = "") -> None:
    """The main button; with `words`, once it says so."""
    button = page.locator(".jb-actions .jb-btn-main")
    (button.filter(has_text=words) if words else button).click()


def fill(page, name: str) -> None:
    page.locator(f"[name={name}]").fill(ANSWERS[name])


def choose(page, name: str) -> None:
    page.locator(f"[name={name}][value='{CHOICES[name]}']").check()


def consent(page):
    page.locator("[name=consent_version]").check()
    press(page)


def number(page) -> str:
    nik = f"317201520488{next(serials):04}"
    page.locator("[name=nik]").fill(nik)
    press(page)
    return nik


def person(page):
    for name in ("full_name", "birth_place", "birth_date_day", "birth_date_month", "birth_date_year"):
        fill(page, name)
    choose(page, "sex")
    for name in ("address", "rt", "rw", "village_code", "phone"):
        fill(page, name)
    press(page)


def work(page):
    page.locator("[name=job_type_1]").select_option("P050")
    fill(page, "income")
    choose(page, "package")
    choose(page, "months")
    press(page)


def to_the_check(page) -> str:
    """From the empty form to its last step."""
    page.goto(NEW)
    consent(page)
    nik = number(page)
    person(page)
    work(page)
    assert step(page) == "check"
    return nik


def rows(site, nik: str) -> int:
    """How many registrations have this NIK."""
    code = (
        "from enrolment.models import Registration; from enrolment.entry import nik_index; "
        f"print('rows', Registration.objects.filter(nik_index=nik_index('{nik}')).count())"
    )
    return int(re.search(r"rows (\d+)", site.manage("shell", "-v0", "-c", code))[1])


def at_the_receipt(page) -> str:
    page.locator(".jb-receipt-ref").wait_for()
    return page.locator(".jb-receipt-ref").inner_text()


@pytest.fixture
def unwatched(browser, site):
    """A signed-in page whose faults are the point: lost and refused answers show in the console."""
    with browser.new_context(
        base_url=site.url, viewport={"width": 360, "height": 740}, locale="id-ID"
    ) as context:
        page = context.new_page()
        page.goto("/account/login/")
        page.locator("input[name=login]").fill("petugas")
        page.locator("input[name=password]").fill("jemputbola")
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url("**/registrations/")
        yield page


# --- The journey


@pytest.mark.parametrize("width", [360, 1280])
def test_the_journey_takes_few_taps_and_three_pages(page_for, shot, site, width):
    page = page_for("petugas", width)
    page.add_init_script(COUNT_TAPS)
    loads = []
    page.on("response", lambda one: loads.append(one.url) if one.request.is_navigation_request() else None)
    page.goto("/registrations/")
    page.get_by_role("link", name="Daftarkan pekerja").click()
    seen = []
    for fill_in in (consent, number, person, work):
        page.locator(".jb-progress").wait_for()
        seen.append((step(page), page.title().partition(" · Daftarkan")[0]))
        shot(page, f"step-{step(page)}")
        assert fits(page)
        found = fill_in(page)
        nik = found or nik if seen[1:] else ""
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.evaluate("scrollY") == 0
    page.get_by_text("Rp221.600").first.wait_for()
    shot(page, "step-check")
    assert fits(page)
    assert page.locator("#div_id_nik").is_hidden()
    press(page, "Kirim pendaftaran")
    reference = at_the_receipt(page)
    assert seen == [
        ("consent", "Pemberitahuan dan persetujuan · Langkah 1 dari 5"),
        ("nik", "NIK di KTP · Langkah 2 dari 5"),
        ("person", "Siapa orangnya? · Langkah 3 dari 5"),
        ("work", "Pekerjaan dan iuran · Langkah 4 dari 5"),
    ]
    assert len(loads) == 3
    assert int(page.evaluate("sessionStorage.taps")) + 1 <= 14  # a list of jobs is opened by one more
    assert rows(site, nik) == 1

    page.go_back()  # not the form, and no question whether to send again
    page.locator(".jb-hero-count").wait_for()
    assert page.locator(f"a[href*='{reference.replace('-', '')}'], a[href*='{reference}']").count() >= 1


def test_the_last_step_lists_every_answer(page_for):
    page = page_for("petugas", 360)
    nik = to_the_check(page)
    fours = "\N{NO-BREAK SPACE}".join(nik[n : n + 4] for n in range(0, 16, 4))
    lines = page.locator("[data-answers] dl > div")
    told = dict(zip(lines.locator("dt").all_inner_texts(), lines.locator("dd").all_inner_texts(), strict=True))
    assert {name: told[name] for name in ("NIK", "Tanggal lahir", "Jenis kelamin", "RT", "Pekerjaan utama")} == {
        "NIK": fours, "Tanggal lahir": "12 April 1988", "Jenis kelamin": "Perempuan", "RT": "3",
        "Pekerjaan utama": page.locator("[name=job_type_1] option:checked").text_content(),
    }  # fmt: skip
    shown = page.locator("#page-form fieldset:not([data-step=check]) .jb-field")
    empty = ["email", "job_type_2", "guardian"]
    assert len(told) == shown.count() - len(empty)
