"""Templates come without their indentation, and nothing in them means anything by it."""

import re

import pytest
from django.template.loader import get_template

from tests.server import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SENTENCE = re.compile(
    r"{% blocktranslate(?P<options>[^%]*)%}(?P<words>.*?){% endblocktranslate %}", re.DOTALL
)
AS_TYPED = re.compile(r"<(pre|textarea)\b[^>]*>\s*\n", re.DOTALL)


@pytest.mark.parametrize("name", ["base.html", "layouts/form.html", "admin/base_site.html"])
def test_lines_stay_lines_and_lose_their_indentation(name):
    source, written = get_template(name).template.source, (ROOT / "templates" / name).read_text("utf-8")
    assert [line.strip() for line in written.splitlines()] == source.rstrip("\n").splitlines()
    assert "\n " in written


def test_django_s_own_templates_are_left_alone():
    assert "\n  " in get_template("admin/base.html").template.source


def test_no_sentence_and_no_typed_text_depends_on_indentation():
    for file in TEMPLATES:
        text = file.read_text("utf-8")
        for sentence in SENTENCE.finditer(text):
            assert "\n" not in sentence["words"] or "trimmed" in sentence["options"], file
        assert not AS_TYPED.search(text), file
    assert len(TEMPLATES) > 100
