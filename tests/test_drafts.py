"""What is typed and not sent: kept, gone on with, gone once it is sent."""

from datetime import timedelta
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrolment.actions import drafts
from enrolment.forms.draft import _inputs, as_initial
from enrolment.models import Draft, Registration
from tests import factories

JSON = {"HTTP_ACCEPT": "application/json"}


def stand(**typed) -> dict[str, str]:
    return {"submission_id": str(uuid4()), "event": factories.SLUG, "booth": "A", **typed}


def save(client, sent, counter=1):
    return client.post(reverse("drafts"), {**sent, "draft_counter": counter}, **JSON)


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


def test_sending_takes_the_draft_away_and_it_does_not_come_back(cast, login):
    client, row = login(cast.officer), factories.row()
    assert save(client, row).status_code == 200
    assert client.post(reverse("registration-new"), {**row, "step": "send"}).status_code == 302
    assert (Draft.objects.count(), Registration.objects.count()) == (0, 1)
    assert save(client, row, counter=2).status_code == 409
    assert Draft.objects.count() == 0


def test_a_draft_written_while_its_form_was_sent_is_shown_to_nobody_and_purged(cast, login):
    draft = factories.draft(by=cast.officer, of=cast.event)
    factories.submitted(by=cast.officer, submission_id=str(draft.pk))
    draft.save(force_insert=True)
    assert Draft.objects.visible_to(cast.officer).count() == 0
    assert drafts.purge() == 1


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
    assert (client.get(url).status_code, Draft.objects.count()) == (200, 1)
    assert (client.post(url).status_code, Draft.objects.count()) == (302, 0)


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
    sent = {**typed, **stand()}
    assert save(client, sent).status_code == 200
    kept = as_initial({name: [value] for name, value in sent.items()})
    initial = shown(client, sent)
    # Whoever goes on with it registers for themselves; a text that does not exist was not agreed to.
    ours = set(kept) - {"consent_version", "registered_at", "officer"}
    assert {name: initial[name] for name in ours} == {name: kept[name] for name in ours}
