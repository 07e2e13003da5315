"""The pages for translators: languages, lists of words, and where the texts differ from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.locales import FOLDER, languages
from tools.texts import read

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/translators"
INDEX = (PAGES / "index.md").read_text("utf-8")
WORDS = (PAGES / "words.md").read_text("utf-8")
CODES = [code for code in languages() if code != "en"]
#: The words that every list has.
TERMS = {"alert", "story", "how-to", "subscription", "region", "opt out", "digest", "reminder"}
DIFFERS = re.compile(r"^\| ([a-z]{2}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
#: Letters of a word that its inflected forms share.
STEM_LETTERS = 6


def _list(code: str) -> dict[str, str]:
    """The words of a language by the English term."""
    page = (PAGES / f"{code}.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page, re.M)
    return dict(rows[2:])


def test_every_language_has_its_page() -> None:
    pages = {path.stem for path in PAGES.glob("??.md")}
    assert pages == set(CODES)
    assert set(re.findall(r"\]\((\w\w)\.md\)", WORDS)) == pages
    menu = (ROOT / "properdocs.yml").read_text("utf-8")
    assert set(re.findall(r"translators/(\w\w)\.md", menu)) == pages
    said = INDEX.partition("There are eight languages:")[2].partition("\n\n")[0]
    assert re.findall(r"\((\w\w)\)", said) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_list_has_the_words_that_matter(code: str) -> None:
    assert set(_list(code)) >= TERMS
    assert f"`bot/locales/{code}.po`" in (PAGES / f"{code}.md").read_text("utf-8")


def test_where_texts_differ_from_the_list_is_still_so() -> None:
    """Who has settled one deletes its row."""
    rows = DIFFERS.findall(WORDS)
    assert rows
    for code, english, ours, others in rows:
        assert _list(code)[english] == ours, (code, english)
        said = " ".join(str(message.string) for message in read(FOLDER / f"{code}.po").values())
        assert others[:STEM_LETTERS] in said.casefold(), (code, others)


def test_what_has_to_be_translated_at_once_is_named_twice() -> None:
    """In the steps for a language and among the exceptions, and the files are there."""
    steps, exceptions = (
        re.findall(r"`(bot/render/\w+\.py)`", INDEX.partition(begin)[2].partition(end)[0])
        for begin, end in (("**Translate.**", "**Make it known"), ("are exceptions", "\n## "))
    )
    assert steps == exceptions
    assert all((ROOT / file).is_file() for file in steps)
