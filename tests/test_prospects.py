"""Prospects: noted with their agreement, called on their day, and registered without typing again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import draft_codes, prospects
from enrolment.models import Draft, Prospect, ProspectCall, Registration
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories, rawsql
from tests.admin_pages import trail


@pytest.fixture
def duty(cast):
    """The officer's stand at a bazaar that is today."""
    day = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="bazar-hari-ini", days=(day, day)
    )
    return event.booths.get(code="A")


@pytest.fixture
def officer(cast, login, duty):
    return login(cast.officer)


def typed(**changes) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=2)
    return {
        "id": str(uuid4()), "full_name": "Calon Uji", "phone": "0812 3456 7890", "reason": "thinking",
        "follow_up_on": f"{day:%d-%m-%Y}", "note": "Tanya iuran 3 bulan.", "agreed": "on", **changes,
    }  # fmt: skip


def called(client, prospect, **changes):
    said = {"id": str(uuid4()), "result": "later", "next_on": f"{timezone.localdate():%d-%m-%Y}", **changes}
    return client.post(reverse("prospect", args=[prospect.pk]), said)


def test_a_prospect_is_stored_as_typed_and_sealed(cast, officer, duty):
    sent = typed()
    answer = officer.post("/prospects/new/", sent)
    assert (answer.status_code, answer.url) == (302, "/registrations/")
    row = Prospect.objects.get()
    assert (str(row.pk), row.booth, row.officer, row.reason) == (sent["id"], duty, cast.officer, "thinking")
    assert row.follow_up_on == timezone.localdate() + timedelta(days=2)
    (one,) = prospects.opened([row], by=cast.officer, fields=Prospect.personal_fields, purpose="prospects")
    assert (one.full_name, one.phone, one.note) == ("Calon Uji", "+6281234567890", "Tanya iuran 3 bulan.")
    assert trail(cast.branch)[0] == ("prospect.note", "", "event bazar-hari-ini")


def test_the_same_page_twice_is_one_prospect_and_other_content_is_a_conflict(officer):
    sent = typed()
    assert [officer.post("/prospects/new/", sent).status_code for _ in range(2)] == [302, 302]
    answer = officer.post("/prospects/new/", {**sent, "note": "Lain."})
    assert (answer.status_code, answer.context["form"]["note"].value()) == (409, "Lain.")
    assert Prospect.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "4nton"}, "full_name"),
        ({"phone": "0812"}, "phone"),
        ({"reason": ""}, "reason"),
        ({"follow_up_on": "kapan saja"}, "follow_up_on"),
        ({"follow_up_on": "01-01-2020"}, "follow_up_on"),
        ({"follow_up_on": "01-01-2090"}, "follow_up_on"),
        ({"note": "x" * 301}, "note"),
        ({"agreed": ""}, "agreed"),
        ({"id": "1"}, "id"),
    ],
)
def test_a_slip_is_named_keeps_what_was_typed_and_stores_nothing(officer, changes, field):
    sent = typed(**changes)
    answer = officer.post("/prospects/new/", sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert answer.context["form"]["phone"].value() == sent["phone"]
    assert Prospect.objects.count() == 0


def test_only_at_a_booth_of_ones_own(cast, duty):
    content = prospects.ProspectContent("Calon Uji", "+6281234567890", "other", timezone.localdate(), "")
    with pytest.raises(ActionRefused) as refused:
        prospects.note(by=cast.colleague, booth=duty, prospect_id=uuid4(), content=content)
    assert refused.value.code == "not_allowed"


def test_who_is_not_theirs_is_not_found(cast, login, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    path = reverse("prospect", args=[row.pk])
    found = {name: login(user).get(path).status_code for name, user in cast.people.items()}
    assert {name for name, status in found.items() if status == 200} == {
        "officer", "reviewer", "other_reviewer",
    }  # fmt: skip
    assert set(found.values()) == {200, 403, 404}


def test_the_list_has_those_due_on_top_and_opens_names_only(cast, officer, duty):
    today = timezone.localdate()
    later = factories.prospect(by=cast.officer, booth=duty, follow_up_on=today + timedelta(days=3))
    due = factories.prospect(by=cast.officer, booth=duty)
    answer = officer.get("/prospects/")
    assert [one.row for one in answer.context["due"]] == [due]
    assert [one.row for one in answer.context["later"]] == [later]
    assert [one.phone for one in answer.context["due"]] == [""]
    assert AuditEntry.objects.filter(action="read", purpose="prospects").count() == 1


def test_a_call_sets_the_next_day_and_the_same_call_is_one(cast, officer, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    day, call = timezone.localdate() + timedelta(days=5), str(uuid4())
    for _ in range(2):
        assert called(officer, row, id=call, next_on=f"{day:%d-%m-%Y}").status_code == 302
    row.refresh_from_db()
    assert (row.follow_up_on, row.closed_at, row.calls.count()) == (day, None, 1)


def test_a_call_of_one_prospect_is_not_anothers(cast, officer, duty):
    one, other = (factories.prospect(by=cast.officer, booth=duty) for _ in range(2))
    call = str(uuid4())
    called(officer, one, id=call)
    answer = called(officer, other, id=call, result="refuses")
    assert [str(said).split(",")[0] for said in answer.wsgi_request._messages] == [
        "Tersimpan.", "Halaman ini sudah terkirim dengan isi lain",
    ]  # fmt: skip
    assert (one.calls.count(), other.calls.count(), Prospect.objects.filter(closed_at=None).count()) == (
        1,
        0,
        2,
    )


@pytest.mark.parametrize("result", ["refuses", "wrong"])
def test_a_final_result_closes_and_nobody_is_called_again(cast, officer, duty, result):
    row = factories.prospect(by=cast.officer, booth=duty)
    called(officer, row, result=result)
    row.refresh_from_db()
    assert row.closed_at is not None
    assert called(officer, row).status_code == 302  # told so, nothing stored
    assert [(call.result, call.next_on) for call in ProspectCall.objects.all()] == [(result, None)]
    assert officer.get("/prospects/").context["due"] == []


def test_a_call_without_a_next_day_says_so(cast, officer, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    answer = called(officer, row, next_on="")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["next_on"])


def test_a_prospect_becomes_a_registration_without_typing_again(cast, officer, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    path = f"{reverse('registration-new')}?prospect={row.pk}"
    initial = officer.get(path).context["form"].initial
    assert (initial["full_name"], initial["phone"]) == ("Calon Uji", "081234567890")
    day = timezone.localdate()
    sent = factories.row(event=duty.event.slug, registered_at="", consent_at="", first_month=f"{day:%Y-%m}")
    for _ in range(2):
        assert officer.post(path, {**sent, "consent_how": "aloud", "step": "send"}).status_code == 302
    row.refresh_from_db()
    assert (row.registration, row.closed_at is not None) == (Registration.objects.get(), True)
    assert AuditEntry.objects.filter(action="prospect.registered").count() == 1


def test_a_form_begun_from_a_prospect_keeps_whose_it_is_as_a_draft_and_in_a_colleagues_hands(
    cast, login, officer, duty
):
    """Kept by the script and by the button, gone on with, handed over, sent: the prospect is registered."""
    row, day = factories.prospect(by=cast.officer, booth=duty), timezone.localdate()
    factories.assign(cast.colleague, duty, day)
    begun = officer.get(f"{reverse('registration-new')}?prospect={row.pk}")
    assert f"?day={day}&amp;prospect={row.pk}" in begun.content.decode()  # where the script saves
    sent = factories.row(event=duty.event.slug, registered_at="", consent_at="", first_month=f"{day:%Y-%m}")
    sent |= {"consent_how": "aloud"}
    kept = officer.post(f"/registrations/drafts/?day={day}&prospect={row.pk}", {**sent, "draft_counter": "1"})
    assert kept.status_code == 200
    address = officer.get(reverse("draft", args=[sent["submission_id"]])).context["action"]
    assert address.endswith(f"&prospect={row.pk}")
    assert officer.post(address, {**sent, "step": "keep"}).status_code == 302
    code = draft_codes.offer(by=cast.officer, draft=Draft.objects.get())
    draft_codes.take(by=cast.colleague, code=code)
    colleague = login(cast.colleague)
    page = colleague.get(reverse("draft", args=[sent["submission_id"]])).context
    answer = colleague.post(page["action"], {**sent, "officer": "rekan", "step": "send"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.registration, row.closed_at is not None) == (Registration.objects.get(), True)


@pytest.mark.parametrize(("result", "left"), [("refuses", False), ("wrong", True), ("later", True)])
def test_who_refuses_is_in_no_draft_of_their_officer_any_more(cast, login, officer, duty, result, left):
    row, other = (factories.prospect(by=cast.officer, booth=duty) for _ in range(2))
    begun, taken, unrelated = (
        factories.draft(by=cast.officer, of=duty.event, full_name="Calon Uji") for _ in range(3)
    )
    Draft.objects.filter(pk__in=(begun.pk, taken.pk)).update(prospect=row)
    Draft.objects.filter(pk=taken.pk).update(officer=cast.colleague)
    Draft.objects.filter(pk=unrelated.pk).update(prospect=other)
    answer = called(
        login(cast.reviewer), row, result=result, **({} if result == "later" else {"next_on": ""})
    )
    assert answer.status_code == 302
    live = set(Draft.objects.live(at=timezone.now()).values_list("pk", flat=True))
    assert live == {taken.pk, unrelated.pk} | ({begun.pk} if left else set())
    assert AuditEntry.objects.filter(action="draft.discard", object_id=begun.pk).count() == (not left)


@pytest.mark.parametrize("by_draft", [False, True])
def test_a_colleagues_prospect_is_not_closed_by_a_form_that_names_it(cast, login, officer, duty, by_draft):
    """Its id stands in addresses: naming it is no right to it, and a draft that names it makes none."""
    row, day = factories.prospect(by=cast.officer, booth=duty), timezone.localdate()
    factories.assign(cast.colleague, duty, day)
    colleague = login(cast.colleague)
    sent = factories.row(
        event=duty.event.slug, registered_at="", consent_at="", first_month=f"{day:%Y-%m}", officer="rekan"
    )
    sent |= {"consent_how": "aloud"}
    if by_draft:
        kept = colleague.post(f"{reverse('drafts')}?prospect={row.pk}", {**sent, "draft_counter": "1"})
        assert (kept.status_code, Draft.objects.get().prospect) == (200, None)
    path = f"{reverse('registration-new')}?prospect={row.pk}"
    assert colleague.post(path, {**sent, "step": "send"}).status_code == 302
    row.refresh_from_db()
    assert (row.registration, row.closed_at, row.full_name is None) == (None, None, False)
    assert Registration.objects.count() == 1


def test_a_prospect_of_another_branch_or_none_is_no_prospect(cast, officer, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    Prospect.objects.filter(pk=row.pk).update(branch=cast.other_branch)
    day = timezone.localdate()
    for named in (row.pk, uuid4(), "1"):
        sent = factories.row(
            event=duty.event.slug, registered_at="", consent_at="", first_month=f"{day:%Y-%m}"
        )
        path = f"{reverse('registration-new')}?prospect={named}"
        assert officer.get(path).context["form"].initial.get("full_name") is None
        assert officer.post(path, {**sent, "consent_how": "aloud", "step": "send"}).status_code == 302
    row.refresh_from_db()
    assert row.registration is None


def test_calls_are_append_only_and_a_registered_one_is_closed_for_the_database_too(cast, officer, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    called(officer, row)
    for statement in (
        "UPDATE enrolment_prospectcall SET result = 'wrong'",
        "DELETE FROM enrolment_prospectcall",
    ):
        with pytest.raises(IntegrityError):
            rawsql.execute(statement)
    registration = factories.submitted(by=cast.officer)
    with pytest.raises(IntegrityError):
        Prospect.objects.filter(pk=row.pk).update(registration=registration)


def test_today_says_how_many_to_call(cast, officer, duty):
    for _ in range(2):
        factories.prospect(by=cast.officer, booth=duty)
    factories.prospect(by=cast.officer, booth=duty, follow_up_on=timezone.localdate() + timedelta(days=1))
    assert officer.get("/registrations/").context["to_call"] == 2


def test_a_closed_prospect_opens_nothing(cast, officer, duty):
    row = factories.prospect(by=cast.officer, booth=duty)
    called(officer, row, result="refuses")
    page = officer.get(reverse("prospect", args=[row.pk])).content.decode()
    assert ("Calon Uji" in page, "345" in page.partition("<main")[2], "?prospect=" in page) == (False,) * 3
    assert AuditEntry.objects.filter(action="read", purpose="call a prospect").count() == 0
