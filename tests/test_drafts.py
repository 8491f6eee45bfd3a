"""What is typed and not sent: kept, gone on with, gone once it is sent."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrolment.actions import drafts
from enrolment.forms.draft import _inputs, as_initial
from enrolment.models import ConsentText, Draft, Registration
from enrolment.queries import stands
from outreach.models import Event
from tests import factories
from tests.races import at_once
from tests.test_races import PAIRS, person, submit

JSON = {"HTTP_ACCEPT": "application/json"}


def stand(**typed) -> dict[str, str]:
    """What a page holds at booth A, once the worker has agreed."""
    ours = {"submission_id": str(uuid4()), "event": factories.SLUG, "booth": "A"}
    return {**ours, **factories.AGREED, **typed}


def save(client, sent, counter=1):
    return client.post(reverse("drafts"), {**sent, "draft_counter": counter}, **JSON)


def kept() -> int:
    return Draft.objects.live(at=timezone.now()).count()


def shown(client, sent):
    return client.get(reverse("draft", args=[sent["submission_id"]])).context["form"].initial


def test_what_was_saved_is_what_the_form_shows(cast, login):
    client, sent = (
        login(cast.officer),
        stand(full_name=" siti  <b>", nik="31 72", birth_date_day="3x", sex="P"),
    )
    answer = save(client, sent)
    assert (answer.status_code, answer.json()["counter"]) == (200, 1)
    initial = shown(client, sent)
    assert (initial["full_name"], initial["nik"], initial["sex"]) == (" siti  <b>", "31 72", "P")
    assert (initial["birth_date"], initial["submission_id"]) == (["3x", "", ""], sent["submission_id"])
    assert 'value="3x"' in client.get(reverse("draft", args=[sent["submission_id"]])).content.decode()


def test_an_older_save_that_comes_late_changes_nothing(cast, login):
    client, sent = login(cast.officer), stand()
    save(client, {**sent, "full_name": "Siti Rahayu"}, counter=2)
    late = save(client, {**sent, "full_name": "Si"}, counter=1)
    assert late.json() == {"saved": None, "counter": 2}
    assert shown(client, sent)["full_name"] == "Siti Rahayu"


def test_other_content_under_the_same_number_is_not_called_kept(cast, login):
    client, sent = login(cast.officer), stand(full_name="Siti Rahayu")
    save(client, sent, counter=2)
    assert save(client, {**sent, "full_name": "Budi"}, counter=2).json() == {"saved": None, "counter": 2}
    assert shown(client, sent)["full_name"] == "Siti Rahayu"


def test_sending_takes_the_draft_away_and_it_does_not_come_back(cast, login):
    client, row = login(cast.officer), factories.row()
    assert save(client, row).status_code == 200
    assert client.post(reverse("registration-new"), {**row, "step": "send"}).status_code == 302
    assert (kept(), Registration.objects.count()) == (0, 1)
    assert save(client, row, counter=2).status_code == 409
    drafts.purge()
    assert Draft.objects.count() == 0
    assert save(client, row, counter=3).status_code == 409
    assert Draft.objects.count() == 0


def test_what_was_thrown_away_does_not_come_back_by_a_late_save(cast, login):
    client, sent = login(cast.officer), stand(full_name="Siti")
    save(client, sent)
    client.post(reverse("draft-discard", args=[sent["submission_id"]]))
    late = save(client, sent, counter=2)
    assert (late.status_code, late.json()["saved"], kept()) == (409, None, 0)
    assert client.post(reverse("registration-new"), {**sent, "step": "keep"}).status_code == 422
    assert kept() == 0


def test_what_was_thrown_away_is_remembered_for_as_long_as_a_draft_is_kept(cast, monkeypatch):
    draft, start = factories.draft(by=cast.officer, of=cast.event), timezone.now()
    for days, left in ((29, 1), (58, 1), (60, 0)):
        monkeypatch.setattr(timezone, "now", lambda days=days: start + timedelta(days=days))
        drafts.discard(by=cast.officer, draft=draft)
        assert drafts.purge() == 0  # nothing was in it any more
        assert Draft.objects.count() == left


def test_nothing_is_kept_before_the_worker_has_agreed(cast, login):
    client = login(cast.officer)
    for missing in ("consent_how", "consent_version"):
        for said in ("", "lain", "\0", "unknown"):
            answer = save(client, stand(full_name="Siti", **{missing: said}))
            assert (answer.status_code, answer.json()["saved"]) == (409, None)
            assert "setuju" in answer.json()["said"]
    sent = stand(full_name="Siti")
    del sent["consent_how"]
    assert save(client, sent).status_code == 409
    assert Draft.objects.count() == 0


def test_without_a_script_too_and_what_was_typed_stays(cast, login):
    sent = stand(full_name="Siti Rahayu", consent_how="")
    answer = login(cast.officer).post(reverse("registration-new"), {**sent, "step": "keep"})
    assert (answer.status_code, answer.context["form"].initial["full_name"]) == (422, "Siti Rahayu")
    assert [str(said) for said in answer.context["messages"]] == [
        "Belum ada yang disimpan. Pekerja perlu menyatakan setuju dulu."
    ]
    assert Draft.objects.count() == 0


def test_who_no_longer_agrees_leaves_nothing_behind(cast, login):
    client, sent = login(cast.officer), stand(full_name="Siti")
    save(client, sent)
    Draft.objects.update(code_index=b"x" * 32, code_until=timezone.now())
    assert save(client, {**sent, "consent_how": ""}, counter=2).status_code == 409
    assert (kept(), Draft.objects.get().content) == (0, None)
    assert save(client, sent, counter=1).json() == {"saved": None, "counter": 2}  # typed before
    assert kept() == 0
    assert save(client, sent, counter=3).json()["saved"]
    assert kept() == 1


def test_a_text_that_is_not_shown_yet_was_not_agreed_to(cast, login):
    day = timezone.localdate() + timedelta(days=1)
    text = ConsentText.objects.create(
        version="2099-01", language="id", valid_from=day, notice="x", statement="y"
    )
    client, sent = login(cast.officer), stand(consent_version=text.code)
    assert (save(client, sent).status_code, Draft.objects.count()) == (409, 0)


def test_a_save_that_is_behind_does_not_say_that_nothing_is_kept(cast, login):
    client, sent = login(cast.officer), stand(full_name="Siti")
    save(client, sent, counter=7)
    behind = save(client, {**sent, "consent_how": ""}, counter=1)
    assert (behind.status_code, behind.json()) == (200, {"saved": None, "counter": 7})
    assert kept() == 1


@pytest.mark.parametrize("step", ["send", "edit", "keep"])
def test_a_form_that_is_shown_again_counts_on_from_its_draft(cast, login, step):
    """So that its script can still empty the draft of who no longer agrees."""
    client, sent = login(cast.officer), factories.row(consent_how="aloud")
    if step != "edit":
        sent |= {"full_name": "4", "booth": "tidak ada" if step == "keep" else "A"}
    save(client, {**sent, "booth": "A"}, counter=7)
    factories.draft(by=cast.officer, of=cast.event)
    page = client.post(reverse("registration-new"), {**sent, "step": step})
    assert re.findall('data-counter="(.*?)"', page.content.decode()) == ["7"]
    assert save(client, {**sent, "booth": "A", "consent_how": ""}, counter=8).status_code == 409
    assert Draft.objects.get(pk=sent["submission_id"]).content is None


def test_a_form_counts_nothing_of_a_colleagues_draft(cast, login):
    sent = factories.row(consent_how="aloud", full_name="4")
    save(login(cast.officer), sent, counter=7)
    factories.assign(cast.colleague, cast.event.booths.get(code="A"), *cast.event.days)
    page = login(cast.colleague).post(reverse("registration-new"), {**sent, "officer": "rekan"})
    assert re.findall('data-counter="(.*?)"', page.content.decode()) == ["0"]


@pytest.mark.parametrize(("past", "lives"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_one_left_for_thirty_days_opens_no_more_before_it_is_purged(cast, login, monkeypatch, past, lives):
    draft = factories.draft(by=cast.officer, of=cast.event)
    at = draft.saved_at + timedelta(days=30) + past
    monkeypatch.setattr(timezone, "now", lambda: at)
    client = login(cast.officer)
    assert client.get(reverse("draft", args=[draft.pk])).status_code == (200 if lives else 404)
    assert len(client.get(reverse("today")).context["drafts"]) == lives
    assert stands.drafts(draft.booth, day=draft.day) == lives
    assert drafts.purge() == (not lives)


def test_nobody_else_sees_overwrites_or_discards_it(cast, login):
    sent = stand(full_name="Siti")
    save(login(cast.officer), sent)
    factories.assign(cast.colleague, cast.event.booths.get(code="A"), *cast.event.days)
    assert save(login(cast.colleague), {**sent, "full_name": "X"}, counter=9).status_code == 409
    for name in ("draft", "draft-discard"):
        assert login(cast.colleague).get(reverse(name, args=[sent["submission_id"]])).status_code == 404
    assert shown(login(cast.officer), sent)["full_name"] == "Siti"


def test_keeping_without_a_script_goes_back_to_today_where_it_is_listed(cast, login):
    client, sent = login(cast.officer), stand(full_name="Siti Rahayu")
    answer = client.post(reverse("registration-new"), {**sent, "step": "keep"})
    assert (answer.status_code, answer.url) == (302, reverse("today"))
    page = client.get(answer.url)
    assert [row.full_name for row in page.context["drafts"]] == ["Siti Rahayu"]


def test_too_many_are_refused_and_none_is_lost(cast, login, monkeypatch):
    monkeypatch.setattr(drafts, "LIMIT", 1)
    client, first = login(cast.officer), stand()
    save(client, first)
    assert save(client, stand()).status_code == 409
    assert save(client, first, counter=2).status_code == 200
    assert Draft.objects.count() == 1


def test_discarding_is_asked_first(cast, login):
    draft, client = factories.draft(by=cast.officer, of=cast.event), login(cast.officer)
    url = reverse("draft-discard", args=[draft.pk])
    assert (client.get(url).status_code, kept()) == (200, 1)
    assert (client.post(url).status_code, kept(), Draft.objects.get().content) == (302, 0, None)


def test_only_abandoned_ones_are_purged_and_a_dry_run_deletes_nothing(cast, capsys):
    old, fresh = (factories.draft(by=cast.officer, of=cast.event) for _ in range(2))
    Draft.objects.filter(pk=old.pk).update(saved_at=timezone.now() - timedelta(days=31))
    call_command("purge", "--dry-run")
    assert (capsys.readouterr().out, Draft.objects.count()) == (
        "1 drafts would be deleted\n0 prospects would be destroyed\n",
        2,
    )
    call_command("purge")
    assert list(Draft.objects.values_list("pk", flat=True)) == [fresh.pk]


def test_the_list_costs_the_same_for_one_and_three(cast, login):
    client, costs = login(cast.officer), []
    factories.submitted(by=cast.officer)  # begins the branch's chain
    client.get(reverse("today"))
    for more in (1, 2):
        for _ in range(more):
            factories.draft(by=cast.officer, of=cast.event, full_name="Siti")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("today"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.dictionaries(st.sampled_from(_inputs()), st.text(st.characters(codec="utf-8"), max_size=40)))
def test_whatever_is_typed_is_kept_and_shown(cast, login, typed):
    client = login(cast.officer)
    Draft.objects.all().delete()
    sent = {**typed, **stand(consent_how="self")}
    assert save(client, sent).status_code == 200
    kept = as_initial({name: [value] for name, value in sent.items()})
    initial = shown(client, sent)
    # Whoever goes on with it registers for themselves; a text that does not exist was not agreed to.
    ours = set(kept) - {"consent_version", "registered_at", "officer"}
    assert {name: initial[name] for name in ours} == {name: kept[name] for name in ours}


def save_order(row: dict, **more) -> dict:
    return {"do": "save_draft", "username": "petugas", "row": row, **more}


@pytest.mark.postgres
def test_a_first_save_and_the_sending_at_once_leave_no_draft(scratch):
    with scratch.racers(2) as racers:
        for _ in range(PAIRS):
            row = factories.row()
            saved, stored = at_once(racers, [save_order(row, wait=0.02), submit(row)])
            assert (stored["outcome"], saved["outcome"] in ("saved", "over")) == ("created", True)
            assert kept_of(row) is None


@pytest.mark.postgres
def test_a_save_and_the_discarding_at_once_leave_no_draft(scratch):
    event = Event.objects.get()
    with scratch.racers(2) as racers:
        for _ in range(PAIRS):
            draft = factories.draft(by=person("petugas"), of=event)
            row = {**factories.row(), "submission_id": str(draft.pk)}
            discard = {"do": "discard_draft", "username": "petugas", "draft": str(draft.pk)}
            at_once(racers, [save_order(row, counter=2), discard])
            assert kept_of(row) is None


def kept_of(row: dict):
    """What a save that comes still later finds too."""
    return Draft.objects.get(pk=row["submission_id"]).content
