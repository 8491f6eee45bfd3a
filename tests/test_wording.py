"""What differs is what somebody changed, and it is said in words: versions compared, check-answers, the conflict."""

import re

import pytest
from django.urls import reverse

from enrolment.entry import whole
from enrolment.models import Registration
from enrolment.views import comparing
from enrolment.views.wording import Wording
from tests import factories
from tests.test_correcting import correct
from tests.test_idempotency import OTHERWISE

CODES = re.compile(
    r"P\d{3}|\d\d(\.\d+)+|\d{4}-\d\d(-\d\d.*)?(\.en)?|[YyNn]|aloud|paper|self|mother|[a-z]+(-[a-z]+)*"
)


@pytest.fixture(autouse=True)
def _in_english(in_english):
    """The sentences are compared word by word."""


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"guardian": "Ibu Uji"},
        {"guardian": "Ibu Uji", "guardian_agrees": "y", "guardian_relation": "mother"},
        {"guardian": "Ibu Uji", "consent_how": "aloud", "guardian_agrees": "y"},
        {"consent_how": "self", "job_type_2": "P003", "email": "warga@example.id"},
    ],
)
@pytest.mark.parametrize("before_it_was_asked", [False, True])
def test_an_untouched_correction_changes_nothing(cast, login, asked, before_it_was_asked):
    row = factories.submitted(by=cast.officer, birth_date="2008-11-21", **asked)
    if before_it_was_asked and "consent_how" not in asked:
        Registration.objects.update(consent_how="unknown", guardian_agreed=None)
    answer = correct(login(cast.officer), row, step="check")
    assert answer.context["changes"] == []
    assert correct(login(cast.officer), row).status_code == 302
    assert Registration.objects.get().version == 1  # the same content is no version


def test_a_changed_field_is_said_in_words(cast, login):
    row = factories.submitted(by=cast.officer, guardian="Ibu Uji", consent_how="aloud")
    changed = {
        "village_code": "31.72.01.1002", "work_location": "31.71", "job_type_1": "P003", "rt": "12", "months": "3",
        "guardian_relation": "mother", "guardian_agrees": "y", "consent_how": "self",
    }  # fmt: skip
    told = correct(login(cast.officer), row, **changed, step="check").context["changes"]
    assert [(change.label, change.was, change.now) for change in told] == [
        ("RT", "003", "012"),
        ("Village", "Penjaringan, Kec. Penjaringan, Kota Administrasi Jakarta Utara",
         "Kamal Muara, Kec. Penjaringan, Kota Administrasi Jakarta Utara"),
        ("Main job", "Pedagang", "Nelayan"),
        ("Place of work", "Kota Administrasi Jakarta Utara", "Kota Administrasi Jakarta Pusat"),
        ("Pay for how many months", "1 month", "3 months"),
        ("The guardian is", "–", "Mother"),
        ("The guardian knows the notice and agrees.", "No", "Yes"),
    ]  # fmt: skip


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_conflict_names_every_field_in_words(cast, login, field):
    row = factories.row(nik="3172011204880001", birth_date="1988-04-12")
    factories.submitted(by=cast.officer, **row)
    sent = {**row, field: OTHERWISE[field], "step": "send"}
    answer = login(cast.officer).post(reverse("registration-new"), sent)
    assert answer.status_code == 409
    ((label, was, now),) = answer.context["differences"]
    assert "" not in (label, was, now)
    assert was != now
    assert [text for text in (label, was, now) if CODES.fullmatch(text)] == []


def test_what_the_conflict_leaves_out_is_compared_too(cast, login):
    """The first yes was heard, the second signed: signed is what a content leaves out."""
    row = factories.row(guardian="Ibu Uji", guardian_agrees="y", consent_how="aloud")
    factories.submitted(by=cast.officer, **row)
    sent = {**row, "consent_how": "paper", "guardian_agrees": "", "step": "send"}
    answer = login(cast.officer).post(reverse("registration-new"), sent)
    assert answer.context["differences"] == [
        ("Does the worker agree?", "Yes. I read it aloud.", "The worker has signed this on paper."),
        ("The guardian knows the notice and agrees.", "Yes", "No"),
    ]


def test_check_answers_says_what_a_comparison_would(cast, login):
    row = factories.row(
        guardian="Ibu Uji", guardian_relation="mother", guardian_agrees="y", consent_how="aloud",
        government_paid="y", job_type_2="P003",
    )  # fmt: skip
    answer = login(cast.officer).post(reverse("registration-new"), row)
    said = Wording().said(whole(answer.context["entry"].canonical()))
    assert answer.context["said"] == said
    page = " ".join(answer.content.decode().split())
    left_to_others = {"event", "booth", "officer", "consent_at", "guardian_agrees", "package", "months",
                      "first_month", "consent_version", "email", "sheet"}  # fmt: skip
    assert [
        name for name in said if name not in left_to_others and " ".join(said[name].split()) not in page
    ] == []
    assert "<small>Mother, has agreed</small>" in page


def test_jobs_are_asked_for_once_however_many_versions(cast, django_assert_num_queries):
    contents = [{"job_type_1": code} for code in ("P050", "P003", "P047", "P050")]
    versions = [type("V", (), {"number": n, "at": None, "content": one}) for n, one in enumerate(contents, 1)]
    with django_assert_num_queries(1):
        assert len(comparing.steps(versions, closed=())) == 3
