"""Missing translations: reported, English in the meantime, an error with --strict."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot import locales
from bot.catalogue import Catalogue
from bot.locales import CATALOGUE, speaking
from tools import texts

#: What somebody wrote into the code yesterday, which is translated, and today, which is not.
OLD = "A sentence of yesterday."
ONE = "A sentence of today about {name}."
COUNTED = ("{count} thing of today", "{count} things of today")
CODES = ("de", "pl")


@dataclass
class Planted:
    """A small program and its languages' files."""

    folder: Path
    code: Path

    def says(self, *calls: str) -> None:
        """From now on the program consists of these calls."""
        self.code.write_text("\n".join(calls))

    def waiting(self, code: str) -> tuple[str, ...]:
        return texts.waiting(self.folder / f"{code}.po", texts.template()).untranslated


@contextmanager
def edited(path: Path) -> Iterator[Catalog]:
    """A language's file, to change it."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem)
    yield catalog
    with path.open("wb") as file:
        write_po(file, catalog)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """Everything is translated; then somebody writes new sentences into the code."""
    made = Planted(tmp_path / "locales", tmp_path / "handlers/today.py")
    for folder in (made.folder, made.code.parent):
        folder.mkdir()
    monkeypatch.setattr(texts, "SOURCES", (made.code.parent,))
    made.says(f"_({OLD!r})")
    for code in CODES:
        path = made.folder / f"{code}.po"
        with path.open("wb") as file:
            write_po(file, Catalog(locale=code))
        texts.update(path, texts.template())
        with edited(path) as catalog:
            for message in catalog:
                message.string = message.string or f"{code}: {message.id}"
    assert texts.main(["--strict"], made.folder) == 0
    made.says(f"_({OLD!r})", f"_({ONE!r}, name=1)", f"n_({COUNTED[0]!r}, {COUNTED[1]!r}, 2)")
    return made


def test_a_new_sentence_is_reported_in_every_language_and_fails_nothing(
    planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in planted.folder.rglob("*.po")}
    assert texts.main(["--report"], planted.folder) == 0
    said = capsys.readouterr().out
    for code in CODES:
        assert f"{code}.po: 2 to translate, 0 left over\n  + " in said
    assert said.count(f"  + {ONE}\n") == len(CODES)
    assert said.count(f"  + {COUNTED[0]}\n") == len(CODES)
    assert {path: path.read_bytes() for path in before} == before, "it only looks"


def test_strict_fails_until_it_is_translated_everywhere(planted: Planted) -> None:
    assert texts.main(["--strict"], planted.folder) == 1
    assert texts.main([], planted.folder) == 0
    for code in CODES:
        assert planted.waiting(code) == (ONE, COUNTED[0])
        assert texts.main(["--strict"], planted.folder) == 1
        with edited(planted.folder / f"{code}.po") as catalog:
            catalog[ONE].string = "{name}: x"
            catalog[COUNTED[0]].string = ["{count} x"] * catalog.num_plurals
    assert texts.main(["--strict"], planted.folder) == 0


def test_what_the_code_no_longer_has_is_taken_out(
    planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    texts.main([], planted.folder)
    planted.says(f"_({OLD!r})")
    assert texts.main(["--report"], planted.folder) == 0
    assert f"  - {ONE}\n" in capsys.readouterr().out
    assert texts.main(["--strict"], planted.folder) == 1
    texts.main([], planted.folder)
    assert texts.main(["--strict"], planted.folder) == 0


def test_a_doubtful_translation_and_half_a_plural_wait_too(planted: Planted) -> None:
    texts.main([], planted.folder)
    with edited(planted.folder / "de.po") as catalog:
        catalog[ONE].string = "{name}"
        catalog[ONE].flags.add("fuzzy")
        catalog[COUNTED[0]].string = ["{count} Ding", ""]
    assert planted.waiting("de") == (ONE, COUNTED[0])


def test_a_sentence_that_waits_is_english(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its place in the file, and no translation in it."""
    texts.main([], planted.folder)
    monkeypatch.setattr(locales, "CATALOGUE", planted.folder)
    with speaking("pl"):
        assert locales.content(OLD) == f"pl: {OLD}"
        assert locales.content(ONE) == ONE


def test_popular_how_tos_are_asked_for_and_others_are_not(tmp_path: Path, known: Catalogue) -> None:
    assert len(texts.POPULAR) == 20
    assert set(known.guides) >= texts.POPULAR
    path = tmp_path / CATALOGUE.name / "de.po"
    path.parent.mkdir()
    shutil.copy(CATALOGUE / "de.po", path)
    with edited(path) as catalog:
        for message in catalog:
            message.string = message.string if not message.id else ""
    waits = texts.waiting(path, texts.catalogue_template()).untranslated
    assert known.guides["linkedin"].controls[0].stops in waits
    other = next(guide for name, guide in known.guides.items() if name not in texts.POPULAR)
    of_popular = {said for name in texts.POPULAR for _, said in texts.sentences(known.guides[name])}
    assert {said for _, said in texts.sentences(other)} - of_popular
    assert set(waits) == of_popular


def test_every_file_that_the_page_for_translators_names_is_there() -> None:
    page = (texts.ROOT / "docs/translators/index.md").read_text("utf-8")
    named = set(re.findall(r"`((?:bot|handlers|tests|tools)/[\w/.-]+)`", page)) - {
        "bot/locales/sv.po"
    }
    assert len(named) >= 12
    assert [name for name in named if not (texts.ROOT / name).exists()] == []
