"""Twins in a real browser: side by side, judged by keyboard and without JavaScript; and the head of two branches."""

from uuid import uuid4

import pytest

from tests.test_axe import violations

pytestmark = pytest.mark.browser
REVIEW = "/admin/enrolment/registration/"
SETUP = """
from enrolment.models import Registration
from outreach.models import Booth, Event, User
from tests import factories
officer = User.objects.get(username="petugas")
booth = Booth.objects.select_related("event").filter(assignments__officer=officer, event__state="open").first()
day = booth.event.first_day
who = {{
    "event": booth.event.slug, "booth": booth.code, "registered_at": f"{{day}}T09:30:00+07:00",
    "consent_at": f"{{day}}T08:00:00+07:00", "first_month": f"{{day:%Y-%m}}", "nik": factories.nik(serial={serial}),
    "birth_date": factories.BORN.isoformat(), "full_name": "Sumiati {name}",
}}
rows = [
    factories.submitted(by=officer, **who),
    factories.submitted(by=officer, **who | {{"full_name": "Sumiyati {name}", "phone": "081111112222"}}),
    factories.submitted(by=officer, **who | {{"nik": factories.nik(serial={serial} + 1), "months": "3"}}),
]
print("references", *(row.reference for row in rows))
"""
CASE = """
from enrolment.actions import arbitrations
from outreach.models import Branch, Organisation, User
from tests import factories
branch = Branch.objects.create(slug="bogor-{n}", name="Bogor Kota", regency_code="32.71")
stranger = factories.officer("petugas-{n}", of=branch)
reviewer = factories.reviewer("verifikator-{n}", of=branch)
first = __import__("enrolment.models").models.Registration.objects.filter(state="approved").first()
event = factories.event(
    organiser=factories.organisation(of=branch), officers=[stranger], slug="bazar-{n}", days=first.event.days[:1] * 2
)
day = event.first_day
second = factories.submitted(
    by=stranger, event=event.slug, officer=stranger.username, registered_at=f"{{day}}T09:30:00+07:00",
    consent_at=f"{{day}}T08:00:00+07:00", first_month=f"{{day:%Y-%m}}", full_name="Sumiyati Rekaan",
)
type(second).objects.filter(pk=second.pk).update(nik_index=first.nik_index)
second = type(second).objects.get(pk=second.pk)
print("case", arbitrations.ask(by=reviewer, registration=second).pk)
"""

ASKED = """
from enrolment.actions import arbitrations
from enrolment.models import Registration
from outreach.models import Branch, User
from tests import factories
branch = Branch.objects.create(slug="depok-{n}", name="Depok", regency_code="32.76")
stranger, head = factories.officer("petugas-{n}", of=branch), factories.head("kepala-{n}", of=branch)
reviewer = User.objects.get(username="verifikator")
rows = Registration.objects.filter(branch=reviewer.branch, state="submitted").exclude(entered_by=reviewer)
for number, outcome in enumerate(("first", "second", "different", "")):
    second = rows[number]
    day = second.event.first_day
    event = factories.event(
        organiser=factories.organisation(of=branch, name=f"Mitra {{number}}"), officers=[stranger],
        slug=f"bazar-{n}-{{number}}", days=[day] * 2,
    )
    first = factories.approved(
        by=stranger, reviewer=factories.reviewer(f"verifikator-{n}-{{number}}", of=branch), event=event.slug,
        officer=stranger.username, registered_at=f"{{day}}T09:30:00+07:00", consent_at=f"{{day}}T08:00:00+07:00",
        first_month=f"{{day:%Y-%m}}",
    )
    Registration.objects.filter(pk=second.pk).update(nik_index=first.nik_index, **Registration.NO_CLAIM)
    case = arbitrations.ask(by=reviewer, registration=Registration.objects.get(pk=second.pk))
    if outcome:
        case = arbitrations.decide(by=head, case=case, outcome=outcome, reason="Alasan uji.")
    if outcome == "different":
        arbitrations.take_back(by=head, case=case, reason="Salah lihat.")
"""


@pytest.fixture
def trio(site):
    """References of three that wait: the first two have one NIK, the third only the name and birth date."""
    one = uuid4()
    name = one.hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))  # their own: nobody else's twins
    said = site.run(SETUP.format(serial=one.int % 8999 + 1000, name=name))
    return said.rpartition("references ")[2].split()


def tall(page, shot, name: str) -> None:
    """The whole page: the admin scrolls inside."""
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": 4200 if size["width"] < 400 else 2200})
    shot(page, name)
    page.set_viewport_size(size)


@pytest.mark.parametrize("width", [360, 1280])
def test_two_candidates_side_by_side_and_what_is_missing(page_for, shot, trio, width):
    page = page_for("verifikator", width)
    page.goto(f"{REVIEW}{trio[0]}/")
    panel = page.locator("#twins")
    assert panel.locator("summary").count() == 4
    assert panel.locator(".is-differing").count() > 3
    tall(page, shot, "twins-full")
    found = violations(page)
    panel.locator("summary", has_text="Orang sama").first.click()
    panel.get_by_role("button", name="Tarik yang lain").first.click()
    page.locator("[data-error-summary]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    tall(page, shot, "twins-error")
    page.get_by_role("link", name="Pilih yang mana tetap.").click()
    assert page.evaluate("document.activeElement.name") == "keep"
    assert found + violations(page) == []


def test_judged_by_keyboard(page_for, shot, trio):
    page = page_for("verifikator", 1280)
    page.goto(f"{REVIEW}{trio[0]}/")
    fold = page.locator(f"#twin-{trio[2]} summary", has_text="Orang lain")
    fold.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Sudah ditelepon.")
    page.keyboard.press("Enter")
    page.get_by_text("Keduanya tidak lagi saling ditandai kembar.").wait_for()
    page.get_by_text("Sudah ditelepon.").wait_for()
    tall(page, shot, "twins-judged")
    page.locator(f"#twin-{trio[1]} summary", has_text="Orang sama").focus()
    for key in ("Enter", "Tab", "Space", "Tab", "ArrowDown", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("ditarik,").first.wait_for()
    page.get_by_text("Orang yang sama; yang ini tetap").wait_for()
    shot(page, "twins-kept")
    assert violations(page) == []


def test_judged_without_javascript(page_for, shot, trio):
    page = page_for("verifikator", 360, java_script_enabled=False)
    page.goto(f"{REVIEW}{trio[0]}/")
    block = page.locator(f"#twin-{trio[1]}")
    block.locator("summary", has_text="Orang lain").click()
    block.get_by_label("Alasan").last.select_option(index=1)
    block.get_by_role("button", name="Simpan: orang lain").click()
    page.get_by_text("NIK keduanya sama: hanya satu yang bisa disetujui.").wait_for()
    tall(page, shot, "twins-judged-no-script")
    page.get_by_role("button", name="Batalkan").click()
    page.get_by_text("ditandai kembar lagi").wait_for()
    assert page.locator(f"#twin-{trio[1]}").count() == 1


def test_head_of_two_branches(page_for, site, shot):
    head = page_for("kepala", 1280)
    pages = {1280: head, 360: page_for("kepala", 360)}
    for page in pages.values():
        page.goto(f"{REVIEW}arbitrations/")
        shot(page, "arbitrations-empty")
    n = uuid4().hex[:6]
    case = site.run(CASE.format(n=n)).rpartition("case ")[2].strip()
    found = []
    for page in pages.values():
        page.goto("/admin/")
        shot(page, "index-head")
        page.get_by_role("link", name="kembar antar-cabang menunggu Anda").click()
        shot(page, "arbitrations-full")
        found += violations(page)
        page.goto(f"{REVIEW}arbitrations/{case}/")
        shot(page, "arbitration-closed")
        found += violations(page)
        page.get_by_role("button", name="Simpan keputusan").click()
        page.locator("[data-error-summary]").wait_for()
        tall(page, shot, "arbitration-error")
        found += violations(page)
        page.locator("[name=purpose]").select_option("review: compare duplicates")
        page.get_by_role("button", name="Buka").click()
        page.get_by_text("Di kedua cabang tercatat").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        shot(page, "arbitration-opened")
    head.get_by_label("Orang sama:").first.check()
    head.get_by_label("Alasan").select_option(index=1)
    head.get_by_role("button", name="Simpan keputusan").click()
    head.get_by_text("Diputuskan: yang sudah disetujui tetap.").wait_for()
    shot(head, "arbitrations-decided")
    assert found == []


def test_a_head_takes_different_people_back(page_for, site, shot):
    case = site.manage("shell", "-v0", "-c", CASE.format(n=uuid4().hex[:6])).rpartition("case ")[2].strip()
    head, found = page_for("kepala", 360), []
    head.goto(f"{REVIEW}arbitrations/{case}/")
    head.locator("#outcome-different").check()
    head.get_by_label("Alasan").select_option(index=1)
    head.get_by_role("button", name="Simpan keputusan").click()
    for page in (head, page_for("kepala", 1280)):
        page.goto(f"{REVIEW}arbitrations/{case}/")
        page.locator("summary", has_text="Batalkan").click()
        page.get_by_role("button", name="Batalkan keputusan").click()
        page.locator("[data-error-summary]").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        tall(page, shot, "arbitration-take-back")
        found += violations(page)
    head.get_by_label("Alasan").fill("Salah lihat kartunya.")
    head.get_by_role("button", name="Batalkan keputusan").click()
    head.get_by_text("Cabang yang meminta diberi tahu").wait_for()
    head.goto(f"{REVIEW}arbitrations/{case}/")
    tall(head, shot, "arbitration-taken-back")
    assert found + violations(head) == []


def test_the_branch_that_asked_is_told(page_for, site, shot):
    found = []
    for width in (360, 1280):
        page = page_for("verifikator", width)
        if width == 360:
            page.goto(f"{REVIEW}arbitrations/")
            shot(page, "arbitrations-asked-empty")
            site.manage("shell", "-v0", "-c", ASKED.format(n=uuid4().hex[:6]))
        page.goto("/admin/")
        page.get_by_role("link", name="3 jawaban tentang kembar antar-cabang").click()
        page.get_by_text("Diminta cabang Anda").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        tall(page, shot, "arbitrations-asked")
        found += violations(page)
    assert found == []


def test_the_head_sees_which_stood_side_by_side(page_for, shot, trio):
    desk, found = page_for("verifikator", 1280), []
    desk.goto(f"{REVIEW}search/")
    desk.locator("[name=q]").fill("3172010101880001")
    desk.locator("[name=q]").press("Enter")
    desk.wait_for_load_state()
    desk.goto(f"{REVIEW}{trio[0]}/")
    for width in (360, 1280):
        page = page_for("kepala", width)
        page.goto(f"{REVIEW}seen/")
        page.get_by_text("di sampingnya:").first.wait_for()
        page.get_by_text("tanpa hasil", exact=True).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        tall(page, shot, "seen-beside")
        found += violations(page)
    assert found == []
