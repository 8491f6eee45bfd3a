"""The demo's equipment: what the branch lends, and requests in every state, all of it made by the real actions."""

from uuid import NAMESPACE_URL, UUID, uuid5

from outreach.actions import equipment, handovers
from outreach.actions.handovers import Count
from outreach.choices import Condition, Direction, EquipmentKind, EventState
from outreach.models import Branch, EquipmentItem, EquipmentLine, Event, User

_LOAN, _GRANT = EquipmentKind
CATALOGUE = (
    ("Tenda 3 × 3 m", "unit", _LOAN),
    ("Meja lipat", "unit", _LOAN),
    ("Kursi lipat", "unit", _LOAN),
    ("Panggung 4 × 6 m", "unit", _LOAN),
    ("Sound system", "set", _LOAN),
    ("Genset 5 kVA", "unit", _LOAN),
    ("Banner Kerja Keras Bebas Cemas", "lembar", _LOAN),
    ("Payung", "unit", _LOAN),
    ("Tempat sampah", "unit", _LOAN),
    ("Paket sembako", "paket", _GRANT),
)
TODAY, PAST = "bazar-hari-ini", "penjaringan-2023"
# (event, item, asked, what for)
ASKED = (
    (TODAY, "Panggung 4 × 6 m", 1, "Untuk sambutan dan hiburan sore"),
    (TODAY, "Tempat sampah", 8, "Untuk jalan masuk dan area makan"),
    (TODAY, "Tenda 3 × 3 m", 6, "Untuk stan UMKM di sisi utara lapangan"),
    (TODAY, "Meja lipat", 12, "Untuk stan UMKM"),
    (TODAY, "Genset 5 kVA", 1, "Cadangan kalau listrik padam"),
    (TODAY, "Kursi lipat", 80, "Untuk tamu dan antrean stan layanan"),
    (TODAY, "Paket sembako", 30, "Untuk lansia di RW 006"),
    (PAST, "Payung", 10, "Untuk pelapak tanpa tenda"),
    (PAST, "Sound system", 1, "Untuk pembawa acara"),
    (PAST, "Banner Kerja Keras Bebas Cemas", 4, "Untuk pintu masuk"),
)
# (event, item) → (agreed to, why fewer)
AGREED = {
    (TODAY, "Tenda 3 × 3 m"): (4, "Dua tenda masih dipakai bazar lain."),
    (TODAY, "Meja lipat"): (12, ""),
    (TODAY, "Kursi lipat"): (80, ""),
    (TODAY, "Paket sembako"): (30, ""),
    (PAST, "Payung"): (10, ""),
    (PAST, "Sound system"): (1, ""),
    (PAST, "Banner Kerja Keras Bebas Cemas"): (4, ""),
}
DECLINED = {(TODAY, "Genset 5 kVA"): "Genset sedang diperbaiki sampai bulan depan."}
# (event, item) → (how many came, their condition)
CAME = {
    (TODAY, "Kursi lipat"): (78, Condition.GOOD),
    (TODAY, "Paket sembako"): (30, Condition.GOOD),
    (PAST, "Payung"): (10, Condition.GOOD),
    (PAST, "Sound system"): (1, Condition.GOOD),
    (PAST, "Banner Kerja Keras Bebas Cemas"): (4, Condition.GOOD),
}
# (event, item) → (back in good condition, damaged, lost)
BACK = {
    (PAST, "Payung"): (7, 2, 1),
    (PAST, "Sound system"): (0, 1, 0),
    (PAST, "Banner Kerja Keras Bebas Cemas"): (4, 0, 0),
}
BRANCH_NAME, ORGANISER_NAME = "Yusuf Demo", "Deni Demo"


def load(branch: Branch, *, head: User, organiser: User) -> None:
    """Fill the catalogue, and make the requests unless they are there. The caller's transaction makes it whole."""
    for name, unit, kind in CATALOGUE:
        EquipmentItem.objects.get_or_create(branch=branch, name=name, defaults={"unit": unit, "kind": kind})
    if EquipmentLine.objects.filter(pk__in=[_line(slug, item) for slug, item, *_rest in ASKED]).exists():
        return
    # A demo may have been changed by hand before it had equipment: what is closed or another's is left alone.
    events = (
        Event.objects.visible_to(organiser).filter(slug__in=(TODAY, PAST)).exclude(state=EventState.CLOSED)
    )
    for event in events:
        lines = _ask(event, by=organiser)
        _answer(lines, by=head)
        _count(event, Direction.OUT, CAME, by=organiser)
        _count(event, Direction.BACK, BACK, by=organiser)


def _line(slug: str, item: str) -> UUID:
    """The same in every run, so that a second one finds what the first has made."""
    return uuid5(NAMESPACE_URL, f"jemput-bola demo {slug} {item}")


def _ask(event: Event, *, by: User) -> dict[tuple[str, str], EquipmentLine]:
    items = {item.name: item for item in EquipmentItem.objects.filter(branch_id=event.branch_id)}
    return {
        (slug, name): equipment.ask(
            by=by,
            event=event,
            line_id=_line(slug, name),
            item=items[name],
            quantity=quantity,
            purpose=purpose,
        ).line
        for slug, name, quantity, purpose in ASKED
        if slug == event.slug
    }


def _answer(lines: dict[tuple[str, str], EquipmentLine], *, by: User) -> None:
    for key, line in lines.items():
        if key in AGREED:
            quantity, reason = AGREED[key]
            equipment.agree(by=by, line=line, kind=line.kind, quantity=quantity, reason=reason)
        elif key in DECLINED:
            equipment.decline(by=by, line=line, reason=DECLINED[key])


def _count(event: Event, direction: Direction, counted: dict, *, by: User) -> None:
    counts = [
        _counted(direction, _line(*key), numbers) for key, numbers in counted.items() if key[0] == event.slug
    ]
    if not counts:
        return
    names = (BRANCH_NAME, ORGANISER_NAME) if direction == Direction.OUT else (ORGANISER_NAME, BRANCH_NAME)
    handovers.record(
        by=by,
        event=event,
        direction=direction,
        record_id=_line(event.slug, direction),
        giver=names[0],
        receiver=names[1],
        counts=counts,
    )


def _counted(direction: Direction, line: UUID, numbers: tuple) -> Count:
    if direction == Direction.OUT:
        return Count(line=line, quantity=numbers[0], condition=numbers[1])
    return Count(line=line, quantity=numbers[0], damaged=numbers[1], lost=numbers[2])
