"""Searching the branch's registrations by who they are about: posted, recorded, limited, by blind indexes alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment import references as reference_numbers
from enrolment.actions import consent, registrations, search_words, searching
from enrolment.entry import name_words, word_index
from enrolment.models import Registration, SearchWord
from enrolment.queries import queue
from outreach.actions import limits
from outreach.models import AuditEntry
from outreach.templatetags.formats import one_line
from tests import factories
from tests.reviewing import HIDDEN_TEXTS, NIK, PHONE, WHO, reads, received, references, url

SEARCH = reverse("admin:enrolment_registration_search")


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


def search(desk, typed: str, **more):
    return desk.post(SEARCH, {"q": typed, **more})


def searches() -> list[tuple]:
    """(who, purpose, count) of every search on record."""
    rows = AuditEntry.objects.filter(action="registration.search").order_by("seq")
    return list(rows.values_list("actor__username", "purpose", "count"))


@pytest.mark.parametrize(
    "typed",
    [
        NIK, "3172 0112 0488 0077", "3172.0112-04880077",
        PHONE, "081298765432", "0812-9876-5432", "62 812 9876 5432", "81298765432",
        "Sumiati", "uji SUMIATI", "sumiáti", "  Uji,  Sumiati ",
    ],
)  # fmt: skip
def test_found_by_each_kind_in_any_writing(cast, desk, typed):
    wanted = factories.submitted(by=cast.officer, **WHO)
    factories.submitted(by=cast.officer)
    page = search(desk, typed)
    assert page.status_code == 200
    assert references(page) == [wanted.reference]


def test_a_reference_leads_to_its_page(cast, desk):
    wanted = factories.submitted(by=cast.officer)
    for typed in (wanted.reference, str(wanted), f" {str(wanted).lower()} "):
        answer = search(desk, typed)
        assert (answer.status_code, answer.headers["Location"]) == (302, url(wanted))
    assert searches() == [("verifikator", "search by reference", 1)] * 3
    assert reads() == []


def test_a_name_that_might_be_a_reference_is_a_name_too(cast, desk):
    """Seven letters fit the check symbol one time in thirty-one."""
    name = next(
        body + last
        for body in ("MARSUD", "HENDRA", "SURYAN")
        for last in "ABCDEFGHJKMNPQRTVWXYZ"
        if reference_numbers.check_symbol(reference_numbers.symbols(body)) == last
    )
    wanted = factories.submitted(by=cast.officer, full_name=name.title())
    assert references(search(desk, name)) == [wanted.reference]


@pytest.mark.parametrize("typed", ["Sumi", "Sumiati Rahayu", "umiati", "Su miati"])
def test_whole_words_and_all_of_them(cast, desk, typed):
    factories.submitted(by=cast.officer, **WHO)
    page = search(desk, typed)
    assert (page.status_code, references(page)) == (200, [])
    assert "No registration of this branch fits." in page.text
    assert searches() == [("verifikator", "search by name", 0)]


@pytest.mark.parametrize("typed", [NIK, PHONE, "Sumiati Uji"])
def test_another_branch_finds_nothing(cast, login, in_english, typed):
    factories.submitted(by=cast.officer, **WHO)
    page = search(login(cast.strange_reviewer), typed)
    assert references(page) == []
    assert reads() == []


def test_another_branchs_reference_leads_nowhere(cast, login, in_english):
    theirs = factories.submitted(by=cast.officer)
    page = search(login(cast.strange_reviewer), str(theirs))
    assert (page.status_code, references(page)) == (200, [])


def test_found_in_any_state_the_newest_first_with_its_state(cast, desk):
    old = factories.approved(by=cast.officer, reviewer=cast.reviewer, full_name="Parmi Uji")
    new = factories.submitted(by=cast.officer, full_name="Parmi Lain")
    page = search(desk, "parmi")
    assert references(page) == [new.reference, old.reference]
    assert page.text.count("jb-chip-ok") == 1


def test_a_search_is_on_record_and_the_names_too(cast, desk):
    for _ in range(3):
        factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    text = search(desk, "sumiati").text
    assert text.count("Sumiati Uji") == 3
    assert [hidden for hidden in HIDDEN_TEXTS if hidden in text] == []
    assert searches() == [("verifikator", "search by name", 3)]
    assert reads() == [("verifikator", None, "full_name", "search by name", 3)]


def test_consent_taken_back_never_shows_the_name(cast, desk):
    row = factories.submitted(by=cast.officer, **WHO)
    consent.withdraw(by=cast.officer, registration=row, channel="person")
    text = search(desk, NIK).text
    assert "Consent withdrawn" in text
    assert "Sumiati" not in text
    assert reads() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type a NIK, a mobile number, a receipt number or a name."),
        (". - ,", "Type a NIK, a mobile number, a receipt number or a name."),
        ("'", "Type a NIK, a mobile number, a receipt number or a name."),
        ("317201120488", "Type all 16 digits of the NIK, or the whole mobile number."),
        (
            "3172019913880001",
            "The date inside this NIK is not in the calendar. Compare it with the KTP again.",
        ),
        ("08129", "A mobile number starts with 08 and has 10 to 13 digits. Count them again."),
        ("7K4-2Q9-4", "This is no receipt number, such as 7K4-2Q9-3. Compare it with the receipt."),
        ("x" * 501, "This is too long. Shorten it."),
    ],
)
def test_bad_input_says_what_to_do_and_asks_nothing(cast, desk, typed, sentence):
    page = search(desk, typed)
    assert page.status_code == 422
    assert one_line(sentence) in page.text
    assert page.context["form"]["q"].value() == typed
    assert searches() == []


def test_nothing_typed_stands_in_an_address_a_log_or_a_row(cast, desk, caplog, monkeypatch):
    monkeypatch.setattr(queue, "PAGE_ROWS", 1)
    for _ in range(3):
        factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    with caplog.at_level("DEBUG"):
        page = search(desk, PHONE)
        answers = [search(desk, typed) for typed in (NIK, "081298765432", "Sumiati Uji")]
    addresses = [part for part in page.text.split('"') if part.startswith(("/", "?", "http"))]
    for hidden in (NIK, PHONE, PHONE[1:], "081298765432", "Sumiati"):
        assert hidden not in caplog.text
        assert not any(hidden in one for one in addresses)
        assert not any(hidden in str(row) for row in AuditEntry.objects.order_by("seq").values_list())
    assert {answer.headers.get("Location") for answer in answers} == {None}
    assert "no-store" in page.headers["Cache-Control"]
    sought = page.context["form"].cleaned_data["q"]
    assert PHONE not in repr(sought)


def test_a_get_searches_nothing(cast, desk):
    factories.submitted(by=cast.officer, **WHO)
    page = desk.get(SEARCH, {"q": NIK})
    assert (page.status_code, page.context["rows"], searches(), reads()) == (200, [], [], [])


def test_searches_are_limited_by_person(cast, login, in_english, monkeypatch):
    monkeypatch.setattr(searching, "LIMIT", 2)
    factories.submitted(by=cast.officer, **WHO)
    desk = login(cast.reviewer)
    assert [search(desk, NIK).status_code for _ in range(3)] == [200, 200, 409]
    last = search(desk, NIK)
    assert "Wait ten minutes" in last.text
    assert "Sumiati" not in last.text
    assert [count for *_, count in searches()] == [1, 1, 0, 0]
    assert search(login(cast.other_reviewer), NIK).status_code == 200


def test_limit_is_generous(cast):
    assert limits.spend(
        f"search-{cast.reviewer.pk}", limit=searching.LIMIT, within=searching.WINDOW, count=300
    )


@pytest.mark.parametrize("typed", ["sumiati", PHONE])
def test_pages_meet_without_gap_or_overlap(cast, desk, monkeypatch, typed):
    monkeypatch.setattr(queue, "PAGE_ROWS", 2)
    for _ in range(5):
        factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    moment = Registration.objects.order_by("received_at").first().received_at - timedelta(hours=1)
    first_three = list(Registration.objects.order_by("id").values_list("pk", flat=True))[:3]
    Registration.objects.filter(pk__in=first_three).update(received_at=moment)
    SearchWord.objects.filter(registration__in=first_three).update(received_at=moment)
    newest = Registration.objects.order_by("-received_at", "-id").values_list("reference", flat=True)
    pages = [search(desk, typed)]
    while pages[-1].context["older"]:
        pages.append(search(desk, typed, older=pages[-1].context["older"]))
    expected = list(newest)
    assert [references(page) for page in pages] == [expected[:2], expected[2:4], expected[4:]]
    back = search(desk, typed, newer=pages[-1].context["newer"])
    assert references(back) == expected[2:4]


@pytest.mark.parametrize("typed", ["sumiati uji", NIK, PHONE])
def test_search_costs_the_same_for_two_rows_and_four(cast, desk, typed):
    """All are alike, so that the verdicts on them are asked for."""

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert search(desk, typed).status_code == 200
        return len(queries)

    for _ in range(2):
        factories.submitted(by=cast.officer, **WHO)
    cost()
    two = cost()
    for _ in range(2):
        factories.submitted(by=cast.officer, **WHO)
    assert cost() == two


# --- The words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nur'aini", {"nuraini"}),
        ("Abdul-Rozak, S.Pd", {"abdul", "rozak", "s", "pd"}),
        ("SITI Siti", {"siti"}),
        ("André  Müller", {"andre", "muller"}),
        ("' - .", set()),
    ],
)
def test_words_of_a_name(name, words):
    assert name_words(name) == words


def words_of(registration) -> set[bytes]:
    rows = SearchWord.objects.filter(registration=registration).values_list("word_index", flat=True)
    return {bytes(index) for index in rows}


def test_words_are_written_with_the_name_and_replaced_by_a_correction(cast, desk):
    row = factories.submitted(by=cast.officer, **WHO)
    assert words_of(row) == {word_index("sumiati"), word_index("uji")}
    changed = {**WHO, "submission_id": str(row.submission_id), "full_name": "Sumiyati"}
    entry = factories.entry(by=cast.officer, **changed)
    corrected = registrations.correct(by=cast.officer, registration=row, entry=entry)
    assert words_of(row) == {word_index("sumiyati")}
    assert SearchWord.objects.get().received_at == corrected.received_at
    assert references(search(desk, "sumiati")) == []
    assert references(search(desk, "sumiyati")) == [row.reference]


def test_words_can_be_forgotten_alone(cast, desk):
    row, other = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    search_words.forget([row.pk])
    assert references(search(desk, "sumiati")) == [other.reference]
    assert len(references(search(desk, NIK))) == 2


def test_words_go_with_a_registration_that_is_not_stored(cast):
    factories.submitted(by=cast.officer, **WHO)
    before = SearchWord.objects.count()
    row = Registration.objects.get()
    entry = factories.entry(by=cast.officer, **{**WHO, "submission_id": str(row.submission_id)})
    registrations.submit(by=cast.officer, entry=entry)
    assert SearchWord.objects.count() == before


def test_the_migration_indexes_what_was_stored_before(cast):
    from importlib import import_module

    from django.apps import apps

    row = factories.submitted(by=cast.officer, **WHO)
    received(row, ago=timedelta(hours=1))
    expected = words_of(row)
    SearchWord.objects.all().delete()
    import_module("enrolment.migrations.0031_fill_search_words").index_names(apps, None)
    assert words_of(row) == expected
    assert {one.received_at for one in SearchWord.objects.all()} == {Registration.objects.get().received_at}
