"""The texts of the code and those of the catalogue, as translators get them: `./run texts` writes what is new into every
language's file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import handlers
from bot import catalogue
from bot.catalogue import Guide
from bot.locales import CATALOGUE, FOLDER
from bot.platform import Entry

ROOT = Path(__file__).parents[1]
#: The functions that take texts, and which of their arguments are.
KEYWORDS = {"_": None, "N_": None, "n_": (1, 2)}


def template() -> Catalog:
    """Every text of the code, with where it stands."""
    made = Catalog(project="Smallprint", charset="utf-8")
    for folder in ("bot", "handlers"):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python")],
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
        )
        for name, _line, message, comments, _context in found:
            made.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments)
    for name in names():
        made.add(name, auto_comments=["A command or an option of one: one word in lower case"])
    return made


def names() -> Iterator[str]:
    """The names of commands and of what follows them, which Discord shows in its own languages."""
    for command in handlers.COMMANDS:
        yield from _names(command.entry)


def _names(entry: Entry) -> Iterator[str]:
    yield entry.name
    yield from (parameter.name for parameter in entry.parameters)
    for form in entry.forms:
        yield from _names(form)


def catalogue_template() -> Catalog:
    """Every sentence of the how-tos. Labels of menus are not among them: they stay as they were seen."""
    made = Catalog(project="Smallprint", charset="utf-8")
    for guide in catalogue.load().guides.values():
        for place, said in sentences(guide):
            made.add(said, locations=[(f"{guide.id}/{place}", 0)])
    return made


def sentences(guide: Guide) -> Iterator[tuple[str, str]]:
    """(where, text) of what a reader may read of a service in our own words."""
    for control in guide.controls:
        own = {
            "stops": control.stops,
            "does_not_stop": control.does_not_stop,
            "needs": control.needs,
        }
        if control.title not in control.menu:
            yield f"{control.id}/title", control.title
        # What a setting needs is not shown: one is signed in.
        yield from (
            (f"{control.id}/{name}", said)
            for name, said in own.items()
            if said and (name != "needs" or control.kind != "setting")
        )
    for name in ("delete_account", "export_data", "contact"):
        pointer = getattr(guide, name)
        if pointer and pointer.note:
            yield name, pointer.note


def update(path: Path) -> Catalog:
    """A language's file with the texts of today; what was translated stays."""
    catalog = read_po(path.open("rb"), locale=path.stem)
    catalog.update(
        catalogue_template() if path.parent == CATALOGUE else template(), no_fuzzy_matching=True
    )
    catalog.obsolete.clear()
    return catalog


if __name__ == "__main__":
    for path in sorted(FOLDER.rglob("*.po")):
        catalog = update(path)
        with path.open("wb") as file:
            write_po(
                file,
                catalog,
                width=120,
                sort_output=path.parent == FOLDER,
                sort_by_file=path.parent == CATALOGUE,
                omit_header=False,
                include_lineno=False,
            )
        missing = sum(
            1
            for message in catalog
            if (message.id and not message.string)
            or (isinstance(message.string, tuple) and not all(message.string))
        )
        print(f"{path.relative_to(FOLDER)}: {missing} of {len(catalog)} texts to translate")
