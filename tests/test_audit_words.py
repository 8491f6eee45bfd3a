"""The audit list in words: every code that the software writes into the chain has some, in both languages."""

import ast
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.utils import translation

from enrolment.choices import ArbitrationOutcome, EntryKind, EscalationWay, State, Verdict
from enrolment.forms.decision import Purpose
from outreach import audit_words
from outreach.admin.base import ReadOnlyAdmin
from outreach.choices import EventState
from outreach.models import AuditEntry, Branch, Coordination, EquipmentLine, OutreachSession, User
from outreach.sealed import SealedField

ROOT = Path(settings.BASE_DIR)
# What an f-string in an action's code may become. A new one: a line here.
PARTS = {
    "registration.{target}": [f"registration.{state}" for state in State],
    "registration.{made[0].target}": [],  # the same
    "registration.{way}": [f"registration.{way}" for way in EscalationWay],
    "twins.{verdict}": [f"twins.{verdict}" for verdict in Verdict],
    "arbitration.{outcome}": [f"arbitration.{outcome}" for outcome in ArbitrationOutcome],
    "equipment.{verb}": [
        f"equipment.{verb}"
        for verb in ("asked", "change", "withdrawn", "agreed", "declined", "handover", "return")
    ],
    "outreachsession.{verb}": ["outreachsession.enter", "outreachsession.change"],
    "prospect.{verb}": ["prospect.note", "prospect.call", "prospect.registered"],
    "coordination.{verb}": ["coordination.note", "coordination.change", "coordination.done"],
    "participation.{said.kind}": [f"participation.{kind}" for kind in EntryKind],
    "user.{verb}": [f"user.{verb}" for verb in ("password", "invite", "show_link", "link", "close")],
    "event.{target}": [f"event.{state}" for state in (EventState.OPEN, EventState.CLOSED)],
    "{self.opts.model_name}.{verb}": [],  # the admin's own; see below
}
# What the stock pages of a model write; all three where nothing is said.
VERBS = {
    User: ("add", "change"),
    Branch: ("add", "change"),
    OutreachSession: ("change", "delete"),
    Coordination: (),  # actions alone write these two
    EquipmentLine: (),
}
_OTHERS = {"add_argument", "consume", "clear"}


def _spelled(node: ast.expr) -> str | None:
    """A text as it stands in the source, with `{name}` for what is filled in; None for a plain variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"
            for part in node.values
        )
    return None


def written(keyword: str) -> set[str]:
    """Every text that the code passes as `keyword=`, apart from command lines and rate limits."""
    found = set()
    for app in ("outreach", "enrolment"):
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") not in _OTHERS:
                    values = [_choices(k.value) for k in node.keywords if k.arg == keyword]
                    found |= {_spelled(value) for value in chain.from_iterable(values)}
    return found - {None}


def _choices(node: ast.expr) -> list[ast.expr]:
    """`a if this else b` may be either."""
    return [*_choices(node.body), *_choices(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def actions_in_use() -> set[str]:
    spelled = written("action")
    unknown = {code for code in spelled if "{" in code and code not in PARTS}
    assert unknown == set(), "say in PARTS what these become"
    codes = {code for code in spelled if "{" not in code}
    codes.update(*(PARTS[code] for code in spelled if "{" in code))
    for model, page in admin.site._registry.items():
        if model._meta.app_label == "outreach" and not isinstance(page, ReadOnlyAdmin):
            verbs = VERBS.get(model, ("add", "change", "delete"))
            codes |= {f"{model._meta.model_name}.{verb}" for verb in verbs}
    return codes


def test_every_action_in_the_code_has_words():
    assert len(actions_in_use()) > 20
    assert sorted(actions_in_use() - audit_words.ACTIONS.keys()) == []


def test_every_sealed_field_has_words():
    sealed = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedField)
    }
    assert len(sealed) > 8
    assert sorted(sealed - audit_words.FIELDS.keys()) == []


def test_every_purpose_has_words():
    """Those with a blank and a slug name an object; those of the reviewer's list are chosen on the page."""
    purposes = {text for text in written("purpose") if text and "{" not in text} | set(Purpose.values)
    assert len(purposes) > 8
    purposes |= {f"search by {kind}" for kind in ("nik", "phone", "reference", "name")}
    assert sorted(purposes - audit_words.PURPOSES.keys()) == []


def test_a_purpose_with_a_blank_names_an_object_or_has_a_phrase():
    """`event {slug}` is what was changed, and stays a reference; why something was opened is a phrase with a number."""
    nouns = {"event", "user", "booth", "pad", "branch", "batch", "template"}
    filled = {text for text in written("purpose") if "{" in text} - {"search by {sought.kind}"}
    assert {"event {row.slug}", "pad {pad}"} < filled
    wordless = {
        text
        for text in filled
        if text.split()[0] not in nouns and text.rpartition(" ")[0] not in audit_words.NUMBERED
    }
    assert sorted(wordless) == []


def test_a_numbered_purpose_keeps_its_number():
    with translation.override("id"):
        assert audit_words.purpose("hand-over: batch 12") == "penyerahan, gelombang 12"


@pytest.mark.parametrize(
    ("language", "row"),
    [
        ("id", ("pendaftaran dikirim", "NIK, nama lengkap, hari pertama", "pemeriksaan")),
        ("en", ("registration sent", "NIK, full name, first day", "review")),
    ],
)
def test_a_row_speaks_the_language_of_the_screen(language, row):
    with translation.override(language):
        assert row == (
            audit_words.action("registration.submit"),
            audit_words.fields("nik full_name first_day"),
            audit_words.purpose("review"),
        )


def test_an_unknown_code_is_shown_as_it_is():
    assert audit_words.action("thing.done") == "thing.done"
    assert audit_words.purpose("event bazar-uji < bazar-lama") == "event bazar-uji < bazar-lama"
    assert audit_words.fields("some_thing") == "some thing"


def test_the_list_shows_words_and_the_chain_keeps_codes(cast, login):
    client = login(cast.head)
    client.post("/admin/outreach/organisation/add/", {"name": "Satu"})
    page = client.get("/admin/outreach/auditentry/").content.decode()
    assert "lembaga mitra ditambahkan" in page
    assert AuditEntry.objects.get().action == "organisation.add"
