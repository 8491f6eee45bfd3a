"""Collect the sentences of the code and templates into locale/, and compile them; without the system's gettext."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Message = tuple[str, "str | tuple[str, str]", str | None]


class Command(BaseCommand):
    help = "Bring locale/id up to date with the sentences in use; what is new waits for its translation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compile", action="store_true", help="only write the .mo from the .po")

    def handle(self, **options) -> None:
        # Babel is a tool of developers; a server that only runs the site does not have it.
        from babel.messages.catalog import Catalog
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po, write_po

        po = Path(settings.LOCALE_PATHS[0]) / "id" / "LC_MESSAGES" / "django.po"
        catalogue = read_po(po.open("rb"), locale="id") if po.exists() else Catalog(locale="id")
        if not options["compile"]:
            template = Catalog()
            for file, msgid, context in sorted(collect(Path(settings.BASE_DIR)), key=str):
                template.add(msgid, locations=[(file, 0)], context=context)
            catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
            catalogue.obsolete.clear()
            with po.open("wb") as file:
                write_po(
                    file, catalogue, width=110, include_lineno=False, sort_by_file=True, omit_header=False
                )
        with po.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        waiting = sum(not is_translated(message) for message in catalogue if message.id)
        self.stdout.write(f"{len(catalogue)} sentences, {waiting} without a translation")


def is_translated(message) -> bool:
    """Every plural form is there, and nobody has to look at it again."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(forms) and not message.fuzzy


def collect(root: Path) -> Iterator[Message]:
    """(file, sentence or its two plural forms, context) for every sentence of the project's own code."""
    for folder in ("outreach", "enrolment"):
        for file in sorted((root / folder).rglob("*.py")):
            yield from _of_python(file, str(file.relative_to(root)))
    for file in sorted([*(root / "templates").rglob("*.html"), *(root / "templates").rglob("*.txt")]):
        yield from _of_template(file.relative_to(root / "templates"))


def _of_python(file: Path, name: str) -> Iterator[Message]:
    from babel.messages.extract import extract

    with file.open("rb") as source:
        for _line, found, _comments, context in extract("python", source, keywords=KEYWORDS):
            yield name, found, context


def _of_template(name: Path) -> Iterator[Message]:
    """Django's own parser reads the template, so a sentence is exactly what the template will look up."""
    nodes = engines["django"].get_template(str(name)).template.nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        context = node.message_context.var if node.message_context else None
        yield str(name), str(node.filter_expression.var.literal).replace("%", "%%"), context
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        singular = node.render_token_list(node.singular)[0]
        context = node.message_context.var if node.message_context else None
        if node.plural:
            yield str(name), (singular, node.render_token_list(node.plural)[0]), context
        else:
            yield str(name), singular, context
