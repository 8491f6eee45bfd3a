"""A column of the template that nobody is asked for: one text in every row, typed by the branch."""

import pytest

from enrolment.models import CollectiveTemplate
from enrolment.queries.collective_templates import in_force
from outreach import audit_words
from outreach.models import AuditEntry
from tests import sheets
from tests.test_template_pages import EDIT, LIST, SAMPLE, changes, downloaded, sent, upload
from tests.typed import typed

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def desk(cast, login):
    return login(cast.reviewer)


def test_a_column_that_nobody_is_asked_for_takes_a_fixed_text(cast, desk):
    content = sheets.own_template(headings=[*sheets.HEADINGS, "Nama Ibu*", "Kode Kantor*"])
    page = upload(desk, content)
    fixed = {
        "source_11": "fixed",
        "text_11": " - ",
        "source_12": "fixed",
        "text_12": "0012",
        "longest_12": "4",
    }
    effect = sent(desk, page, "show", **fixed)
    assert ("Column L Nama Ibu*", "nothing", "fixed text “-”, text") in changes(effect)
    assert sent(desk, effect, "save").status_code == 302
    columns = in_force(cast.branch.pk).layout.columns[11:]
    assert [(one.source, one.text, one.longest) for one in columns] == [
        ("fixed", "-", None),
        ("fixed", "0012", 4),
    ]
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.purpose, entry.fields) == (
        "collectivetemplate.add",
        "template 1",
        "fixed_text L M",
    )
    assert audit_words.fields(entry.fields) == "fixed text, L, M"
    assert [one["source"] for one in desk.get(LIST).context["columns"]][11:] == [
        "fixed text “-”", "fixed text “0012”",
    ]  # fmt: skip
    row = downloaded(desk.get(SAMPLE))["Pendaftaran TK Baru BPU"][3]
    assert [(cell.value, cell.data_type) for cell in row[11:13]] == [("-", "s"), ("0012", "s")]
    again = sent(desk, desk.get(EDIT), "show", text_11="x")
    assert changes(again) == [("Column L Nama Ibu*", "fixed text “-”, text", "fixed text “x”, text")]
    before = bytes(entry.content)
    sent(desk, again, "save")
    assert bytes(AuditEntry.objects.latest("seq").content) != before  # the chain knows of the text
    assert CollectiveTemplate.objects.get(number=1).columns.columns[11].text == "-"


def test_a_fixed_text_goes_with_its_heading_into_another_template(cast, desk):
    headings = [*sheets.HEADINGS, "Nama Ibu*", "Kode Kantor*"]
    fixed = {"source_11": "fixed", "text_11": "-", "source_12": "fixed", "text_12": "0012"}
    sent(desk, sent(desk, upload(desk, sheets.own_template(headings=headings)), "show", **fixed), "save")
    mapping = typed(upload(desk, sheets.own_template(headings=["Kode Kantor*", *headings[:12]])))
    assert [mapping[f"source_{at}"] for at in (0, 1, 12)] == ["fixed", "nik", "fixed"]
    assert [mapping[f"text_{at}"] for at in (0, 1, 12)] == ["0012", "", "-"]
