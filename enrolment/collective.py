"""The collective template (templat kolektif), pure: which of our values stands in which column, in whose words.

Approved registrations go into the core system as a table that the branch fills: one row a worker. Columns, lengths
and codes are the core system's and change without us, so they are data (`Layout`) that a branch edits; `DEFAULT` is
the template of 2020. A value that its column does not take is a `Fault` and its row is not written: nothing is ever
cut, guessed or left out silently. `AnswerLayout` says the same of the file that comes back.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

SOURCES = (
    "nik", "full_name", "birth_date", "phone", "email", "job_type_1", "job_type_2", "work_location", "income",
    "package", "months",
)  # fmt: skip
"""What a column may take of a worker. A column without a source ("") stays empty."""
FIXED = "fixed"
"""The source of a column with one text in every row: what the core system wants to have and nobody is asked for."""
CODED = ("job_type_1", "job_type_2", "package", "months")
"""Sources whose values the template may call otherwise, or not offer."""
DIGITS = ("work_location", "income", "months")
"""Sources that may stand as numbers: of the others a number drops noughts or digits."""
FAULTS = ("missing", "too_long", "not_offered", "not_writable")

MOST_COLUMNS = 60
MOST_ROWS = 1_000
"""Workers in one file."""
LONGEST_HEADING = 120
LONGEST_CODE = 30
LONGEST_FIXED = 50
LATEST_HEADING_ROW = 30

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PHONE = re.compile(r"\+62([0-9]{6,13})")
_WRITTEN = {
    "nik": re.compile(r"[0-9]{16}"),
    "work_location": re.compile(r"[0-9]{2}\.[0-9]{2}"),
    "income": re.compile(r"[0-9]{1,12}"),
}
# Excel reads _x0041_ inside a text as the letter A; control characters are no XML at all.
_NOT_WRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet. `longest` counts characters; `as_number` is a cell with a number, every other is text.
    `text` is what stands in every row of a FIXED one, and "" of every other."""

    heading: str
    source: str
    required: bool = False
    longest: int | None = None
    as_number: bool = False
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        """Without a text as editions were stored before there was one."""
        return {name: value for name, value in asdict(self).items() if name != "text" or value}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the template has what. Rows count from 1 as on the screen; `columns` are A, B, C … without a gap.

    `codes`: source → our code → the template's. A source without codes is written as we call it; where it has some, a
    code that is missing or "" is not offered this way: the registration is entered by hand.
    """

    sheet: str
    heading_row: int
    first_row: int
    columns: tuple[Column, ...]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; `from_json` reads it back equal."""
        return {
            "sheet": self.sheet,
            "heading_row": self.heading_row,
            "first_row": self.first_row,
            "columns": [column.as_json() for column in self.columns],
            "codes": {source: dict(codes) for source, codes in self.codes.items()},
        }

    @classmethod
    def from_json(cls, stored: Any) -> "Layout":
        """Raises ValueError; its text is a code: "shape", "sheet", "rows", "columns", "column", "source", "number",
        "text", "twice", "required_empty", "nik", "codes"."""
        data = _exactly(stored, "sheet", "heading_row", "first_row", "columns", "codes")
        if not isinstance(data["columns"], list) or not 1 <= len(data["columns"]) <= MOST_COLUMNS:
            raise ValueError("columns")
        columns = tuple(_column(one) for one in data["columns"])
        sources = [column.source for column in columns if column.source not in ("", FIXED)]
        if len(set(sources)) != len(sources):
            raise ValueError("twice")
        if any(column.required and not column.source for column in columns):
            raise ValueError("required_empty")
        if "nik" not in sources or any(
            c.source == "nik" and (c.as_number or not c.required) for c in columns
        ):
            raise ValueError("nik")  # by it the answer is read back
        heading_row, first_row = data["heading_row"], data["first_row"]
        if not (_is_row(heading_row) and _is_row(first_row) and heading_row < first_row):
            raise ValueError("rows")
        return cls(
            sheet=_sheet(data["sheet"], required=True),
            heading_row=heading_row,
            first_row=first_row,
            columns=columns,
            codes=_codes(data["codes"]),
        )


@dataclass(frozen=True, slots=True)
class AnswerLayout:
    """How the core system answers, row by row. `sheet=""` is the first one; `columns`: meaning → heading.

    `accepted` and `refused` are the texts that stand in the column of the outcome, compared without case.
    """

    MEANINGS = ("nik", "outcome", "reason", "billing_code", "participant_number")
    NEEDED = MEANINGS[:3]

    sheet: str
    heading_row: int
    columns: Mapping[str, str]
    accepted: tuple[str, ...]
    refused: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; `from_json` reads it back equal."""
        return {
            "sheet": self.sheet,
            "heading_row": self.heading_row,
            "columns": dict(self.columns),
            "accepted": list(self.accepted),
            "refused": list(self.refused),
        }

    @classmethod
    def from_json(cls, stored: Any) -> "AnswerLayout":
        """Raises ValueError; its text is a code: "shape", "sheet", "rows", "columns", "twice", "outcomes"."""
        data = _exactly(stored, "sheet", "heading_row", "columns", "accepted", "refused")
        columns = data["columns"]
        if not isinstance(columns, dict) or not set(cls.NEEDED) <= set(columns) <= set(cls.MEANINGS):
            raise ValueError("columns")
        if not all(_is_text(heading, LONGEST_HEADING) and heading for heading in columns.values()):
            raise ValueError("columns")
        if len({plain(heading) for heading in columns.values()}) != len(columns):
            raise ValueError("twice")
        if not _is_row(data["heading_row"]):
            raise ValueError("rows")
        words = [data["accepted"], data["refused"]]
        if not all(
            isinstance(some, list) and some and all(_is_text(w, LONGEST_CODE) and plain(w) for w in some)
            for some in words
        ):
            raise ValueError("outcomes")
        accepted, refused = ({plain(word) for word in some} for some in words)
        if accepted & refused:
            raise ValueError("outcomes")
        return cls(
            sheet=_sheet(data["sheet"], required=False),
            heading_row=data["heading_row"],
            columns=MappingProxyType({m: columns[m] for m in cls.MEANINGS if m in columns}),
            accepted=tuple(words[0]),
            refused=tuple(words[1]),
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value can't stand in its column: "missing", "too_long", "not_offered" or "not_writable"."""

    source: str
    code: str


DEFAULT = Layout(
    sheet="Pendaftaran TK Baru BPU",
    heading_row=2,
    first_row=3,
    columns=(
        Column("Nomor Identitas", "nik", required=True, longest=16),
        Column("Nama Lengkap", "full_name", required=True, longest=50),
        Column("Tgl. Lahir", "birth_date", required=True, longest=10),
        Column("Handphone", "phone", required=True, longest=13),
        Column("Email", "email"),
        Column("Jenis Pekerjaan 1", "job_type_1", required=True),
        Column("Jenis Pekerjaan 2", "job_type_2"),
        Column("Lokasi Pekerjaan", "work_location", required=True, longest=4),
        Column("Upah", "income", required=True, as_number=True),
        Column("Kode Paket", "package", required=True),
        Column("Bulan Iuran", "months", required=True, as_number=True),
    ),
    codes=MappingProxyType(
        {
            "package": MappingProxyType({"T": "T", "L": "L"}),
            "months": MappingProxyType({"1": "1", "3": "3", "6": "6", "12": "12"}),
        }
    ),
)
"""The template of 2020, where a branch has stored none. Two months are not offered."""

DEFAULT_ANSWER = AnswerLayout(
    sheet="",
    heading_row=1,
    columns=MappingProxyType(
        {
            "nik": "Nomor Identitas",
            "outcome": "Status",
            "reason": "Keterangan",
            "billing_code": "Kode Iuran",
            "participant_number": "Nomor Peserta",
        }
    ),
    accepted=("Diterima", "Berhasil", "Sukses"),
    refused=("Ditolak", "Gagal"),
)
"""An assumption: no answer file of the core system is public. A branch writes down what its own looks like."""


def plain(text: str) -> str:
    """A heading or a word for comparing: without case, dots, an asterisk of "required", and doubled blanks."""
    return " ".join(re.sub(r"[*.]", " ", text).casefold().split())


def known(heading: str) -> str:
    """The source that a heading asks for; "" where a person has to say."""
    return _KNOWN.get(plain(heading), "")


_KNOWN = {plain(column.heading): column.source for column in DEFAULT.columns} | {
    "nik": "nik",
    "no identitas": "nik",
    "nomor induk kependudukan": "nik",
    "nama": "full_name",
    "tanggal lahir": "birth_date",
    "no handphone": "phone",
    "nomor handphone": "phone",
    "no hp": "phone",
    "nomor hp": "phone",
    "e-mail": "email",
    "alamat email": "email",
    "jenis pekerjaan": "job_type_1",
    "lokasi kerja": "work_location",
    "penghasilan": "income",
    "paket": "package",
    "jumlah bulan iuran": "months",
}
"""Headings as they were met, and near ones."""


def cells(values: Mapping[str, str], layout: Layout) -> tuple[list[str | int], list[Fault]]:
    """One worker's row in the order of the columns, and what does not fit; a row with a fault is not to be written.

    `values` is canonical text by source: `nik` 16 digits, `birth_date` ISO, `phone` +62…, `job_type_1` Pnnn ("" for no
    second one), `work_location` 31.72, `income` Rupiah a month as digits, `package` T or L, `months` 1 to 12. What a
    fault is about stands as "" in the row.
    """
    row: list[str | int] = []
    faults = []
    for column in layout.columns:
        value = column.text if column.source == FIXED else values.get(column.source, "")
        value, fault = _cell(value, column, layout.codes.get(column.source))
        row.append(value)
        if fault:
            faults.append(Fault(column.source, fault))
    return row, faults


def _cell(value: str, column: Column, codes: Mapping[str, str] | None) -> tuple[str | int, str | None]:
    if not value:
        return "", "missing" if column.required else None
    written = _written(value, column.source)
    if written is None or _NOT_WRITABLE.search(written):
        return "", "not_writable"
    if codes is not None:
        written = codes.get(written, "")
        if not written:
            return "", "not_offered"
    if column.longest is not None and len(written) > column.longest:
        return "", "too_long"
    if not column.as_number:
        return written, None
    return (int(written), None) if _NUMBER.fullmatch(written) else ("", "not_writable")


def _written(value: str, source: str) -> str | None:
    """Our value as the core system reads it; None where it is not what the source promises."""
    if source == "birth_date":
        match = _DATE.fullmatch(value)
        return "-".join(reversed(match.groups())) if match else None
    if source == "phone":
        match = _PHONE.fullmatch(value)
        return f"0{match[1]}" if match else None
    if source in _WRITTEN and not _WRITTEN[source].fullmatch(value):
        return None
    return value.replace(".", "") if source == "work_location" else value


def is_writable(text: str) -> bool:
    """Can it stand in a cell as it is?"""
    return not _NOT_WRITABLE.search(text)


def _exactly(stored: Any, *names: str) -> dict[str, Any]:
    if not isinstance(stored, dict) or set(stored) != set(names):
        raise ValueError("shape")
    return stored


def _column(stored: Any) -> Column:
    names = ("heading", "source", "required", "longest", "as_number")
    is_fixed = isinstance(stored, dict) and "text" in stored
    data = _exactly(stored, *names, *(("text",) if is_fixed else ()))
    longest = data["longest"]
    if data["as_number"] is True and data["source"] not in DIGITS:
        raise ValueError("number")
    if not _is_text(data["heading"], LONGEST_HEADING):
        raise ValueError("column")
    if type(data["required"]) is not bool or type(data["as_number"]) is not bool:
        raise ValueError("column")
    if longest is not None and not (type(longest) is int and 1 <= longest <= 1000):
        raise ValueError("column")
    if data["source"] not in ("", *SOURCES, FIXED):
        raise ValueError("source")
    if is_fixed != (data["source"] == FIXED):
        raise ValueError("text")
    if is_fixed and not (
        _is_text(data["text"], min(longest or LONGEST_FIXED, LONGEST_FIXED)) and data["text"].strip()
    ):
        raise ValueError("text")
    return Column(**data)


def _codes(stored: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(stored, dict) or not set(stored) <= set(CODED):
        raise ValueError("codes")
    for codes in stored.values():
        if not isinstance(codes, dict):
            raise ValueError("codes")
        if not all(_is_text(text, LONGEST_CODE) for pair in codes.items() for text in pair):
            raise ValueError("codes")
    return MappingProxyType({source: MappingProxyType(dict(codes)) for source, codes in stored.items()})


def _sheet(name: Any, *, required: bool) -> str:
    """Excel's own rule: at most 31 characters, none of []:*?/\\, no quote at either end."""
    if not _is_text(name, 31) or re.search(r"[\[\]:*?/\\]|^'|'$", name) or (required and not name.strip()):
        raise ValueError("sheet")
    return name


def _is_row(number: Any) -> bool:
    return type(number) is int and 1 <= number <= LATEST_HEADING_ROW + 1


def _is_text(text: Any, longest: int) -> bool:
    return isinstance(text, str) and len(text) <= longest and is_writable(text)
