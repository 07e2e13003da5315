"""The texts that translators get: those of the code and those of the catalogue.

`./run texts` writes what is new into every language's file and takes out what is gone.
`./run texts --report` says what waits for a translation; until it has one, it is English.
`./run texts --strict` fails while something waits; it is run before a release.
"""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import handlers
from bot import catalogue
from bot.catalogue import Control, Guide
from bot.cli._pipe import printing
from bot.locales import CATALOGUE, FOLDER
from bot.platform import Entry

ROOT = Path(__file__).parents[1]
#: Where texts are looked for.
SOURCES = (ROOT / "bot", ROOT / "handlers")
#: The functions that take texts, and which of their arguments are.
KEYWORDS = {"_": None, "N_": None, "n_": (1, 2)}
#: The services that most people use: before a release their how-tos are complete in the languages
#: of `TRANSLATED`. The others are English until somebody translates them.
POPULAR = frozenset(
    """amazon apple chatgpt facebook google google-gemini google-search instagram linkedin meta-ai
    microsoft netflix pinterest reddit snapchat spotify tiktok whatsapp x youtube""".split()
)
TRANSLATED = ("de", "es", "fr", "it", "nl", "pl", "pt")
#: Columns of a .po file.
WIDTH = 120


@dataclass(frozen=True)
class Waiting:
    """What a language's file lacks, and what it has that nobody says any more."""

    path: Path
    untranslated: tuple[str, ...]
    left_over: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.untranslated or self.left_over)


def template() -> Catalog:
    """Every text of the code, with the file it stands in."""
    made = Catalog(project="Smallprint", charset="utf-8")
    for folder in SOURCES:
        for name, message, comments in _extracted(folder):
            made.add(message, locations=[(f"{folder.name}/{name}", 0)], auto_comments=comments)
    for name in names():
        made.add(name, auto_comments=["A command or an option of one: one word in lower case"])
    return made


def _extracted(folder: Path) -> list[tuple[str, str | tuple[str, ...], list[str]]]:
    """(file, text, comments for translators) of a folder of source code."""
    # Babel warns of every f-string among the values of a text, as if it were the text.
    with redirect_stderr(io.StringIO()):
        found = list(
            extract_from_dir(
                folder,
                method_map=[("**.py", "python"), ("**.html", "jinja2")],
                keywords=KEYWORDS,
                comment_tags=("Translators:",),
            )
        )
    return [(name, message, comments) for name, _line, message, comments, _context in found]


def names() -> Iterator[str]:
    """The names of commands and of what follows them, which Discord shows in its own languages."""
    for command in handlers.COMMANDS:
        yield from _names(command.entry)


def _names(entry: Entry) -> Iterator[str]:
    yield entry.name
    for parameter in entry.parameters:
        yield parameter.name
    for form in entry.forms:
        yield from _names(form)


def catalogue_template() -> Catalog:
    """Every sentence of the how-tos, with its service and field."""
    made = Catalog(project="Smallprint", charset="utf-8")
    for guide in catalogue.load().guides.values():
        for place, said in sentences(guide):
            made.add(said, locations=[(f"{guide.id}/{place}", 0)])
    return made


def sentences(guide: Guide) -> Iterator[tuple[str, str]]:
    """(where, text) of what a reader may read of a service in our own words.

    Labels of menus are not among them: they stay as they were seen on the screen.
    """
    for control in guide.controls:
        for field, said in _sentences(control):
            yield f"{control.id}/{field}", said
    for name in ("delete_account", "export_data", "contact"):
        pointer = getattr(guide, name)
        if pointer and pointer.note:
            yield name, pointer.note


def _sentences(control: Control) -> Iterator[tuple[str, str]]:
    if control.title not in control.menu:
        yield "title", control.title
    if control.stops:
        yield "stops", control.stops
    if control.does_not_stop:
        yield "does_not_stop", control.does_not_stop
    # What a setting needs is not shown: one is signed in.
    if control.needs and control.kind != "setting":
        yield "needs", control.needs


def complete(message: Message) -> bool:
    """Whether a text is translated, in all its forms and without a doubt."""
    if message.fuzzy or not message.string:
        return False
    if isinstance(message.string, str):
        return True
    return all(message.string)


def waiting(path: Path, wanted: Catalog) -> Waiting:
    """Compare a language's file with the texts of today."""
    found = read(path)
    due = _due(path, wanted)
    missing = [text for text in due if text not in found or not complete(found[text])]
    gone = [text for text in found if text not in wanted]
    return Waiting(path, tuple(missing), tuple(gone))


def template_of(path: Path) -> Catalog:
    """The texts of today that a language's file is made of."""
    if _of_catalogue(path):
        return catalogue_template()
    return template()


def _of_catalogue(path: Path) -> bool:
    return path.parent.name == CATALOGUE.name


def _due(path: Path, wanted: Catalog) -> list[str]:
    """The texts that a language's file has to have: of the catalogue, the popular services'."""
    if not _of_catalogue(path):
        return list(by_text(wanted))
    if path.stem not in TRANSLATED:
        return []
    guides = catalogue.load().guides
    return [said for name in sorted(POPULAR) for _place, said in sentences(guides[name])]


def read(path: Path) -> dict[str, Message]:
    """The messages of a language's file by their English text, or its singular."""
    with path.open("rb") as file:
        return by_text(read_po(file, locale=path.stem))


def by_text(catalog: Catalog) -> dict[str, Message]:
    """The messages by their English text, or its singular; without the file's header."""
    texts = {}
    for message in catalog:
        if message.id:
            text = message.id if isinstance(message.id, str) else message.id[0]
            texts[text] = message
    return texts


def update(path: Path, wanted: Catalog) -> None:
    """Write the texts of today into a language's file; what was translated stays."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    of_catalogue = _of_catalogue(path)
    with path.open("wb") as file:
        write_po(
            file,
            catalog,
            width=WIDTH,
            sort_output=not of_catalogue,
            sort_by_file=of_catalogue,
            omit_header=False,
            include_lineno=False,
        )


def describe(found: Waiting, folder: Path) -> Iterator[str]:
    """The lines of the report about one language."""
    name = found.path.relative_to(folder)
    yield f"{name}: {len(found.untranslated)} to translate, {len(found.left_over)} left over"
    for said in found.untranslated:
        yield f"  + {said}"
    for said in found.left_over:
        yield f"  - {said}"


def main(arguments: list[str], folder: Path = FOLDER) -> int:
    """Update the files, or only look; the code to exit with, 1 where --strict finds something."""
    mode = _mode(arguments)
    templates: dict[Path, Catalog] = {}
    pending = False
    for path in sorted(folder.rglob("*.po")):
        if path.parent not in templates:
            templates[path.parent] = template_of(path)
        wanted = templates[path.parent]
        if mode == "update":
            update(path, wanted)
        found = waiting(path, wanted)
        if found:
            pending = True
        print("\n".join(describe(found, folder)))
    return int(mode == "strict" and pending)


def _mode(arguments: list[str]) -> str:
    """What was asked for: "update", "report" or "strict"."""
    parser = ArgumentParser("./run texts", description=__doc__.splitlines()[0])
    parser.set_defaults(mode="update")
    mode = parser.add_mutually_exclusive_group()
    report = "say what waits for a translation"
    mode.add_argument("--report", dest="mode", action="store_const", const="report", help=report)
    strict = "the same, and fail if something does"
    mode.add_argument("--strict", dest="mode", action="store_const", const="strict", help=strict)
    return str(parser.parse_args(arguments).mode)


if __name__ == "__main__":
    sys.exit(printing(lambda: main(sys.argv[1:])))
