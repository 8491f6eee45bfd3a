"""Registering a worker in a browser, with steps or as one long page: a test fills in and sends, and need not know."""

import itertools
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import TimeoutError

serials = itertools.count(4001)
CHECK = "Cocokkan dengan KTP"

ANSWERS = {
    "full_name": "Sumiati Contoh",
    "birth_place": "Indramayu",
    "birth_date_day": "12",
    "birth_date_month": "4",
    "birth_date_year": "1988",
    "address": "Kampung Contoh No. 18",
    "rt": "3",
    "rw": "6",
    "village_code": "Penjaringan",
    "phone": "0800 0000 7890",
    "income": "2,5 juta",
}
CHOICES = {"sex": "P", "package": "L", "months": "3"}
PRICED = ("package", "months")
"""One tap on a price says both, once there is one."""
HAS_SCRIPTS = "matchMedia('(scripting: enabled)').matches"
BY_STEP = (
    ("consent_how",),
    ("nik",),
    (
        "full_name", "birth_place", "birth_date_day", "birth_date_month", "birth_date_year", "sex", "address",
        "rt", "rw", "village_code", "phone",
    ),
    ("job_type_1", "income", "package", "months"),
)  # fmt: skip


def three_months_with_jht() -> str:
    """What the answers above cost from this month on (Asia/Jakarta): JKK and JKM are halved until December 2026 (PP
    50/2025), JHT is not, so a month is Rp84.800 or Rp68.400."""
    today = datetime.now(ZoneInfo("Asia/Jakarta"))
    halved = sum(today.year * 12 + today.month + n <= 2026 * 12 + 12 for n in range(3))
    total = 3 * 84_800 - halved * 16_400
    return f"Rp{total // 1000}.{total % 1000:03}"


def settled(page) -> None:
    """The steps are there: with scripts the form stands as one long page until its words have come."""
    if page.locator("[data-form-data]").count() and page.evaluate(HAS_SCRIPTS):
        page.locator(".jb-progress").wait_for()


def press(page, words: str = "") -> None:
    """The main button; with `words`, once it says so."""
    settled(page)
    button = page.locator(".jb-actions .jb-btn-main")
    (button.filter(has_text=words) if words else button).click()


def tile(page, said: dict[str, str]):
    """The price of the package and months that were `said`."""
    return page.locator(f"[data-price-tile][data-kind={said['package']}][data-months='{said['months']}']")


def has_tiles(page) -> bool:
    """Do the prices stand side by side? On the stepped form they come once the page's data is there, if it comes."""
    tiles = page.locator("[data-price]")
    if page.locator(".jb-progress").count():
        with suppress(TimeoutError):
            tiles.wait_for(timeout=4_000)
    return tiles.is_visible()


def fill(page, names, said: dict[str, str]) -> None:
    """Type and choose what was `said`, as on the card."""
    for name in names:
        if name == "consent_how":
            page.locator("[name=consent_how][value=aloud]").check()
        elif name == "job_type_1":
            page.locator("[name=job_type_1]").select_option("P050")
        elif name in PRICED and has_tiles(page):
            tile(page, said).check(force=True)  # what a finger meets is the price drawn over it
        elif name in CHOICES:
            page.locator(f"[name={name}][value='{said[name]}']").check()
        else:
            page.locator(f"[name={name}]").fill(said[name])


def answer(page, **changes) -> str:
    """Fill in one invented worker, the last step still open; the NIK."""
    nik = f"317201520488{next(serials):04}"
    settled(page)
    for names in BY_STEP:
        if not page.locator(f"[name={names[0]}]").first.is_visible():
            press(page)
        fill(page, names, {"nik": nik, **ANSWERS, **CHOICES, **changes})
    return nik


def to_check(page) -> None:
    """From the filled form to its answers."""
    press(page, "Periksa isian")
    page.locator("h1", has_text=CHECK).wait_for()


def to_receipt(page) -> str:
    """Send the checked answers; the number of the receipt."""
    press(page, "Kirim")
    page.locator(".jb-receipt-ref").wait_for()
    return page.locator(".jb-receipt-ref").inner_text()
