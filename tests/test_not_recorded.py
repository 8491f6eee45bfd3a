"""Registrations of before a question was asked claim no answer to it: not in the rows, not on a page."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from enrolment.models import Registration
from outreach.templatetags.formats import one_line
from tests import factories
from tests.test_correcting import correct

EDITOR = SimpleNamespace(connection=connection, execute=lambda sql: connection.cursor().execute(sql))
FILLED = ("0005_form_columns", "0011_consent_triggers")
YOUNG = {"birth_date": "2008-11-21", "guardian": "Ibu Uji"}


def migration(name: str):
    return import_module(f"enrolment.migrations.{name}")


@pytest.fixture
def legacy(cast):
    """legacy(…) → a row as 0005 and 0011 found and filled it: nothing of the two questions in its content."""

    def legacy(how: str = "aloud", **changes) -> Registration:
        row = factories.submitted(by=cast.officer, **changes)
        agreed = bool(row.guardian)
        Registration.objects.filter(pk=row.pk).update(consent_how=how, guardian_agreed=agreed)
        return row

    return legacy


def ran_now() -> None:
    """Whatever is stored by now was there when the two migrations ran."""
    recorder = MigrationRecorder(connection)
    assert recorder.migration_qs.filter(name__in=FILLED).update(applied=timezone.now()) == 2


def said(row: Registration) -> tuple[str, bool | None]:
    row.refresh_from_db()
    return row.consent_how, row.guardian_agreed


def test_only_rows_that_were_there_before_are_corrected(cast, legacy):
    old = [legacy(**YOUNG), legacy(), legacy("paper"), legacy("paper", **YOUNG)]
    ran_now()
    asked = {"consent_how": "aloud", "guardian_agrees": "y"}
    new = [
        factories.submitted(by=cast.officer, **YOUNG, **asked),
        factories.submitted(by=cast.officer, **YOUNG),
    ]
    migration("0024_say_not_recorded").correct(apps, EDITOR)
    assert [said(row) for row in old] == [
        ("unknown", None), ("unknown", False), ("paper", False), ("paper", None),
    ]  # fmt: skip
    assert [said(row) for row in new] == [("aloud", True), ("paper", True)]


def test_a_guardian_who_was_asked_since_has_answered(cast, login, legacy):
    row = legacy(**YOUNG)
    ran_now()
    assert correct(login(cast.officer), row, full_name="Nama Benar", guardian_agrees="y").status_code == 302
    migration("0024_say_not_recorded").correct(apps, EDITOR)
    assert said(row) == ("unknown", True)


@pytest.mark.parametrize("how", ["unknown", "paper"])
def test_correcting_something_else_settles_nothing(cast, login, legacy, how):
    row = legacy(how, **YOUNG)
    Registration.objects.update(guardian_agreed=None)
    client = login(cast.officer)
    page = client.get(reverse("registration-correct", args=[row.reference])).content.decode()
    assert (page.count("Ya, setelah saya bacakan"), page.count("tidak tercatat")) == (
        0,
        int(how == "unknown"),
    )
    assert correct(client, row, full_name="Nama Benar").status_code == 302
    assert said(row) == (how, None)
    assert correct(client, row, full_name="Nama Lain", guardian_agrees="y").status_code == 302
    assert said(row) == (how, True)


def test_check_answers_claims_no_signature(cast, login, legacy):
    client, row = login(cast.officer), legacy("unknown")
    page = correct(client, row, full_name="Nama Benar", step="check").content.decode()
    assert (page.count("tidak tercatat"), page.count("menandatangani")) == (1, 0)


def test_the_reviewer_reads_that_it_is_not_recorded(cast, login, legacy):
    row = legacy("unknown", **YOUNG, guardian_relation="mother")
    Registration.objects.update(guardian_agreed=None)
    page = login(cast.reviewer).get(f"/admin/enrolment/registration/{row.reference}/").content.decode()
    assert f"Teks {one_line('2023-06')}, caranya tidak tercatat; " in page
    assert "Ibu, persetujuan tidak tercatat" in page


def test_no_form_may_say_that_it_is_not_recorded(cast):
    form = factories.form(by=cast.officer, consent_how="unknown", registered_at="")
    assert "consent_how:consent_how_missing" in form.coded_errors()


def test_each_row_gets_a_token_of_its_own(cast):
    rows = [factories.submitted(by=cast.officer) for _ in range(3)]
    before = {row.status_token for row in rows}
    migration("0005_form_columns").fill(apps, EDITOR)
    after = set(Registration.objects.values_list("status_token", flat=True))
    assert (len(after), len(after & before), {len(token) for token in after}) == (3, 0, {22})
    assert all(
        set(token) <= set("-_") or token.replace("-", "").replace("_", "").isalnum() for token in after
    )
    assert set(Registration.objects.values_list("consent_how", flat=True)) == {"aloud"}
