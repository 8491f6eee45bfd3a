"""Paper pads: numbers that are keyed in, voided or named by the gap report; and never twice."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from enrolment import paper, sheet_numbers
from enrolment.actions import pads, registrations
from enrolment.forms.registration import RegistrationForm
from enrolment.models import PaperPad, PaperSheet, Registration, SheetVoid
from enrolment.queries import sheets
from enrolment.views import pads as pages
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories

# --- Pads


def pad_of(cast, *, booth: str = "A", number: int = 5, by=None) -> PaperPad:
    return factories.pad(cast.event.booths.get(code=booth), by=by or cast.head, number=number)


def no(pad: PaperPad, number: int = 1) -> str:
    return str(PaperSheet(pad, number))


def account(pad: PaperPad) -> tuple[list[int], dict[int, str], list[int]]:
    (found,) = sheets.accounts([pad])
    return sorted(found.keyed), found.voided, found.missing


@pytest.fixture
def pad(cast) -> PaperPad:
    return pad_of(cast)


def test_a_pad_sent_twice_is_one(cast):
    stand, made = cast.event.booths.get(code="A"), uuid4()
    answers = [pads.make(by=cast.head, booth=stand, pad_id=made, number=5) for _ in range(2)]
    assert answers == [True, False]
    assert PaperPad.objects.count() == AuditEntry.objects.filter(action="paperpad.make").count() == 1


@pytest.mark.parametrize(
    "change", [{"booth": "B"}, {"number": 6}, {"by": "reviewer"}, {"by": "strange_reviewer"}]
)
def test_one_id_with_another_pad_is_a_conflict(cast, pad, change):
    by = getattr(cast, change.get("by", "head"))
    event = cast.event
    if by.branch_id != event.branch_id:
        event = factories.event(organiser=cast.strange_organiser.organisation, slug="bazar-lain")
    stand = event.booths.get(code=change.get("booth", "A"))
    with pytest.raises(ActionRefused) as refusal:
        pads.make(by=by, booth=stand, pad_id=pad.pk, number=change.get("number", 5))
    assert refusal.value.code == "conflict"
    assert PaperPad.objects.count() == AuditEntry.objects.filter(action="paperpad.make").count() == 1


def test_a_pad_that_arrives_again_after_the_event_was_closed_is_the_same(cast, pad):
    cast.event.state = "closed"
    cast.event.save()
    stand = cast.event.booths.get(code="A")
    assert pads.make(by=cast.head, booth=stand, pad_id=pad.pk, number=5) is False


def test_a_code_that_is_taken_is_drawn_again(cast, pad, monkeypatch):
    draws = iter([pad.code, pad.code, "ZZZ"])
    monkeypatch.setattr(sheet_numbers, "new_code", lambda: next(draws))
    assert pad_of(cast).code == "ZZZ"


def test_who_may_not_make_a_pad_is_refused(cast):
    stand = cast.event.booths.get(code="A")
    for person in (cast.officer, cast.organiser, cast.strange_reviewer):
        with pytest.raises(ActionRefused) as refusal:
            pads.make(by=person, booth=stand, pad_id=uuid4(), number=5)
        assert refusal.value.code == "not_allowed"
    cast.event.state = "closed"
    cast.event.save()
    with pytest.raises(ActionRefused) as refusal:
        pads.make(by=cast.head, booth=cast.event.booths.get(code="A"), pad_id=uuid4(), number=5)
    assert refusal.value.code == "event_closed"
    assert PaperPad.objects.count() == 0


def test_an_officer_sees_the_pads_of_their_booths(cast, pad):
    factories.assign(cast.colleague, cast.event.booths.get(code="B"), cast.event.first_day)
    seen = {name: list(PaperPad.objects.visible_to(person)) == [pad] for name, person in cast.people.items()}
    assert {name for name, sees in seen.items() if sees} == {
        "officer", "reviewer", "other_reviewer", "head", "system_admin",
    }  # fmt: skip


# --- Keying in


def test_a_sheet_is_keyed_in_once(cast, pad):
    first = factories.submitted(by=cast.officer, sheet=no(pad, 3))
    assert (first.pad, first.sheet, str(first.paper_sheet)) == (pad, 3, no(pad, 3))
    again = factories.form(by=cast.officer, sheet=no(pad, 3))
    assert again.coded_errors() == ["sheet:sheet_used"]
    assert str(first) in str(again.errors["sheet"])
    assert account(pad) == ([3], {}, [1, 2, 4, 5])


def test_who_may_not_see_the_registration_is_not_told_which_it_is(cast, pad):
    factories.assign(cast.colleague, pad.booth, *cast.event.days)
    first = factories.submitted(by=cast.officer, sheet=no(pad))
    form = factories.form(by=cast.colleague, officer="rekan", sheet=no(pad))
    assert form.coded_errors() == ["sheet:sheet_used"]
    assert str(first) not in str(form.errors["sheet"])


@pytest.mark.parametrize(
    ("typed", "code"),
    [("P-7K3-042", "sheet_invalid"), ("7K4-2Q9-3", "sheet_invalid"), ("{beyond}", "sheet_unknown"),
     ("{zero}", "sheet_unknown"), ("{foreign}", "sheet_unknown"), ("{other}", "sheet_elsewhere"),
     ("{voided}", "sheet_void")],
)  # fmt: skip
def test_what_speaks_against_a_number_is_named(cast, pad, typed, code):
    foreign = factories.event(
        organiser=cast.strange_organiser.organisation, slug="bazar-lain", booths="A"
    ).booths.get()
    elsewhere = uuid4()
    pads.make(by=cast.strange_reviewer, booth=foreign, pad_id=elsewhere, number=5)
    pads.void(by=cast.officer, pad=pad, numbers=[2], reason="lost")
    numbers = {
        "beyond": sheet_numbers.serial(pad.code, 6),
        "zero": sheet_numbers.serial(pad.code, 0),
        "foreign": no(PaperPad.objects.get(pk=elsewhere)),
        "other": no(pad_of(cast, booth="B")),
        "voided": no(pad, 2),
    }
    form = factories.form(by=cast.officer, sheet=typed.format(**numbers))
    assert form.coded_errors() == [f"sheet:{code}"]


def test_without_a_sheet_the_content_keeps_its_digest(cast, pad):
    """A registration of before there were pads is recognised when it arrives again."""
    row = factories.row()
    plain = factories.entry(by=cast.officer, **row)
    assert "sheet" not in plain.canonical()
    assert factories.entry(by=cast.officer, **row, sheet="").digest() == plain.digest()
    numbered = factories.entry(by=cast.officer, **row, sheet=no(pad))
    assert numbered.canonical() == {**plain.canonical(), "sheet": no(pad)}
    assert numbered.digest() != plain.digest()


def test_one_id_with_another_sheet_is_a_conflict_and_with_the_same_one_the_same(cast, pad):
    row = factories.row(sheet=no(pad, 1))
    factories.submitted(by=cast.officer, **row)
    outcomes = [
        registrations.submit(by=cast.officer, entry=factories.entry(by=cast.officer, **{**row, "sheet": typed})).outcome
        for typed in (no(pad, 1), no(pad, 2), "")
    ]  # fmt: skip
    assert outcomes == ["same", "conflict", "conflict"]
    assert Registration.objects.count() == 1


def test_a_sheet_taken_between_the_look_and_the_sending_is_a_sentence(cast, pad):
    entries = [factories.entry(by=cast.officer, sheet=no(pad)) for _ in range(2)]
    registrations.submit(by=cast.officer, entry=entries[0])
    with pytest.raises(pads.SheetRefused) as refusal:
        registrations.submit(by=cast.officer, entry=entries[1])
    assert refusal.value.code == "sheet_used"
    assert Registration.objects.count() == 1


def test_a_correction_may_name_another_sheet_and_frees_the_first(cast, pad):
    row = factories.row(sheet=no(pad, 1))
    stored = factories.submitted(by=cast.officer, **row)
    row["sheet"] = no(pad, 2)
    registrations.correct(by=cast.officer, registration=stored, entry=factories.entry(by=cast.officer, **row))
    assert account(pad) == ([2], {}, [1, 3, 4, 5])
    other = factories.submitted(by=cast.officer, sheet=no(pad, 1))
    row["sheet"] = no(pad, 1)
    entry = factories.entry(by=cast.officer, **{**row, "sheet": ""})
    with pytest.raises(pads.SheetRefused):
        registrations.correct(
            by=cast.officer,
            registration=stored,
            entry=type(entry)(**{**_values(entry), "sheet": other.paper_sheet}),
        )
    assert account(pad) == ([1, 2], {}, [3, 4, 5])


@pytest.mark.parametrize("taken", [
    lambda cast, pad: factories.submitted(by=cast.officer, sheet=no(pad, 1)),
    lambda cast, pad: pads.void(by=cast.officer, pad=pad, numbers=[1], reason="spoilt"),
], ids=["keyed in by another", "voided"])  # fmt: skip
def test_what_was_sent_before_gets_its_receipt_whatever_became_of_its_sheet(cast, pad, taken):
    """Sheet 1 was sent, corrected to sheet 2, sheet 1 is another's: then the first sending arrives again."""
    row = factories.row(sheet=no(pad, 1))
    before = factories.entry(by=cast.officer, **row)
    stored = registrations.submit(by=cast.officer, entry=before).registration
    corrected = factories.entry(by=cast.officer, **{**row, "sheet": no(pad, 2)})
    registrations.correct(by=cast.officer, registration=stored, entry=corrected)
    taken(cast, pad)
    count = Registration.objects.count()
    for entry, outcome in (
        (before, "same"),
        (factories.entry(by=cast.officer, **row), "same"),  # the form as well lets it through
        (factories.entry(by=cast.officer, **{**row, "full_name": "Warga Lain"}), "conflict"),
    ):
        receipt = registrations.submit(by=cast.officer, entry=entry)
        assert (receipt.outcome, receipt.registration) == (outcome, stored)
    assert Registration.objects.count() == count
    stored.refresh_from_db()
    assert stored.paper_sheet == PaperSheet(pad, 2)
    correcting = RegistrationForm(row, user=cast.officer, correcting=stored)
    assert [error.partition(":")[0] for error in correcting.coded_errors()] == ["sheet"]


def test_what_was_signed_is_what_stands_on_the_sheet(cast, pad):
    """The page offered a newer notice than the pad was printed with, or none that holds."""
    newer = factories.consent_text("2026-10")
    for number, offered in enumerate((newer.code, "1999-01", ""), start=1):
        stored = factories.submitted(by=cast.officer, sheet=no(pad, number), consent_version=offered)
        assert (stored.consent_text, stored.consent_how) == (pad.consent_text, "paper")
        assert stored.versions.get().digest == stored.digest
    aloud = factories.submitted(
        by=cast.officer, sheet=no(pad, 4), consent_how="aloud", consent_version=newer.code
    )
    assert (aloud.consent_text, aloud.consent_how) == (newer, "aloud")  # nobody says that it was signed


def test_a_correction_to_another_sheet_takes_its_notice(cast, pad):
    newer = factories.consent_text("2026-10")
    later = pad_of(cast)
    row = factories.row(sheet=no(pad))
    stored = factories.submitted(by=cast.officer, **row)
    form = RegistrationForm({**row, "sheet": no(later)}, user=cast.officer, correcting=stored)
    assert form.is_valid(), form.coded_errors()
    corrected = registrations.correct(by=cast.officer, registration=stored, entry=form.entry())
    assert (later.consent_text, corrected.consent_text) == (newer, newer)


def test_the_action_refuses_a_notice_that_was_not_signed(cast, pad):
    row = factories.row(sheet=no(pad))
    entry = factories.entry(by=cast.officer, **row)
    other = type(entry)(**{**_values(entry), "consent_version": factories.consent_text("2026-10")})
    with pytest.raises(pads.SheetRefused) as refusal:
        registrations.submit(by=cast.officer, entry=other)
    assert refusal.value.code == "sheet_notice"
    assert Registration.objects.count() == 0


def _values(entry) -> dict:
    return {name: getattr(entry, name) for name in type(entry).__slots__}


# --- Voiding


def test_sheets_are_voided_with_a_reason_and_taken_back_by_the_head(cast, pad):
    assert pads.void(by=cast.officer, pad=pad, numbers=[2, 3], reason="lost") == 2
    assert pads.void(by=cast.officer, pad=pad, numbers=[3, 4], reason="unused") == 1
    assert account(pad) == ([], {2: "lost", 3: "lost", 4: "unused"}, [1, 5])
    with pytest.raises(ActionRefused) as refusal:
        pads.take_back(by=cast.officer, pad=pad, numbers=[3])
    assert refusal.value.code == "not_allowed"
    assert pads.take_back(by=cast.head, pad=pad, numbers=[3, 5]) == 1
    assert account(pad) == ([], {2: "lost", 4: "unused"}, [1, 3, 5])
    factories.submitted(by=cast.officer, sheet=no(pad, 3))
    assert account(pad) == ([3], {2: "lost", 4: "unused"}, [1, 5])
    turns = SheetVoid.objects.filter(number=3).order_by("turn").values_list("turn", "reason", "by__username")
    assert list(turns) == [(1, "lost", "petugas"), (2, "", "kepala")]
    trail = AuditEntry.objects.filter(action__startswith="sheets.").order_by("seq")
    assert list(trail.values_list("action", "count")) == [
        ("sheets.void", 2), ("sheets.void", 1), ("sheets.take_back", 1),
    ]  # fmt: skip


def test_what_is_keyed_in_is_not_voided_and_nothing_of_that_range_is(cast, pad):
    factories.submitted(by=cast.officer, sheet=no(pad, 2))
    with pytest.raises(ActionRefused) as refusal:
        pads.void(by=cast.officer, pad=pad, numbers=[1, 2, 3], reason="unused")
    assert refusal.value.code == "sheet_used"
    assert "002" in str(refusal.value)
    assert account(pad) == ([2], {}, [1, 3, 4, 5])


@pytest.mark.parametrize("numbers", [[77], [0], [5, 6]])
def test_sheets_that_the_pad_has_not_are_not_voided(cast, pad, numbers):
    with pytest.raises(ActionRefused) as refusal:
        pads.void(by=cast.officer, pad=pad, numbers=numbers, reason="unused")
    assert refusal.value.code == "sheet_unknown"
    assert SheetVoid.objects.count() == 0


@pytest.mark.parametrize("part", ["colleague", "organiser", "stranger", "strange_reviewer"])
def test_others_sheets_are_not_voided(cast, pad, part):
    with pytest.raises(ActionRefused) as refusal:
        pads.void(by=getattr(cast, part), pad=pad, numbers=[1], reason="unused")
    assert refusal.value.code == "not_allowed"


# --- What the database holds


def _raw(table: str, change: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{change.format(table=table)}")


@pytest.mark.parametrize("table", ["enrolment_paperpad", "enrolment_sheetvoid"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_rows_are_append_only(cast, pad, table, change):
    pads.void(by=cast.officer, pad=pad, numbers=[1], reason="lost")
    with pytest.raises(IntegrityError, match="append-only"):
        _raw(table, change)


def test_the_database_refuses_a_sheet_twice_or_half(cast, pad):
    factories.submitted(by=cast.officer, sheet=no(pad, 1))
    other = Registration.objects.filter(pk=factories.submitted(by=cast.officer).pk)
    for wrong in ({"pad": pad, "sheet": 1}, {"pad": pad}, {"sheet": 2}, {"pad": pad, "sheet": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            other.update(**wrong)
    assert other.update(pad=pad, sheet=2) == 1


def test_the_database_refuses_a_turn_twice_and_a_void_without_a_reason(cast, pad):
    pads.void(by=cast.officer, pad=pad, numbers=[1], reason="lost")
    about = {"pad": pad, "at": timezone.now(), "by": cast.officer}
    wrong_ones = (
        {"number": 1, "turn": 1, "reason": "lost"},
        {"number": 2, "turn": 1, "reason": ""},
        {"number": 2, "turn": 1, "reason": "hm"},
        {"number": 0, "turn": 1, "reason": "lost"},
    )
    for wrong in wrong_ones:
        with pytest.raises(IntegrityError), transaction.atomic():
            SheetVoid.objects.create(**about, **wrong)
    SheetVoid.objects.create(**about, number=2, reason="lost")


# --- The file


def test_a_paper_file_may_name_sheets(cast, pad):
    assert paper.COLUMNS[-1] == "sheet"
    rows = [
        factories.row(sheet=no(pad, 1)),
        factories.row(sheet=no(pad, 1)),
        factories.row(sheet="P-XXX-001-1"),
    ]
    for act in (paper.preview, lambda rows, by: list(paper.import_rows(rows, by=by))):
        outcomes = [(line.outcome, line.errors) for line in act(rows, by=cast.reviewer)]
        assert outcomes == [
            ("created", ()), ("refused", ("sheet:sheet_used",)), ("refused", ("sheet:sheet_invalid",)),
        ]  # fmt: skip
    assert account(pad) == ([1], {}, [2, 3, 4, 5])


def test_the_history_tells_together_what_was_said_together(cast, pad):
    pads.void(by=cast.officer, pad=pad, numbers=[1, 2, 3], reason="lost")
    pads.take_back(by=cast.head, pad=pad, numbers=[2])
    assert [(row["sheets"], bool(row["reason"])) for row in pages._history(pad)] == [
        ("002", False), ("001–003", True),
    ]  # fmt: skip


def test_the_address_of_a_qr_code_holds_the_number_and_nothing_else(cast, pad, login):
    page = login(cast.head).get(reverse("paper-pad-print", args=[pad.pk]))
    addresses = [address for _sheet, address in page.context["sheets"]]
    assert addresses == [f"http://testserver/registrations/new/?sheet={no(pad, n)}" for n in pad.numbers]
