"""A list of payments or numbers as a file (CSV or XLSX): its headings, and its rows through the row's form. A row that
is wrong in itself refuses the whole file: then the list is not what it seems, and nothing of it is written down."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from enrolment import tables
from enrolment.actions.payment_files import Row
from enrolment.forms.payments import PaymentRowForm

MAX_ROWS = 1_000
SHOWN_FAULTS = 50
HEADINGS = {
    "nik": ("nik", "nomor identitas", "no ktp", "nomor ktp"),
    "reference": ("nomor bukti", "no bukti", "receipt number", "reference"),
    "code": ("kode iuran", "kode bayar", "payment code", "billing code"),
    "number": ("nomor peserta", "nomor peserta kpj", "kpj", "no kpj", "nomor kpj", "participant number"),
    "on": ("tanggal bayar", "tgl bayar", "day of the payment", "paid on"),
    "months": ("bulan", "bulan iuran", "jumlah bulan", "months", "months paid for"),
}
"""How the columns may be called, in small letters and without dots, dashes, underscores and brackets."""


class Refused(ValueError):
    """The file is not taken. `sentences` say what to do, without an identity, the first SHOWN_FAULTS in the order of
    the rows; each names its row (as on the screen) unless it is about the whole file."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences[:SHOWN_FAULTS]
        super().__init__(sentences[0])


def read(content: bytes, *, name: str) -> list[Row]:
    """The rows of a list, each right in itself. Raises Refused before anything is looked up."""
    try:
        cells = tables.read(content, name=name, most_rows=MAX_ROWS + 1)
    except tables.Unreadable as unreadable:
        raise Refused(unreadable.sentence) from None
    columns = _columns(cells[0] if cells else [])
    rows, faults = [], []
    for number, line in enumerate(cells[1:], start=2):
        if not any(line):
            continue
        form = PaymentRowForm({name: line[at] for name, at in columns.items() if at < len(line)})
        if form.is_valid():
            rows.append(_row(number, form.cleaned_data))
        else:
            said = dict.fromkeys(str(error) for errors in form.errors.values() for error in errors)
            faults.append(_("Row %(number)d: %(sentence)s") % {"number": number, "sentence": " ".join(said)})
    if faults:
        raise Refused(*faults)
    if not rows:
        raise Refused(_("This file has a header and no rows. Check that you chose the right one."))
    return rows


def _row(number: int, data: dict) -> Row:
    named = {name: data[name] for name in ("nik", "reference", "code", "on", "months")}
    return Row(number, participant_number=data["number"], **named)


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Where each known column stands. What a bank's list has besides is passed by."""
    known = {called: name for name, names in HEADINGS.items() for called in names}
    found: dict[str, int] = {}
    for at, typed in enumerate(header):
        name = known.get(_plain(typed))
        if name in found:
            raise Refused(_("The header names a column twice. Each column may stand once."))
        if name:
            found[name] = at
    if not {"nik", "reference"} & found.keys():
        raise Refused(_("Row 1 names no column NIK and no column Nomor bukti. Add one of them."))
    if not {"code", "number", "on"} & found.keys():
        raise Refused(
            _("Row 1 names no column Kode iuran, Nomor peserta or Tanggal bayar. Add what the list says.")
        )
    if ("on" in found) != ("months" in found):
        raise Refused(_("Row 1 needs both Tanggal bayar and Bulan for a payment."))
    return found


def _plain(heading: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in heading.casefold()).split())
