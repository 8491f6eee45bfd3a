"""A reviewer clears a queue by keyboard alone, and by buttons; the head decides on what was returned twice."""

import json

import pytest

from tests.browser import QUICK
from tests.server import running_site
from tests.test_axe import violations

pytestmark = pytest.mark.browser

QUEUE = "/admin/enrolment/registration/"
KINDS = (
    ["clean"] * 3 + ["skip", "warning", "return", "clean", "reject", "clean", "second", "clean", "young"]
    + ["clean"] * 5 + ["warning"] + ["clean"] * 2
)  # fmt: skip
PREPARE = """
import json
from datetime import date, timedelta
from itertools import count
from django.utils import timezone
from enrolment.models import Registration
from outreach.models import User
from tests import factories
factories._serials = count(1000 + 3 * Registration.objects.count())  # each call's are other workers
officer, reviewer = (User.objects.get(username=name) for name in ("petugas", "verifikator"))
Registration.objects.filter(state="submitted").update(
    state="withdrawn", with_head_at=None, **Registration.NO_CLAIM)
at = {"event": "taman-waduk-pluit-2026", "booth": "A", "officer": "petugas",
      "registered_at": "2026-11-21T10:00:00+07:00", "consent_at": "2026-11-21T09:00:00+07:00"}
made, start = {}, timezone.now() - timedelta(hours=30)
for place, kind in enumerate(KINDS):
    said = {"warning": {"sex": "P"}, "young": {"birth_date": "2010-02-03", "guardian": "Wali Uji",
            "nik": factories.nik(born=date(2010, 2, 3))}}.get(kind, {})
    make = factories.submitted
    if kind == "second":
        make = lambda *, by, **said: factories.returned_once(by=by, reviewer=reviewer, **said)
    row = make(by=officer, full_name=f"Warga {kind.title()}", **at, **said)
    Registration.objects.filter(pk=row.pk).update(received_at=start + timedelta(minutes=place))
    made[row.reference] = kind
print("MADE", json.dumps(made))
"""
STORED = """
import json
from enrolment.models import Registration
print("STORED", json.dumps({row.reference: [
    row.state, bool(row.with_head_at), bool(row.claimed_by_id), row.decisions.order_by("number").last().target,
    bool(row.decisions.order_by("number").last().flags), bool(row.decisions.order_by("number").last().reason),
    row.escalations.count(), row.decisions.count(),
] for row in Registration.objects.filter(reference__in=REFERENCES)}))
"""
# state, with the head, claimed, last decision, has flags, has a reason, steps to the head, decisions
AFTER = {
    "clean": ["approved", False, False, "approved", False, False, 0, 2],
    "skip": ["approved", False, False, "approved", False, False, 0, 2],
    "warning": ["approved", False, False, "approved", False, False, 0, 2],
    "return": ["returned", False, False, "returned", True, False, 0, 2],
    "reject": ["rejected", False, False, "rejected", False, True, 0, 2],
    "second": ["submitted", True, False, "submitted", False, False, 1, 3],
    "young": ["approved", False, False, "approved", False, True, 0, 2],
}
SAID = {
    "return": "dikembalikan kepada petugas", "reject": "ditolak", "second": "diteruskan ke kepala kantor cabang",
}  # fmt: skip
FOCUSED = "() => document.activeElement.id || document.activeElement.tagName"


@pytest.fixture(scope="module")
def site(demo, tmp_path_factory):
    """A site of its own: what waits in it is what this module has put there."""
    with running_site(tmp_path_factory.mktemp("review-keys"), copy_of=demo, **QUICK) as site:
        yield site


def told(site, word: str, code: str) -> dict:
    said = site.run(code)
    return json.loads(next(line for line in said.splitlines() if line.startswith(word)).removeprefix(word))


def prepare(site, kinds=KINDS) -> dict[str, str]:
    """What waits from now on: each one's kind by its reference."""
    return told(site, "MADE", f"KINDS = {kinds!r}\n{PREPARE}")


def stored(site, references) -> dict[str, list]:
    return told(site, "STORED", f"REFERENCES = {list(references)!r}\n{STORED}")


def here(page) -> str:
    return page.url.rstrip("/").rpartition("/")[2]


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def away(page, *keys: str) -> None:
    """The last of these keys leads to another page."""
    before = page.url
    press(page, *keys)
    page.wait_for_url(lambda url: url != before, wait_until="domcontentloaded")


def flag_first(page) -> None:
    """By keyboard: tick the first field, choose its second reason, add own words, leave the field."""
    press(page, "k")
    assert page.evaluate(FOCUSED) == "flag_nik"
    press(page, "Space", "Tab")
    assert page.evaluate(FOCUSED) == "why_nik"
    press(page, "ArrowDown", "Tab")
    page.keyboard.type("Angka kelima: 4 atau 7? Tanya lagi.")
    press(page, "Enter")  # which presses no button
    press(page, "Escape")


def give_reason(page, key: str, reason: str) -> None:
    press(page, key)
    assert page.evaluate(FOCUSED) == "id_reason"
    page.keyboard.type(reason)
    press(page, "Escape")


@pytest.mark.parametrize("width", [1280, 360])
def test_twenty_are_cleared_by_keyboard_alone(page_for, shot, site, width):
    made = prepare(site)
    assert len(made) == 20
    page = page_for("verifikator", width)
    page.goto(QUEUE)
    page.locator("kbd", has_text="N").wait_for()
    shot(page, "keys-queue")
    away(page, "n")
    order = list(made)
    skipped = order[KINDS.index("skip")]
    decided = False
    for place, expected in enumerate([*(one for one in order if one != skipped), skipped]):
        if here(page) == skipped and expected != skipped:
            away(page, "n")
            decided = False
        reference = here(page)
        assert reference == expected
        kind = made[reference]
        assert page.evaluate(FOCUSED) == "H1"
        if decided:  # what was done stands on the page, and the heading is read with it
            assert page.locator(".messagelist").is_visible()
            assert page.locator("h1").get_attribute("aria-describedby") == "said"
        if kind in ("return", "second"):
            if kind == "second":
                page.get_by_text("Pengembalian kedua: diteruskan ke kepala kantor cabang.").wait_for()
                shot(page, "keys-second")
            flag_first(page)
            assert here(page) == reference
            if kind == "return":
                shot(page, "keys-flagged")
            away(page, "k")
        elif kind == "reject":
            give_reason(page, "t", "Kata takn: pekerja ternyata digaji tetap.")
            assert here(page) == reference
            away(page, "t")
        elif kind == "young":
            give_reason(page, "a", "Wali hadir dan tanda tangan.")
            shot(page, "keys-young")
            away(page, "a")
        else:
            if place == 0:
                shot(page, "keys-review")
                assert violations(page) == []
            away(page, "a")
        assert SAID.get(kind, "disetujui") in page.locator(".messagelist").inner_text()
        decided = True
    assert page.url.endswith(QUEUE)
    assert page.locator("[data-key=n]").count() == 0  # nobody waits for this reviewer
    shot(page, "keys-empty")
    assert stored(site, made) == {reference: AFTER[kind] for reference, kind in made.items()}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_head_decides_on_a_second_return(page_for, shot, site, width):
    made = prepare(site, ["second", "second", "second"])
    reviewer = page_for("verifikator", width)
    for reference in made:
        reviewer.goto(f"{QUEUE}{reference}/")
        reviewer.get_by_label("Perlu dibetulkan: Nomor HP").check()
        away(reviewer, "k")
    reviewer.goto(f"{QUEUE}{next(iter(made))}/")
    reviewer.get_by_text("sekarang kepala kantor cabang yang memutuskan").wait_for()
    assert reviewer.locator("[data-key=k], [data-key=a], [data-key=t]").count() == 0
    shot(reviewer, "with-head-reviewer")
    head = page_for("kepala", width)
    head.goto("/admin/")
    shot(head, "head-index")
    head.get_by_role("link", name="Untuk Anda putuskan: 3").click()
    head.locator("tbody tr").nth(2).wait_for()
    shot(head, "head-list")
    assert violations(head) == []
    references = list(made)
    head.locator("tbody th a").first.click()
    head.get_by_role("heading", name="Keputusan").wait_for()
    assert here(head) == references[0]
    assert head.locator("[name=flag]:checked").get_attribute("value") == "phone"
    shot(head, "head-one")
    assert violations(head) == []
    away(head, "k")  # the ticks are there already: it goes to the officer
    assert "dikembalikan kepada petugas" in head.locator(".messagelist").inner_text()
    head.locator("tbody th a").first.click()
    head.get_by_label("Alasan", exact=True).fill("Telepon dulu pekerjanya.")
    away_by = head.get_by_role("button", name="Serahkan kembali ke verifikator")
    away_by.click()
    head.locator(".messagelist", has_text="kembali ke antrean pemeriksaan").wait_for()
    head.locator("tbody th a").first.click()
    head.get_by_role("heading", name="Keputusan").wait_for()
    away(head, "a")
    head.get_by_text("Tidak ada yang menunggu keputusan Anda.").wait_for()
    shot(head, "head-empty")
    assert violations(head) == []
    found = stored(site, made)
    states = [found[reference][:2] for reference in made]
    assert sorted(states) == [["approved", False], ["returned", False], ["submitted", False]]
    reviewer.goto(QUEUE)
    away(reviewer, "n")
    reviewer.get_by_text("Kepala kantor cabang menyerahkannya kembali").wait_for()
    reviewer.get_by_text("Telepon dulu pekerjanya.").first.wait_for()
    shot(reviewer, "given-back")
    assert violations(reviewer) == []


def test_three_without_javascript(page_for, shot, site):
    made = prepare(site, ["clean", "return", "reject"])
    page = page_for("verifikator", 1280, java_script_enabled=False)
    page.goto(QUEUE)
    assert page.locator("kbd:visible").count() == 0
    page.get_by_role("button", name="Ambil berikutnya").click()
    assert page.locator("kbd:visible, [data-keys-note]:visible").count() == 0
    shot(page, "keys-no-script")
    page.get_by_role("button", name="Setujui").click()
    page.get_by_label("Perlu dibetulkan: NIK").check()
    page.get_by_label("Dengan kata sendiri: NIK").fill("Angka kelima.")
    page.get_by_label("Dengan kata sendiri: NIK").press("Enter")  # presses nothing
    page.get_by_role("button", name="Kembalikan kepada petugas").click()
    page.get_by_label("Alasan", exact=True).fill("Digaji tetap.")
    page.get_by_role("button", name="Tolak").click()
    page.wait_for_url(lambda url: url.endswith(QUEUE))
    assert page.locator("[data-key=n]").count() == 0  # nobody waits for this reviewer
    assert stored(site, made) == {reference: AFTER[kind] for reference, kind in made.items()}


def test_keys_keep_out_of_the_way(page_for, site):
    made = prepare(site, ["clean"] * 3)
    first, second, _third = made
    page = page_for("verifikator", 1280)
    page.goto(QUEUE)
    away(page, "n")
    approve = page.get_by_role("button", name="Setujui", exact=True)
    assert approve.get_attribute("aria-keyshortcuts") == "A"
    press(page, "Control+a", "Shift+A", "Alt+a", "Meta+a", "x", "[")
    page.locator("#id_reason").focus()
    page.keyboard.type("a k t n")
    page.locator("#id_purpose").focus()
    press(page, "a", "t")
    assert here(page) == first
    press(page, "Escape")
    page.locator("#id_reason").fill("")
    press(page, "Escape")
    switch = page.get_by_role("button", name="Tombol cepat")
    switch.click()  # off, and it stays off
    assert (approve.get_attribute("aria-keyshortcuts"), page.locator("kbd:visible").count()) == (None, 0)
    page.reload()
    press(page, "a")
    assert page.locator("kbd:visible").count() == 0
    assert here(page) == first
    page.get_by_role("button", name="Tombol cepat").click()
    page.locator("h1").focus()
    for _ in range(4):  # held down: the first one counts
        page.keyboard.down("a")
    page.wait_for_url(lambda url: first not in url, wait_until="domcontentloaded")
    for _ in range(4):
        page.keyboard.down("a")
    page.keyboard.up("a")
    assert here(page) == second
    found = stored(site, made)
    assert [found[reference][0] for reference in made] == ["approved", "submitted", "submitted"]


def test_typing_renews_the_claim_and_an_idle_page_does_not(page_for, shot, site):
    made = prepare(site, ["clean"])
    page = page_for("verifikator", 1280)
    asked = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request.post_data or ""))
    page.clock.install()
    page.goto(QUEUE)
    away(page, "n")
    until = page.locator("[data-held-until]").inner_text()
    page.clock.run_for(61_000)
    page.clock.run_for(61_000)
    assert [body for body in asked if "act=renew" in body] == []
    page.locator("#id_reason").focus()
    page.keyboard.type("Hm")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.clock.run_for(61_000)
    assert answered.value.status == 200
    assert "until" in answered.value.json()
    assert page.locator("[data-held-until]").inner_text() >= until
    told(
        site, "STORED",
        "from enrolment.models import Registration\n"
        f"Registration.objects.filter(reference={next(iter(made))!r}).update(**Registration.NO_CLAIM)\n"
        "print('STORED {}')",
    )  # fmt: skip
    page.keyboard.type("m")
    with page.expect_response(lambda answer: answer.status == 409):
        page.clock.run_for(61_000)
    page.get_by_text("Pendaftaran ini tidak lagi Anda pegang.").wait_for()
    assert not page.get_by_text("Anda pegang sampai").is_visible()
    shot(page, "keys-lost")
    assert page.locator("#id_reason").input_value() == "Hmm"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_branch_asks_plainly_who_withdraws_consent(page_for, shot, site, width):
    made = prepare(site, ["clean"])
    page = page_for("verifikator", width)
    page.goto(f"{QUEUE}{next(iter(made))}/consent/")
    assert page.get_by_role("group", name="Siapa yang meminta?").get_by_role("radio").count() == 4
    page.locator(".submit-row .jb-btn-err").click()
    page.locator("[data-error-summary]").wait_for()
    shot(page, "consent-at-branch")
    assert violations(page, preload=False) == []
