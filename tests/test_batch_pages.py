"""The pages of the hand-over: who waits, the batch, its file, its answer, and what is typed by hand."""

import io
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import batches, consent, decisions, identity
from enrolment.choices import Stage, State
from enrolment.models import Batch, Participation
from outreach.models import AuditEntry
from tests import factories, handing

pytestmark = pytest.mark.usefixtures("in_english")
REASON = "NIK <b>sudah</b> terdaftar."


def url(page: str = "changelist", *arguments) -> str:
    return reverse(f"admin:enrolment_batch_{page}", args=arguments)


@pytest.fixture
def desk(cast, login):
    return login(cast.reviewer)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def chain() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "purpose", "count"))


def uploaded(content: bytes, name: str = "jawaban.csv") -> dict:
    return {"file": SimpleUploadedFile(name, content)}


def sheet(lines) -> bytes:
    """The answer as an .xlsx, every cell text."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in [handing.HEADINGS, *lines]:
        book.active.append([f"{cell}" for cell in row])
    book.save(file)
    return file.getvalue()


# --- Who waits


def test_an_empty_page_opens_nobody(desk):
    before = chain()
    page = text(desk.get(url()))
    assert "Nobody waits to be handed over." in page
    assert "Check who fits" not in page
    assert chain() == before


def test_who_comes_for_a_batch_opens_nobody(cast, desk):
    handing.batch(cast, 1)
    handing.approved(cast, 2)
    before = chain()
    page = text(desk.get(url()))
    assert "Check who fits the template" in page
    assert "Make a batch" not in page
    assert chain() == before


def test_the_page_says_who_fits_and_names_who_does_not(cast, desk):
    handing.approved(cast, 2)
    (long_name,) = handing.approved(cast, full_name=handing.LONG_NAME)
    (two_months,) = handing.approved(cast, months="2")
    before = chain()
    page = desk.get(url(), {"event": "", "limit": ""})
    assert chain()[len(before) :] == [("read", "hand-over: check", 4)]
    assert "2 fit the template" in text(page)
    assert "Make a batch of 2" in text(page)
    assert [(str(one.registration), faults) for one, faults in page.context["unfit"]] == [
        (str(long_name), [("Full name", "Longer than the 50 characters of the template.")]),
        (str(two_months), [("Pay for how many months", "2 months are not in the template.")]),
    ]
    assert "Warga" not in text(page)


def test_how_many_and_of_which_event_are_chosen(cast, desk):
    factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="lain")
    handing.approved(cast, 2)
    handing.approved(cast, 3, event="lain")
    page = desk.get(url(), {"event": "lain", "limit": "2"})
    assert (len(page.context["checked"].fitting), page.context["going"]) == (3, 2)
    for wrong in ({"limit": "0"}, {"limit": "1001"}, {"limit": "banyak"}):
        refused = desk.get(url(), wrong)
        assert refused.status_code == 422
        assert "Write how many, from 1 to 1,000." in text(refused)
        assert refused.context["checked"] is None
    assert desk.get(url(), {"event": "nowhere"}).status_code == 422


def test_a_batch_is_made_from_the_page(cast, desk):
    handing.approved(cast, 3)
    page = desk.get(url(), {"limit": "2"})
    said = {"batch_id": page.context["batch_id"], "event": "", "limit": page.context["limit"]}
    made = desk.post(url("make"), said)
    assert made.url == url("one", 1)
    assert desk.post(url("make"), said).url == url("one", 1)  # a double click
    assert Batch.objects.count() == 1
    assert Participation.objects.filter(stage=Stage.IN_BATCH).count() == 2
    assert "Batch 1 is made." in text(desk.get(url("one", 1)))


def test_nobody_left_is_said_and_makes_nothing(cast, desk):
    handing.batch(cast, 1)
    refused = desk.post(url("make"), {"batch_id": uuid4(), "limit": "5"})
    assert refused.status_code == 409
    assert "Nobody who fits the template waits any more." in text(refused)


# --- The file


def test_the_file_is_the_template_with_text_and_no_formula(cast, desk):
    made = handing.batch(cast, 2, sent=False)
    before = chain()
    answer = desk.post(url("file", 1))
    assert chain()[len(before) :] == [("read", "hand-over: batch 1", 2)]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gelombang-1.xlsx"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = list(book["Pendaftaran TK Baru BPU"].iter_rows(min_row=3))
    assert [row[0].value for row in cells] == [handing.nik_of(one.registration) for one in handing.rows(made)]
    for row in cells:
        assert (row[0].data_type, row[0].number_format, len(row[0].value)) == ("s", "@", 16)
        assert [cell.data_type for cell in row] == ["s"] * 4 + ["n", "s", "n", "s", "n", "s", "n"]
        assert [cell.value for cell in row[1:8]] == [
            "Warga Uji", row[2].value, "081234567890", None, "P050", None, "3172",
        ]  # fmt: skip
        assert [cell.value for cell in row[8:]] == [2_500_000, "T", 1]
    assert "f" not in {cell.data_type for row in book.active.iter_rows() for cell in row}


def test_a_get_is_never_a_file(cast, desk):
    handing.batch(cast, 1)
    assert desk.get(url("file", 1)).status_code == 405


def test_a_file_after_the_end_is_refused(cast, desk):
    made = handing.batch(cast, 1)
    batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    refused = desk.post(url("file", 1))
    assert refused.status_code == 409
    assert "This batch was cancelled." in text(refused)


# --- The batch


def test_the_page_of_a_batch_opens_nobody(cast, desk):
    made = handing.batch(cast, 2)
    before = chain()
    page = desk.get(url("one", 1))
    assert chain() == before
    assert [str(row.registration) for row, _shape, _word in page.context["rows"]] == [
        str(row.registration) for row in handing.rows(made)
    ]
    assert "Warga Uji" not in text(page)


def test_a_batch_is_cancelled_with_a_reason(cast, desk):
    handing.batch(cast, 2)
    refused = desk.post(url("cancel", 1))
    assert refused.status_code == 422
    assert "Choose why the batch is cancelled." in text(refused)
    assert Batch.objects.get().is_open
    done = desk.post(url("cancel", 1), {"reason": "system"}, follow=True)
    assert "Batch 1 is cancelled. 2 registrations wait again." in text(done)
    assert "the core system does not take the file" in text(done)
    assert desk.post(url("cancel", 1), {"reason": "system"}).status_code == 409


def test_who_withdrew_after_the_file_left_is_named_to_be_told(cast, desk):
    made = handing.batch(cast, 2)
    gone = handing.rows(made)[0].registration
    consent.withdraw(by=cast.reviewer, registration=gone, channel="phone")
    page = text(desk.get(url("one", 1)))
    assert "1 worker has withdrawn their consent after the file left" in page
    assert "Tell the core system to take them out." in page


def test_a_long_batch_is_paged_by_its_rows(cast, desk, monkeypatch):
    monkeypatch.setattr("enrolment.queries.hand_over.ROWS", 2)
    handing.batch(cast, 3)
    first = desk.get(url("one", 1))
    assert ([row.position for row, *_ in first.context["rows"]], first.context["url_older"]) == (
        [1, 2],
        "?after=2",
    )
    second = desk.get(url("one", 1), {"after": "2"})
    assert ([row.position for row, *_ in second.context["rows"]], second.context["url_older"]) == ([3], "")


def test_the_list_of_batches_is_paged_by_number(cast, desk, monkeypatch):
    monkeypatch.setattr("enrolment.queries.hand_over.BATCHES", 2)
    for _ in range(3):
        handing.batch(cast, 1)
    first = desk.get(url())
    assert ([one.number for one, *_ in first.context["batches"]], first.context["url_older"]) == (
        [3, 2],
        "?older=2",
    )
    assert [one.number for one, *_ in desk.get(url(), {"older": "2"}).context["batches"]] == [1]


def test_the_pages_of_a_batch_cost_the_same_for_few_and_many(cast, desk):
    def cost(page: str, number: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url(page, number)).status_code == 200
        return len(queries)

    handing.batch(cast, 1)
    handing.batch(cast, 4)
    assert cost("one", 1) == cost("one", 2) < 16
    assert cost("answer", 1) == cost("answer", 2) < 16


# --- The answer


@pytest.mark.parametrize("form", [handing.as_csv, sheet])
def test_an_answer_is_looked_at_and_then_taken_in(cast, desk, form):
    made = handing.batch(cast, 3)
    content = form(handing.answer(made, {2: REASON}, numbers=True))
    name = "jawaban.csv" if form is handing.as_csv else "jawaban.xlsx"
    before = chain()
    preview = desk.post(url("answer", 1), uploaded(content, name))
    assert (preview.status_code, chain()) == (200, [*before, ("identity.check", "answer file", 3)])
    assert "Preview, nothing is changed yet. 2 accepted. 1 refused." in text(preview)
    assert "NIK &lt;b&gt;sudah&lt;/b&gt; terdaftar." in text(preview)
    said = {"act": "confirm", "word": preview.context["word"]}
    done = desk.post(url("answer", 1), said, follow=True)
    assert "The answer to batch 1 is read back. 2 accepted. 1 refused." in text(done)
    assert REASON not in text(done)
    assert "&lt;b&gt;" not in text(done)
    assert [one.outcome for one in handing.rows(made)] == ["accepted", "refused", "accepted"]
    again = desk.post(url("answer", 1), said, follow=True)  # a double click
    assert "This very file was read back before." in text(again)
    again = desk.post(url("answer", 1), uploaded(content, name), follow=True)
    assert "This very file was read back before." in text(again)
    assert desk.get(url("answer", 1)).url == url("one", 1)


def change(lines: list[list[str]], place: tuple[int, int], value: str) -> list[list[str]]:
    lines[place[0]][place[1]] = value
    return lines


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda lines: lines[:1], "One of this batch is missing in this file:"),
        (lambda lines: [*lines, lines[0]], "Row 4 repeats the NIK of an earlier row."),
        (lambda lines: change(lines, (0, 0), factories.nik(serial=4321)), "Row 2: this NIK is not in this batch."),
        (lambda lines: change(lines, (0, 1), "Mungkin"), "The outcome of row 2 is not known."),
        (lambda lines: change(lines, (1, 1), "Ditolak"), "Row 3 is refused without a reason."),
        (lambda lines: change(lines, (1, 4), lines[1][0]), "Row 3 has a NIK as participant number."),
        (lambda lines: change(lines, (1, 3), "123"), "The payment code of row 3 has not 12 digits."),
        (lambda lines: [], "This file has headings and no answers."),
    ],
)  # fmt: skip
def test_a_file_that_does_not_match_is_refused_whole(cast, desk, spoil, sentence):
    made = handing.batch(cast, 2)
    niks = [handing.nik_of(row.registration) for row in handing.rows(made)]
    before = (chain(), list(Participation.objects.order_by("pk").values()))
    refused = desk.post(url("answer", 1), uploaded(handing.as_csv(spoil(handing.answer(made, numbers=True)))))
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert not any(nik in text(refused) for nik in niks)
    asked = [row for row in chain() if row[0] != "identity.check"]
    assert (asked, list(Participation.objects.order_by("pk").values())) == before
    assert Batch.objects.get().is_open


def test_trying_niks_against_a_batch_is_on_record_and_limited(cast, desk, monkeypatch):
    monkeypatch.setattr(identity, "LIMIT_OF_FILES", 2)
    made = handing.batch(cast, 2)
    strange = change(handing.answer(made), (0, 0), factories.nik(serial=4321))
    asked = desk.post(url("answer", 1), uploaded(handing.as_csv(strange)))
    assert (asked.status_code, chain()[-1]) == (422, ("identity.check", "answer file", 2))
    again = desk.post(url("answer", 1), uploaded(handing.as_csv(strange)))
    assert (again.status_code, chain()[-1]) == (409, ("identity.check", "answer file", 2))
    assert "Wait ten minutes" in text(again)
    assert "is not in this batch" not in text(again)


def test_other_headings_or_another_sheet_are_refused(cast, desk):
    made = handing.batch(cast, 1)
    lines = handing.answer(made)
    refused = desk.post(url("answer", 1), uploaded(handing.as_csv(lines, ("NIK", *handing.HEADINGS[1:]))))
    assert "Row 1 has no heading “Nomor Identitas”." in text(refused)
    assert desk.post(url("answer", 1), uploaded(b"\x89PNG\0\0")).status_code == 422
    assert "Choose the answer file, at most 2 MB." in text(desk.post(url("answer", 1)))


def test_an_answer_meets_what_happened_meanwhile(cast, desk):
    made = handing.batch(cast, 1)
    preview = desk.post(url("answer", 1), uploaded(handing.as_csv(handing.answer(made))))
    batches.cancel(by=cast.other_reviewer, batch=made, reason="mistake")
    refused = desk.post(url("answer", 1), {"act": "confirm", "word": preview.context["word"]})
    assert refused.status_code == 409
    assert "This batch was cancelled." in text(refused)
    lost = desk.post(url("answer", 1), {"act": "confirm", "word": "lain"})
    assert lost.status_code == 409
    assert "This preview is no longer kept." in text(lost)


def test_a_preview_is_its_batchs_own(cast, desk):
    made = handing.batch(cast, 1)
    handing.batch(cast, 1)
    preview = desk.post(url("answer", 1), uploaded(handing.as_csv(handing.answer(made))))
    assert desk.post(url("answer", 2), {"act": "confirm", "word": preview.context["word"]}).status_code == 409


def test_two_people_is_said_before_anything(cast, desk):
    own = factories.submitted(by=cast.reviewer)
    decisions.move(by=cast.other_reviewer, registration=own, target=State.APPROVED)
    made = handing.batch(cast, 1)
    refused = desk.post(url("answer", 1), uploaded(handing.as_csv(handing.answer(made, {1: "Ditolak."}))))
    assert refused.status_code == 422
    assert "A colleague has to read this file back." in text(refused)


# --- Whose


def test_what_waits_elsewhere_is_not_there(cast, login):
    handing.batch(cast, 1)
    stranger = login(cast.strange_reviewer)
    assert stranger.get(url("one", 1)).status_code == 404
    assert stranger.post(url("file", 1)).status_code == 404
    assert "Nobody waits to be handed over." in text(stranger.get(url()))
    assert login(cast.head).get(url()).status_code == 403
