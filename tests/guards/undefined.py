"""A variable that our own templates print, pass on or walk along and that is not there fails the test.

Django prints nothing for a misspelt name, so the page looks almost right. What counts as saying "may be missing":

- a filter `default`, `default_if_none` or `yesno` right behind the name;
- a bare name in `{% if %}`, `{% for %}` or `{% firstof %}` that its template declares in a comment
  `{# optional: url, link #}`: a partial's parameters. An attribute of something that is there (`event.stete`) is
  never optional, in `{% if %}` neither.

Django's, allauth's and crispy's own templates rely on the silence and are exempt, and so is what a test writes itself.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Engine, VariableDoesNotExist, base
from django.templatetags.i18n import BlockTranslateNode
from django.test.signals import reset_template_engines

_OWN = str(Path(settings.BASE_DIR) / "templates")
_FORGIVING = {"default", "default_if_none", "yesno"}
_DECLARED = re.compile(r"optional: ([\w, ]+)")


@cache
def _optional(file: str) -> frozenset[str]:
    """The names that a template says it may be called without."""
    listed = _DECLARED.findall(Path(file).read_text("utf-8")) if Path(file).is_file() else []
    return frozenset(name.strip() for names in listed for name in names.split(","))


def _fail(name: str, file: str) -> None:
    """Not an exception but an outcome: `{% if %}` swallows every exception of its operands."""
    pytest.fail(f"{file.removeprefix(_OWN + '/')}: {name} is not defined")


class _Nothing(str):
    """What Django puts for a lookup that it silences further inside (no related row, a method with arguments)."""

    __slots__ = ()


_NOTHING = _Nothing()


class _Watched(base.Variable):
    """A name in one of our templates. `condition` is set by each asking: an `if`, a `for`, a `firstof`."""

    __slots__ = ("condition", "file", "forgiven")

    def resolve(self, context):
        try:
            found = super().resolve(context)
        except VariableDoesNotExist:
            declared = (
                self.condition and self.lookups[0] in _optional(self.file) and self._lacks_first(context)
            )
            if not (self.forgiven or declared):
                _fail(self.var, self.file)
            raise
        if found is _NOTHING and not (self.forgiven or self.condition):
            _fail(self.var, self.file)
        return found

    def _lacks_first(self, context) -> bool:
        return self.lookups[0] not in context


class _Expression(base.FilterExpression):
    __slots__ = ()

    def __init__(self, token, parser):
        super().__init__(token, parser)
        file = getattr(parser.origin, "name", None) or ""
        if self.is_var and self.var.lookups and str(file).startswith(_OWN):
            watched = _Watched(self.var.var)
            watched.file = str(file)
            watched.forgiven = bool(self.filters) and self.filters[0][0].__name__ in _FORGIVING
            watched.condition = False
            self.var = watched

    def resolve(self, context, ignore_failures=False):
        if isinstance(self.var, _Watched):
            self.var.condition = ignore_failures
        return super().resolve(context, ignore_failures)


_render_translation = BlockTranslateNode.render


def _render(self, context, nested=False):
    """`{{ name }}` inside `{% blocktranslate %}` is looked up past FilterExpression."""
    file = str(getattr(self.origin, "name", ""))
    if file.startswith(_OWN):
        names = {
            t.contents for t in (*self.singular, *(self.plural or ())) if t.token_type is base.TokenType.VAR
        }
        for name in names - self.extra_context.keys() - {self.countervar}:
            if name not in context:
                _fail(name, file)
    return _render_translation(self, context, nested)


@pytest.fixture(autouse=True, scope="session")
def _undefined_fails():
    """For good, before the first template is compiled: compiled ones are cached."""
    make = Engine.__init__

    def made(self, *args, **kwargs):
        """An override of some settings makes a new engine in the middle of the run."""
        make(self, *args, **kwargs)
        self.string_if_invalid = _NOTHING

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "FilterExpression", _Expression)
        patch.setattr(BlockTranslateNode, "render", _render)
        patch.setattr(Engine, "__init__", made)
        _forget_engines()
        yield
    _forget_engines()


def _forget_engines() -> None:
    """As Django does itself when a test overrides TEMPLATES."""
    reset_template_engines(setting="TEMPLATES")
