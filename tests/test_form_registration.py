"""Each code of DOMAIN.md's table, produced by one change of a valid row."""

from datetime import date

import pytest
from django.utils.translation import override

from enrolment import paper
from enrolment.errors import ERRORS, WARNINGS
from enrolment.forms.registration import RegistrationForm
from enrolment.models import ConsentText
from outreach.choices import EventState
from tests import factories

REFUSED = [
    ({"submission_id": ""}, "submission_id:submission_invalid"),
    ({"submission_id": "1234"}, "submission_id:submission_invalid"),
    ({"event": "bazar-tiada"}, "event:event_unknown"),
    ({"event": "bazar-orang"}, "event:event_unknown"),
    ({"event": "bazar-tutup"}, "event:event_closed"),
    ({"event": "bazar-rencana"}, "event:event_closed"),
    ({"booth": "Z"}, "booth:booth_unknown"),
    ({"booth": ""}, "booth:booth_unknown"),
    ({"officer": "rekan"}, "officer:officer_not_assigned"),
    ({"officer": ""}, "officer:officer_not_assigned"),
    ({"registered_at": "kemarin"}, "registered_at:registered_at_invalid"),
    ({"registered_at": "2026-11-22T09:30:00+07:00"}, "registered_at:outside_event"),
    ({"registered_at": "2026-11-21T17:00:00Z"}, "registered_at:outside_event"),  # 22 November in Jakarta
    ({"nik": "317201120488000l"}, "nik:nik_digits"),
    ({"nik": "317201120488001"}, "nik:nik_length"),
    ({"nik": ""}, "nik:nik_length"),
    ({"nik": "7777777777777777"}, "nik:nik_alike"),
    ({"nik": "3172013102880001"}, "nik:nik_date"),
    ({"nik": "3172011204880000"}, "nik:nik_serial"),
    ({"full_name": ""}, "full_name:name_length"),
    ({"full_name": "x" * 101}, "full_name:name_length"),
    ({"full_name": "Sari2"}, "full_name:name_characters"),
    ({"birth_place": ""}, "birth_place:birth_place_missing"),
    ({"birth_place": "x" * 61}, "birth_place:too_long"),
    ({"birth_date": "31-02-1988"}, "birth_date:birth_date_invalid"),
    ({"birth_date": "2026-11-21"}, "birth_date:birth_date_invalid"),  # not born yet on that day
    ({"birth_date": "1961-11-20"}, "birth_date:age_65"),  # 65 on the very day
    ({"sex": "M"}, "sex:sex_invalid"),
    ({"address": " "}, "address:address_missing"),
    ({"address": "x" * 201}, "address:too_long"),
    ({"rt": "0"}, "rt:rt_invalid"),
    ({"rw": "1000"}, "rw:rw_invalid"),
    ({"village_code": "Desa Tiada"}, "village_code:village_unknown"),
    ({"village_code": "Menteng"}, "village_code:village_ambiguous"),
    ({"phone": "0211234567"}, "phone:phone_invalid"),
    ({"email": "warga@"}, "email:email_invalid"),
    ({"job_type_1": "P998"}, "job_type_1:job_unknown"),
    ({"job_type_1": ""}, "job_type_1:job_unknown"),
    ({"job_type_2": "P998"}, "job_type_2:job_unknown"),
    ({"job_type_2": "p050"}, "job_type_2:job_same"),
    ({"work_location": "Atlantis"}, "work_location:location_unknown"),
    ({"income": "0"}, "income:income_invalid"),
    ({"package": "X"}, "package:package_invalid"),
    ({"months": "4"}, "months:months_invalid"),
    ({"first_month": "2026-10"}, "first_month:first_month_invalid"),
    ({"first_month": "2027-01"}, "first_month:first_month_invalid"),
    ({"government_paid": "mungkin"}, "government_paid:government_paid_invalid"),
    ({"guardian": "Ayah 1"}, "guardian:name_characters"),
    ({"consent_version": ""}, "consent_version:consent_missing"),
    ({"consent_version": "1999-01"}, "consent_version:consent_missing"),
    ({"consent_version": "2023-06.su"}, "consent_version:consent_missing"),
    ({"consent_how": "diam"}, "consent_how:consent_how_missing"),
    ({"guardian_relation": "paman"}, "guardian_relation:guardian_relation_invalid"),
    ({"guardian_agrees": "mungkin"}, "guardian_agrees:guardian_agrees_invalid"),
    ({"consent_at": "2026-11-20T09:30:01+07:00"}, "consent_at:consent_late"),
    ({"consent_at": "tadi"}, "consent_at:consent_at_invalid"),
]
ELSEWHERE = {"no_tariff", "row_cells", "asked_at_invalid"} | {
    "sheet_invalid", "sheet_unknown", "sheet_elsewhere", "sheet_not_yet", "sheet_used", "sheet_void", "sheet_notice",
}  # fmt: skip

WARNED = [
    ({"nik": factories.nik(sex="P")}, {"birth_date": "1988-04-12"}, ["nik_sex"]),
    ({"birth_date": "1988-04-13"}, {"nik": factories.nik()}, ["nik_birth_date"]),
    ({"nik": factories.nik(region="317299")}, {"birth_date": "1988-04-12"}, ["nik_region"]),
    ({"birth_date": "2009-11-21"}, {"guardian": "Ibu Uji"}, ["age_under_17"]),
    (
        {"birth_date": "2008-11-21"},
        {"guardian": "Ibu Uji", "consent_how": "aloud"},
        ["age_17", "guardian_missing"],
    ),
    (
        {"birth_date": "2008-11-21"},
        {"guardian": "Ibu Uji", "consent_how": "aloud", "guardian_agrees": "y"},
        ["age_17"],
    ),
    ({"birth_date": "2009-11-20"}, {"guardian": "Ibu Uji"}, ["age_17"]),  # 17 on the very day
    ({"birth_date": "2008-11-21"}, {}, ["age_17", "guardian_missing"]),
    ({"birth_date": "2008-11-20"}, {}, []),  # 18 on the very day
    ({"birth_date": "1961-11-21"}, {}, []),  # 65 tomorrow
    ({"birth_date": "2009-11-21"}, {}, ["age_under_17", "guardian_missing"]),
    ({"job_type_2": "P047"}, {}, ["sector_mixed"]),
    ({"job_type_2": "P003"}, {}, []),
]


@pytest.fixture(autouse=True)
def world(cast):
    """The other events that a slug may name: closed, planned, and another branch's."""
    for slug, state in (("bazar-tutup", EventState.CLOSED), ("bazar-rencana", EventState.PLANNED)):
        factories.event(organiser=cast.organisation, officers=(cast.officer,), slug=slug, state=state)
    other = factories.organisation(of=cast.other_branch, name="Karang Taruna Lain")
    factories.event(organiser=other, officers=(cast.stranger,), slug="bazar-orang")


@pytest.mark.parametrize(
    ("changes", "error"), REFUSED, ids=[f"{error}-{n}" for n, (_, error) in enumerate(REFUSED)]
)
def test_one_change_gives_exactly_its_error(cast, changes, error):
    assert factories.form(by=cast.officer, **changes).coded_errors() == [error]


def test_every_error_code_is_produced_here():
    assert {error.partition(":")[2] for _, error in REFUSED} == set(ERRORS) - ELSEWHERE


def test_every_warning_code_is_produced_here():
    here = {code for _, _, codes in WARNED for code in codes}
    assert here == set(WARNINGS) - {"duplicate_nik", "same_person"}


def test_every_code_has_its_own_sentence():
    with override("en"):
        sentences = [str(sentence) for sentence in (*ERRORS.values(), *WARNINGS.values())]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_valid_row_has_no_error_and_no_warning(cast):
    assert factories.form(by=cast.officer).coded_errors() == []
    assert factories.submitted(by=cast.officer).warnings == []


@pytest.mark.parametrize(("changes", "with_it", "codes"), WARNED)
def test_one_change_gives_exactly_its_warnings(cast, changes, with_it, codes):
    row = {**with_it, **changes}
    if "nik" not in row:
        row["nik"] = factories.nik(born=date.fromisoformat(row.get("birth_date", "1988-04-12")))
        row.setdefault("birth_date", "1988-04-12")
    assert factories.submitted(by=cast.officer, **row).warnings == codes


def test_nik_that_is_live_already_warns_and_is_kept(cast):
    number = factories.nik()
    first = factories.submitted(by=cast.officer, nik=number, birth_date="1988-04-12", full_name="Satu")
    second = factories.submitted(by=cast.officer, nik=number, birth_date="1988-04-12", full_name="Dua")
    assert (first.warnings, second.warnings) == ([], ["duplicate_nik"])


@pytest.mark.parametrize("state", ["rejected", "withdrawn"])
def test_nik_that_is_no_longer_live_does_not_warn(cast, state):
    same = {"nik": factories.nik(), "birth_date": "1988-04-12"}
    if state == "rejected":
        factories.rejected(by=cast.officer, reviewer=cast.reviewer, **same)
    else:
        factories.withdrawn(by=cast.officer, **same)
    assert factories.submitted(by=cast.officer, **same).warnings == []


def test_same_name_and_birth_date_with_another_nik_warns(cast):
    same = {"full_name": "Sari Rahayu", "birth_date": "1988-04-12"}
    factories.submitted(by=cast.officer, nik=factories.nik(), **same)
    again = factories.submitted(by=cast.officer, nik=factories.nik(), **{**same, "full_name": "SARI  rahayu"})
    assert again.warnings == ["same_person"]


def test_several_errors_are_named_in_the_order_of_the_fields(cast):
    form = factories.form(
        by=cast.officer, consent_version="", income="0", nik="3172013102880000", full_name="1" * 101, booth="Z",
        phone="",
    )  # fmt: skip
    assert form.coded_errors() == [
        "booth:booth_unknown",
        "nik:nik_date",
        "nik:nik_serial",
        "full_name:name_length",
        "full_name:name_characters",
        "phone:phone_invalid",
        "income:income_invalid",
        "consent_version:consent_missing",
    ]


def test_empty_form_names_every_field_that_may_not_be_empty(cast):
    fields = [error.partition(":")[0] for error in RegistrationForm({}, user=cast.officer).coded_errors()]
    may_be_empty = {
        "booth", "officer", "registered_at", "email", "job_type_2", "government_paid", "guardian", "consent_at",
        "guardian_relation", "guardian_agrees", "sheet",
    }  # fmt: skip
    assert fields == [name for name in RegistrationForm.base_fields if name not in may_be_empty]


def test_closed_event_is_open_to_the_branch(cast):
    form = RegistrationForm(factories.row(event="bazar-tutup"), user=cast.head)
    assert form.coded_errors() == []
    assert form.entry().officer == cast.officer


def test_officer_may_not_speak_for_a_colleague(cast):
    factories.assign(cast.colleague, cast.event.booths.get(code="A"), *cast.event.days)
    assert factories.form(by=cast.officer, officer="rekan").coded_errors() == ["officer:officer_not_assigned"]
    assert factories.form(by=cast.reviewer, officer="rekan").coded_errors() == []


def test_month_without_a_tariff_is_refused(cast):
    day = date(2015, 5, 2)
    factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="bazar-lama", days=(day, day))
    old = {"registered_at": "2015-05-02T09:00:00+07:00", "consent_at": "2015-05-02T08:00:00+07:00"}
    changes = {"event": "bazar-lama", "first_month": "2015-05", **old}
    assert factories.form(by=cast.officer, **changes).coded_errors() == ["first_month:no_tariff"]


def test_row_with_more_cells_than_the_header_is_refused(cast):
    rows = [{**factories.row(), None: ["more"]}]
    assert [line.errors for line in paper.import_rows(rows, by=cast.officer)] == [("row:row_cells",)]


def test_refused_form_keeps_what_was_typed(cast):
    form = factories.form(by=cast.officer, income="banyak", full_name="Sari2")
    assert form.coded_errors() == ["full_name:name_characters", "income:income_invalid"]
    assert (form["income"].value(), form["full_name"].value()) == ("banyak", "Sari2")


def test_entry_is_normalised(cast):
    entry = factories.entry(
        by=cast.officer, nik="3172 0112 0488 0001", birth_date="12-4-1988", full_name="  Sari   Rahayu ", rt="003",
        village_code="penjaringan", phone="0812-3456-7890", work_location="Jakarta Utara", income="2,5 juta",
        package="t", booth="a", job_type_1="p050",
    )  # fmt: skip
    assert (entry.nik, entry.birth_date, entry.full_name, entry.rt) == (
        "3172011204880001", date(1988, 4, 12), "Sari Rahayu", 3,
    )  # fmt: skip
    assert (entry.village_code, entry.phone, entry.work_location) == (
        "31.72.01.1001",
        "+6281234567890",
        "31.72",
    )
    assert (entry.income, entry.package, entry.booth.code, entry.job_type_1.code) == (
        2_500_000,
        "T",
        "A",
        "P050",
    )
    assert (entry.officer, entry.consent_version) == (
        cast.officer,
        ConsentText.objects.coded("2023-06").get(),
    )
