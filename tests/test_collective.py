"""The collective template, pure: our values in its columns, word for word as the core system reads them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.collective import (
    DEFAULT,
    DEFAULT_ANSWER,
    FAULTS,
    FIXED,
    SOURCES,
    AnswerLayout,
    Column,
    Fault,
    Layout,
    cells,
    known,
    plain,
)

WORKER = {
    "nik": "3172015511800003",
    "full_name": "Sumiati",
    "birth_date": "1980-11-15",
    "phone": "+6281234567890",
    "email": "",
    "job_type_1": "P050",
    "job_type_2": "",
    "work_location": "31.72",
    "income": "2500000",
    "package": "T",
    "months": "3",
}


def with_column(source: str, **changes) -> Layout:
    columns = tuple(replace(c, **changes) if c.source == source else c for c in DEFAULT.columns)
    return replace(DEFAULT, columns=columns)


def faults(layout: Layout = DEFAULT, **changes) -> list[tuple[str, str]]:
    return [(fault.source, fault.code) for fault in cells(WORKER | changes, layout)[1]]


def test_a_worker_becomes_the_row_of_the_template_of_2020():
    row, wrong = cells(WORKER, DEFAULT)
    assert wrong == []
    assert row == [
        "3172015511800003", "Sumiati", "15-11-1980", "081234567890", "", "P050", "", "3172", 2500000, "T", 3,
    ]  # fmt: skip


def test_default_headings_are_those_of_the_template():
    headings = [f"{c.heading}{'*' if c.required else ''}" for c in DEFAULT.columns]
    assert headings == [
        "Nomor Identitas*", "Nama Lengkap*", "Tgl. Lahir*", "Handphone*", "Email", "Jenis Pekerjaan 1*",
        "Jenis Pekerjaan 2", "Lokasi Pekerjaan*", "Upah*", "Kode Paket*", "Bulan Iuran*",
    ]  # fmt: skip
    assert (DEFAULT.sheet, DEFAULT.heading_row, DEFAULT.first_row) == ("Pendaftaran TK Baru BPU", 2, 3)


def test_two_months_are_not_offered_and_the_others_are():
    answers = {months: faults(months=months) for months in ("1", "2", "3", "6", "12")}
    assert answers == {"1": [], "2": [("months", "not_offered")], "3": [], "6": [], "12": []}


def test_a_name_of_fifty_fits_and_one_of_fifty_one_is_named_and_not_cut():
    assert faults(full_name="A" * 50) == []
    row, wrong = cells(WORKER | {"full_name": "A" * 51}, DEFAULT)
    assert (row[1], wrong) == ("", [Fault("full_name", "too_long")])


def test_every_fault_of_a_row_is_named():
    found = faults(nik="", full_name="A" * 51, months="2", income="2,5 juta")
    assert found == [
        ("nik", "missing"), ("full_name", "too_long"), ("income", "not_writable"), ("months", "not_offered"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("nik", "317201551180000"),
        ("nik", "３172015511800003"),
        ("birth_date", "15-11-1980"),
        ("phone", "081234567890"),
        ("work_location", "3172"),
        ("income", "-1"),
        ("income", "2500000.5"),
        ("full_name", "Su\x07miati"),
        ("full_name", "Su\nmiati"),
        ("email", "a_x0041_b@example.com"),
    ],
)
def test_what_a_source_does_not_promise_is_not_written(source, value):
    assert faults(**{source: value}) == [(source, "not_writable")]


def test_an_empty_or_missing_code_is_not_offered_and_no_codes_at_all_are_ours():
    named = {"job_type_1": {"P050": "050", "P003": ""}, "package": {"T": "1"}}
    layout = replace(DEFAULT, codes=named)
    assert cells(WORKER, layout)[0][5] == "050"
    assert cells(WORKER, layout)[0][9] == "1"
    assert faults(layout, job_type_1="P003") == [("job_type_1", "not_offered")]
    assert faults(layout, job_type_1="P111") == [("job_type_1", "not_offered")]
    assert faults(layout, package="L") == [("package", "not_offered")]
    assert cells(WORKER | {"job_type_2": "P111"}, layout)[0][6] == "P111"


def test_a_column_without_a_source_stays_empty():
    layout = replace(DEFAULT, columns=(*DEFAULT.columns, Column("Catatan", "")))
    assert cells(WORKER, layout)[0][-1] == ""
    assert cells(WORKER, layout)[1] == []


def fixed(text: str, **more) -> Column:
    return Column("Nama Ibu Kandung", FIXED, required=True, text=text, **more)


def test_a_fixed_text_stands_in_every_row_whoever_it_is():
    layout = replace(DEFAULT, columns=(*DEFAULT.columns, fixed("-"), fixed("=1+1"), fixed("007", longest=3)))
    for worker in (WORKER, WORKER | {"fixed": "Sumiati", "text": "Sumiati"}):
        row, wrong = cells(worker, layout)
        assert (row[-3:], wrong) == (["-", "=1+1", "007"], [])


def test_headings_are_known_whatever_their_case_blanks_dots_and_asterisks():
    assert {known(f" {c.heading.upper()} *") for c in DEFAULT.columns} == set(SOURCES)
    assert [known(h) for h in ("Tgl.  lahir*", "TGL LAHIR", "Nama Ibu Kandung*", "")] == [
        "birth_date",
        "birth_date",
        "",
        "",
    ]


# Sometimes what the form lets through, sometimes anything.
TEXT = st.text(max_size=80) | st.text("=+-@ ABCdef'.,0123456789_x", max_size=80)


@given(st.fixed_dictionaries(dict.fromkeys(SOURCES, TEXT)), st.integers(1, 60))
def test_a_row_has_whole_values_or_faults_and_nothing_between(values, longest):
    layout = with_column("full_name", longest=longest)
    row, wrong = cells(values, layout)
    named = {fault.source: fault.code for fault in wrong}
    assert len(row) == len(layout.columns)
    assert set(named.values()) <= set(FAULTS)
    for column, cell in zip(layout.columns, row, strict=True):
        if column.source in named:
            assert cell == ""
        elif column.source in ("full_name", "email", "job_type_1", "job_type_2"):
            assert cell == values[column.source]  # whole, or named above: never cut
            assert column.longest is None or len(cell) <= column.longest
        assert isinstance(cell, int) == (column.as_number and cell != "")


@given(TEXT)
def test_plain_is_plain_already(text):
    assert plain(plain(text)) == plain(text)


# --- As it is stored


def test_layouts_come_back_equal():
    assert Layout.from_json(DEFAULT.as_json()) == DEFAULT
    assert (
        "text" not in DEFAULT.as_json()["columns"][0]
    )  # as editions were stored before there was a fixed text
    layout = replace(DEFAULT, columns=(*DEFAULT.columns, fixed("-"), fixed("KCP 01", longest=6)))
    assert Layout.from_json(layout.as_json()) == layout
    assert AnswerLayout.from_json(DEFAULT_ANSWER.as_json()) == DEFAULT_ANSWER


def _column(**changes) -> dict:
    return DEFAULT.as_json() | {"columns": [DEFAULT.as_json()["columns"][0] | changes]}


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (None, "shape"),
        ({}, "shape"),
        (DEFAULT.as_json() | {"more": 1}, "shape"),
        (DEFAULT.as_json() | {"columns": []}, "columns"),
        (DEFAULT.as_json() | {"columns": DEFAULT.as_json()["columns"] * 6}, "columns"),
        (DEFAULT.as_json() | {"columns": DEFAULT.as_json()["columns"] * 2}, "twice"),
        (DEFAULT.as_json() | {"columns": DEFAULT.as_json()["columns"][1:]}, "nik"),
        (DEFAULT.as_json() | {"sheet": ""}, "sheet"),
        (DEFAULT.as_json() | {"sheet": "a" * 32}, "sheet"),
        (DEFAULT.as_json() | {"sheet": "a/b"}, "sheet"),
        (DEFAULT.as_json() | {"heading_row": 3}, "rows"),
        (DEFAULT.as_json() | {"heading_row": 0}, "rows"),
        (DEFAULT.as_json() | {"first_row": True}, "rows"),
        (DEFAULT.as_json() | {"first_row": 10**9}, "rows"),
        (DEFAULT.as_json() | {"codes": {"nik": {}}}, "codes"),
        (DEFAULT.as_json() | {"codes": {"package": {"T": 1}}}, "codes"),
        (DEFAULT.as_json() | {"codes": {"package": {"T": "a\nb"}}}, "codes"),
        (_column(source="religion"), "source"),
        (_column(text=""), "text"),
        (_column(text="-"), "text"),
        (_column(source="fixed"), "text"),
        (_column(source="fixed", text=" "), "text"),
        (_column(source="fixed", text=5), "text"),
        (_column(source="fixed", text="a\nb"), "text"),
        (_column(source="fixed", text="a_x0041_b"), "text"),
        (_column(source="fixed", text="x" * 17), "text"),  # longer than its column takes
        (_column(source="fixed", text="x" * 51, longest=None), "text"),
        (_column(source="fixed", text="1", as_number=True), "number"),
        (_column(source="fixed", text="-"), "nik"),
        (_column(source=""), "required_empty"),
        (_column(as_number=True), "number"),
        (_column(required=False), "nik"),
        (_column(required=1), "column"),
        (_column(longest=0), "column"),
        (_column(longest=True), "column"),
        (_column(longest="50"), "column"),
        (_column(heading=5), "column"),
    ],
)
def test_a_layout_that_is_none_is_refused_with_a_code(stored, code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        Layout.from_json(stored)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"columns": {"nik": "NIK"}}, "columns"),
        ({"columns": {"nik": "NIK", "outcome": "Status", "reason": ""}}, "columns"),
        ({"columns": {"nik": "NIK", "outcome": "Status", "reason": "K", "name": "Nama"}}, "columns"),
        ({"columns": {"nik": "NIK", "outcome": "Status", "reason": "status*"}}, "twice"),
        ({"heading_row": "1"}, "rows"),
        ({"sheet": None}, "sheet"),
        ({"accepted": []}, "outcomes"),
        ({"accepted": ["Ya"], "refused": ["ya"]}, "outcomes"),
        ({"accepted": ["*"]}, "outcomes"),
    ],
)
def test_an_answer_layout_that_is_none_is_refused_with_a_code(changes, code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        AnswerLayout.from_json(DEFAULT_ANSWER.as_json() | changes)


def test_what_is_stored_is_a_layout_that_cannot_be_changed():
    with pytest.raises(TypeError):
        Layout.from_json(DEFAULT.as_json()).codes["package"] = {}
