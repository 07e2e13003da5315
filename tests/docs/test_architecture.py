"""The pages about the architecture: rooms, rules and terms are those of the tree."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from bot import feeds
from bot.model import SourceKind
from bot.platform import Entry
from lab import bench
from lab.standin.faults import Fault
from tests.conftest import SLOW

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/architecture"
INDEX = (FOLDER / "index.md").read_text("utf-8")
TERMS = (FOLDER / "terms.md").read_text("utf-8")
ADDING = (FOLDER / "adding.md").read_text("utf-8")
TESTING = (FOLDER / "testing.md").read_text("utf-8")
#: The modules whose nouns are all in the list of terms.
GROUND = """model verdicts states message outcomes platform preferences deliveries document_kinds
    matcher timing rate_limit shards platform_settings""".split()
ROW = re.compile(r"^\| `([\w./]+)` \| (.+?) \|(?: `([\w./]+)` \|)?$", re.M)
TERM = re.compile(r"^- \*\*([^*]+)\*\*(?: \(([^)]+)\))?\. (.+)$", re.M)
NAMED = re.compile(r"(?:`(\w+)`, )?`([\w./]+\.py)`")


def _section(page: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {heading}\n(.+?)(?=^## |\Z)", page, re.M | re.S)
    assert found, heading
    return found[1]


# -- rooms


def test_every_room_and_module_has_a_line() -> None:
    rooms = [name for name, _said, _tests in ROW.findall(_section(INDEX, "The rooms"))]
    assert len(rooms) == len(set(rooms))
    here = {path.parent for path in (ROOT / "bot").glob("*/__init__.py")}
    folders = {f"bot/{path.name}/" for path in here}
    modules = {f"bot/{path.name}" for path in (ROOT / "bot").glob("*.py")} - {"bot/__init__.py"}
    assert {name for name in rooms if name.startswith("bot/")} == folders | modules


def test_the_tests_of_a_room_are_where_it_says() -> None:
    rows = ROW.findall(_section(INDEX, "The rooms"))
    for name, _said, tests in rows:
        assert (ROOT / name).exists(), name
        assert bool(tests) == (not name.endswith(".py")), name
        assert not tests or (ROOT / tests).exists(), tests


# -- rules


def test_the_contracts_are_those_that_are_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = [each["name"] for each in project["tool"]["importlinter"]["contracts"]]
    listed = re.findall(r"^\| ([A-Z][^|]+) \|", _section(INDEX, "The rules"), re.M)
    assert listed == ["Contract", *contracts]


def test_bot_and_handlers_meet_where_it_says() -> None:
    meeting = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"^\s*(?:import|from) handlers\b", path.read_text("utf-8"), re.M)
    }
    said = INDEX.partition("**Where `bot` and `handlers` meet.**")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(bot/[\w/]+\.py)`", said)) == meeting


def test_the_clock_is_read_where_it_says() -> None:
    reading = {
        path.relative_to(ROOT).as_posix()
        for top in ("bot", "handlers")
        for path in (ROOT / top).rglob("*.py")
        if re.search(r"datetime\.now\(|date\.today\(", path.read_text("utf-8"))
    }
    reading = {"bot/cli/" if path.startswith("bot/cli/") else path for path in reading}
    said = _section(INDEX, "Time")
    assert reading == set(re.findall(r"`(bot/[\w/.]+)`", said))


def test_exceptions_are_raised_where_it_says() -> None:
    rows = re.findall(r"^\| (`\w+Error`.*?) \| (`bot/.+?) \|", _section(INDEX, "Errors"), re.M)
    assert len(rows) >= 6
    for names, places in rows:
        files = [_python(ROOT / place) for place in re.findall(r"`([^`]+)`", places)]
        for name in re.findall(r"`(\w+)`", names):
            found = [path for paths in files for path in paths if name in _defined(path)]
            assert len(found) == 1, name


def _python(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


# -- terms


def _terms() -> list[tuple[str, str, str]]:
    """(term, where it is, what it means) of the list."""
    return TERM.findall(re.sub(r"\n  (?=\S)", " ", TERMS))


def _named() -> list[tuple[str, str]]:
    """(name, file) of everything in the code that the list names; the name can be ""."""
    return [pair for _term, where, _said in _terms() for pair in NAMED.findall(where)]


@cache
def _defined(path: Path) -> frozenset[str]:
    """The names that a module defines on its outermost level."""
    names = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(names)


def test_every_term_is_one_or_a_few_sentences_and_listed_once() -> None:
    terms = _terms()
    assert len(terms) == len(re.findall(r"^- ", TERMS, re.M)), "an entry has another form"
    assert len({term for term, _where, _said in terms}) == len(terms)
    for term, _where, said in terms:
        assert said.endswith("."), term
        assert len(re.findall(r"\. [A-Z]", said)) <= 2, term


@pytest.mark.parametrize(("name", "file"), sorted(set(_named())))
def test_what_a_term_names_is_there(name: str, file: str) -> None:
    assert (ROOT / file).is_file()
    assert not name or name in _defined(ROOT / file)


@pytest.mark.parametrize("module", GROUND)
def test_every_noun_of_the_ground_floor_is_a_term(module: str) -> None:
    path = ROOT / f"bot/{module}.py"
    tree = ast.parse(path.read_text("utf-8"))
    nouns = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    listed = {name for name, file in _named() if file == f"bot/{module}.py"}
    assert {noun for noun in nouns if not noun.startswith("_")} <= listed


# -- adding, testing


def test_every_kind_of_source_has_its_module() -> None:
    """The page lists the kinds; a kind that nothing reads would fail only at its first poll."""
    rows = re.findall(r"^\| `(\w+)` \| `bot/feeds/(\w+)\.py` \|", ADDING, re.M)
    assert [kind for kind, _module in rows] == [kind.value for kind in SourceKind]
    for kind, module in rows:
        if kind == SourceKind.GITHUB:
            assert feeds.github.__name__ == f"bot.feeds.{module}"
        else:
            reader = feeds._READERS[SourceKind(kind)]
            assert reader.__module__ == f"bot.feeds.{module}"


def test_what_quick_leaves_out_is_listed() -> None:
    said = _section(TESTING, "Which tests run")
    left_out = said.partition("It leaves out")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`(tests/\w+/)`", left_out))
    folders = {place for place in SLOW if place.endswith("/")}
    assert listed == folders


def test_the_benches_are_listed() -> None:
    said = _section(TESTING, "Benches").partition("The names are")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"`([a-z-]+)`", said)) == bench.NAMES


def test_the_fields_of_a_fault_are_listed() -> None:
    said = _section(TESTING, "Stand-ins and faults")
    rows = re.findall(r"^\| (`.+?`) \|", said, re.M)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == {field.name for field in fields(Fault)} - {"struck", "seen"}


def test_what_an_entry_tells_adapters_is_listed() -> None:
    """Every mark of a command that an adapter has to heed."""
    said = _section((FOLDER / "platforms.md").read_text("utf-8"), "The port")
    listed = set(re.findall(r"^\| `(\w+)` \|", said, re.M))
    marks = {field.name for field in fields(Entry) if isinstance(field.default, bool)}
    assert listed == marks - {"listed"} | {"message_label"}
