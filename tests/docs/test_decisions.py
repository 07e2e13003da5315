"""The decisions: each page has a date and a status, and the index says the same of all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs/decisions"
FILES = sorted(FOLDER.glob("0*.md"))
HEAD = re.compile(
    r"# (?P<number>\d+)\. (?P<title>.+)\n\n"
    r"(?P<date>\d{4}-\d\d-\d\d).*\n\n"
    r"Status: (?P<status>.+)\n\n"
)
ENTRY = re.compile(
    r"^- \*\*(?P<number>\d+)\. \[(?P<title>[^]]+)\]\((?P<name>[^)]+)\)\*\* "
    r"\((?P<date>\d{4}-\d\d-\d\d), (?P<status>[^)]+)\)\. (?P<said>.+)$",
    re.M,
)
STATUS = re.compile(r"accepted|(?:amended|superseded) by \d+(?:, \d+)*")
LINKED = re.compile(r"\[(\d+)\]\(([^)]+)\)")


@dataclass(frozen=True)
class Decision:
    """What a page, or its entry in the index, says of a decision."""

    number: int
    title: str
    date: str
    status: str


def _page(path: Path) -> Decision:
    head = HEAD.match(path.read_text("utf-8"))
    assert head, f"{path.name}: a title with its number, a date and a status, in this order"
    status = LINKED.sub(r"\1", head["status"])
    return Decision(int(head["number"]), head["title"], head["date"], status)


def _index() -> list[re.Match[str]]:
    """The entries of the index, each in one line."""
    text = (FOLDER / "README.md").read_text("utf-8")
    return list(ENTRY.finditer(re.sub(r"\n  (?=\S)", " ", text)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_names_its_number_and_what_changed_it(path: Path) -> None:
    """A decision is amended or superseded by later ones, and says what is otherwise since then."""
    page = _page(path)
    assert page.number == int(path.name[:4])
    assert STATUS.fullmatch(page.status), page.status
    text = path.read_text("utf-8")
    assert page.status == "accepted" or "**Since then.**" in text
    line = re.search(r"^Status: .+$", text, re.M)
    assert line
    linked = LINKED.findall(line[0])
    assert len(linked) == len(re.findall(r"\d+", page.status))
    for number, name in linked:
        assert (FOLDER / name).is_file(), name
        assert int(name[:4]) == int(number) > page.number, name


def test_the_numbers_have_no_gap() -> None:
    assert [int(path.name[:4]) for path in FILES] == list(range(1, len(FILES) + 1))


def test_the_index_says_what_the_pages_say() -> None:
    listed = [
        (entry["name"], int(entry["number"]), entry["title"], entry["date"], entry["status"])
        for entry in _index()
    ]
    pages = [(path.name, _page(path)) for path in FILES]
    assert listed == [
        (name, page.number, page.title, page.date, page.status) for name, page in pages
    ]


def test_every_entry_has_one_sentence() -> None:
    for entry in _index():
        said = entry["said"]
        assert said[0].isupper(), said
        assert said.endswith("."), said
        assert not re.search(r"[.!?] [A-Z]", said), said
