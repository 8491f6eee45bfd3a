"""Twins and those who come back: both sides show it, and of another branch nothing but that there is one."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import consent, decisions, identity, registrations
from enrolment.choices import Kind, State
from enrolment.entry import person_index
from enrolment.models import Registration
from enrolment.queries import counts, duplicates
from tests import factories, paying
from tests.reviewing import WHO, now, queue_url, references, url


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


def chips(response) -> dict[str, list[str]]:
    return {row.registration.reference: [str(c.word) for c in row.chips] for row in response.context["rows"]}


def test_first_of_two_carries_the_warning_too(cast, desk):
    first, second = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    alone = factories.submitted(by=cast.officer)
    assert (now(first).warnings, second.warnings) == ([], ["duplicate_nik"])  # as it was seen at the stand
    page = desk.get(queue_url())
    assert chips(page) == {
        first.reference: ["twin: NIK"], second.reference: ["twin: NIK"], alone.reference: []
    }  # fmt: skip
    assert [f["value"] for f in page.context["figures"]][3] == 1  # clean
    assert [code for code, _ in desk.get(url(first)).context["warnings"]] == ["duplicate_nik"]
    assert now(first).version == 1


def test_a_twin_that_is_withdrawn_is_none_any_more(cast, desk):
    first, second = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    decisions.move(by=cast.officer, registration=first, target=State.WITHDRAWN, reason="Kembar.")
    assert chips(desk.get(queue_url())) == {second.reference: []}


@pytest.mark.parametrize(
    "name", ["SUMIATI UJI", "Sumi'ati Uji", "Sumiati  Uji", "Sumi Ati\u200b Uji", "Sumi’ati-Uji."]
)
def test_a_name_typed_otherwise_is_the_same_person(cast, name):
    first = factories.submitted(by=cast.officer, **WHO)
    other = factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik(), "full_name": name})
    assert other.warnings == ["same_person"]
    shown = duplicates.warnings_now([first, other])
    assert ["same_person" in shown[row.pk] for row in (first, other)] == [True, True]


def test_another_name_or_date_is_another_person(cast):
    factories.submitted(by=cast.officer, **WHO)
    for changes in ({"full_name": "Sumiatin Uji"}, {"birth_date": "1988-04-13"}):
        other = factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik(), **changes})
        assert "same_person" not in duplicates.warnings_now([other])[other.pk]


def test_stored_rows_are_indexed_again(cast):
    registration = factories.submitted(by=cast.officer, **WHO)
    Registration.objects.update(person_index=b"old")
    import_module("enrolment.migrations.0009_person_index").index_again(apps, None)
    assert bytes(now(registration).person_index) == person_index("Sumiati Uji", factories.BORN)


def test_filter_shows_those_with_a_twin_only(cast, desk):
    first, second = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    third = factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    factories.submitted(by=cast.officer)
    page = desk.get(queue_url("?flag=twin"))
    assert references(page) == [first.reference, second.reference, third.reference]
    assert page.context["filters"].flag == "twin"


def test_an_approved_one_and_a_waiting_one_are_twins_from_both_sides(cast, desk):
    approved = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    waiting = factories.submitted(by=cast.officer, **WHO)
    pages = [desk.get(queue_url(query)) for query in ("?twins=1", "?state=approved&twins=1")]
    assert [references(page) for page in pages] == [[waiting.reference], [approved.reference]]
    assert [chips(page) for page in pages] == [
        {waiting.reference: ["twin: NIK"]}, {approved.reference: ["twin: NIK"]}
    ]  # fmt: skip
    for one, other in ((approved, waiting), (waiting, approved)):
        shown = desk.get(url(one)).context["candidates"]
        assert [(candidate.registration, candidate.same_nik) for candidate in shown] == [(other, True)]


def test_filter_without_twins_says_so(cast, desk):
    factories.submitted(by=cast.officer)
    assert "No twins among those that wait." in desk.get(queue_url("?flag=twin")).text


def test_filter_pages_keep_to_twins(cast, desk, monkeypatch):
    monkeypatch.setattr("enrolment.queries.queue.PAGE_ROWS", 1)
    first, second = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    page = desk.get(queue_url("?flag=twin"))
    onward = desk.get(page.context["url_newer"])
    assert (references(page), references(onward)) == ([first.reference], [second.reference])
    assert "flag=twin" in onward.context["url_older"]


def test_of_another_branch_nothing_but_the_fact(cast, desk):
    event = factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )
    mine = factories.submitted(by=cast.officer, **WHO)
    theirs = factories.submitted(by=cast.stranger, **WHO, event=event.slug, officer="orang_lain")
    page = desk.get(queue_url("?flag=twin"))
    assert chips(page) == {mine.reference: ["twin: NIK"]}
    assert theirs.reference not in page.text.replace("-", "")


def test_twins_of_a_page_cost_two_queries(cast):
    rows = [factories.submitted(by=cast.officer, **WHO) for _ in range(3)]
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as queries:
            duplicates.warnings_now(some)
        assert len(queries) == 2


def participated(cast) -> None:
    """They paid once, stopped and lapsed."""
    row = paying.paid(cast, **WHO)
    decisions.move(by=None, registration=row.registration, target=State.LAPSED, reason="Berhenti membayar.")


def test_who_had_paid_comes_back_as_a_reactivation(cast, desk):
    participated(cast)
    back, new = factories.submitted(by=cast.officer, **WHO), factories.submitted(by=cast.officer)
    assert (back.kind, new.kind, back.warnings) == (Kind.REACTIVATION, Kind.NEW, [])
    assert ["reactivation" in desk.get(url(one)).text for one in (back, new)] == [True, False]
    assert desk.get(queue_url()).text.count("reactivation") == 1


@pytest.mark.parametrize("before", ["withdrawn", "rejected", "approved", "lapsed"])
def test_who_never_was_a_participant_is_new(cast, before):
    people = {} if before == "withdrawn" else {"reviewer": cast.reviewer}
    getattr(factories, before)(by=cast.officer, **people, **WHO)
    assert factories.submitted(by=cast.officer, **WHO).kind == Kind.NEW


def test_a_corrected_nik_changes_the_kind(cast):
    participated(cast)
    registration = factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    assert registration.kind == Kind.NEW
    entry = factories.entry(by=cast.officer, **WHO, submission_id=str(registration.submission_id))
    registrations.correct(by=cast.officer, registration=registration, entry=entry)
    assert now(registration).kind == Kind.REACTIVATION


def test_only_new_ones_count_as_acquisition(cast, desk):
    participated(cast)
    factories.submitted(by=cast.officer, **WHO)
    gone = factories.submitted(by=cast.officer, **WHO)
    decisions.move(by=cast.officer, registration=gone, target=State.WITHDRAWN, reason="Kembar.")
    factories.submitted(by=cast.officer)
    total = counts.event_counts(cast.event).total
    assert (total.registered, total.reactivations, total.acquired) == (3, 1, 2)
    call_command("verify_counts")
    page = desk.get(reverse("admin:enrolment_registration_counts_event", args=[cast.event.slug]))
    assert "2 new, 1 were participants before (reactivation)." in page.text


@pytest.mark.parametrize("same", ["nik", "person"])
def test_who_took_their_consent_back_is_nobodys_twin(cast, desk, login, same):
    """Approved, and taken back by its officer: it still stands for the reviewer whose move it is."""
    gone = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    consent.withdraw(by=cast.officer, registration=gone, channel="person")
    assert now(gone).state == State.APPROVED
    changes = {"full_name": "Nama Lain"} if same == "nik" else {"nik": "3172011204880009"}
    row = factories.row(**WHO | changes)
    page = login(cast.officer).post(reverse("registration-new"), row)
    assert page.context["warnings"] == []
    again = factories.submitted(by=cast.officer, **row)
    assert again.warnings == []
    assert not duplicates.twins(again, user=cast.reviewer)
    assert duplicates.warnings_now([again])[again.pk] == []
    assert not Registration.objects.filter(duplicates.has_twin(), pk=again.pk).exists()
    assert identity.look_up(by=cast.officer, nik=row["nik"], apart_from=again.submission_id).where == "free"
