"""Asking about a NIK while it is typed: what may be known, by whom, and how often."""

from django.urls import reverse

from enrolment.actions import identity
from enrolment.errors import ERRORS
from enrolment.models import Registration
from outreach.models import AuditEntry
from tests import factories

NIK = "3172011204880001"


def ask(client, nik=NIK, **more):
    return client.post(reverse("registration-nik"), {"nik": nik, **more})


def test_an_unknown_nik_is_free(cast, login):
    assert ask(login(cast.officer)).json() == {"state": "free", "said": ""}


def test_ones_own_is_named_masked_with_a_link(cast, login):
    mine = factories.submitted(by=cast.officer, nik=NIK, birth_date="1988-04-12", full_name="Siti Rahayu")
    told = ask(login(cast.officer)).json()
    assert (told["state"], told["url"]) == ("here", reverse("registration-receipt", args=[mine.reference]))
    assert "S•••• R••••" in told["said"]
    assert "Rahayu" not in told["said"]


def test_a_colleague_gets_no_link_and_the_name_is_logged_first(cast, login):
    factories.submitted(by=cast.officer, nik=NIK, birth_date="1988-04-12", full_name="Siti Rahayu")
    answer = ask(login(cast.colleague))
    assert sorted(answer.json()) == ["said", "state"]
    assert NIK not in answer.content.decode()
    rows = AuditEntry.objects.filter(actor=cast.colleague, purpose="nik").order_by("seq")
    assert [(row.action, row.fields) for row in rows] == [("identity.check", ""), ("read", "full_name")]


def test_of_another_branch_nothing_more_is_said(cast, login):
    factories.submitted(by=cast.officer, nik=NIK, birth_date="1988-04-12", full_name="Siti Rahayu")
    told = ask(login(cast.stranger)).json()
    assert (sorted(told), told["state"]) == (["said", "state"], "elsewhere")


def test_the_form_being_corrected_is_no_news_but_only_to_its_officer(cast, login):
    mine = factories.submitted(by=cast.officer, nik=NIK, birth_date="1988-04-12")
    own = {"submission_id": str(mine.submission_id)}
    assert ask(login(cast.officer), **own).json()["state"] == "free"
    assert ask(login(cast.colleague), **own).json()["state"] == "here"


def test_what_no_longer_stands_is_free(cast, login):
    mine = factories.submitted(by=cast.officer, nik=NIK, birth_date="1988-04-12")
    Registration.objects.filter(pk=mine.pk).update(state="withdrawn")
    assert ask(login(cast.officer)).json()["state"] == "free"


def test_an_impossible_one_says_all_and_costs_no_question(cast, login):
    told = ask(login(cast.officer), nik="3172019913880000").json()
    said = " ".join(str(ERRORS[code]) for code in ("nik_date", "nik_serial"))
    assert told == {"state": "impossible", "said": said}
    assert AuditEntry.objects.filter(action="identity.check").count() == 0


def test_past_the_limit_nothing_is_told(cast, login, monkeypatch):
    monkeypatch.setattr(identity, "LIMIT", 1)
    factories.submitted(by=cast.officer, nik=NIK, birth_date="1988-04-12")
    client = login(cast.officer)
    assert [ask(client).json()["state"] for _ in range(2)] == ["here", "limited"]
