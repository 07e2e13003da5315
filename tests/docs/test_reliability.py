"""What the pages about reliability say: cases and their tests, limits, paces and figures."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.adapters.discord import platform as discord
from bot.adapters.telegram import platform as telegram
from bot.adapters.telegram.settings import TelegramSettings
from bot.jobs import caps, faults, in_flight, post, settle
from bot.runtime import leases
from bot.store import missed, reach
from lab import bench
from tests.docs.page_tables import ROOT, functions, page, rows_under, said, tables

CASES, SUMMARY = "reliability/cases.md", "reliability/index.md"
TESTS = ROOT / "tests"
NO_TEST = "no test"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
#: The lists that tests are named after; each goes from 1 to this.
LISTS = {"A": 18, "D": 24, "S": 13}
IN_A_NAME = re.compile(r"test_((?:[ads]\d{1,2}_)+)")
IN_WORDS = re.compile(r"\b([A-Z])(\d{1,2})(?: (?:to|and) \1(\d{1,2}))?\b")


def _rows() -> list[list[str]]:
    return rows_under(CASES, "Code")


def _cases() -> dict[str, set[tuple[str, str]]]:
    """The tests of each case, as (file below tests, function)."""
    return {row[0]: set(NAMED.findall(row[3])) for row in _rows()}


def _sources() -> Iterator[tuple[str, Path]]:
    for path in sorted(TESTS.rglob("*.py")):
        if path.parent != TESTS / "docs":
            yield path.relative_to(TESTS).as_posix(), path


def _codes(words: str) -> set[str]:
    """The codes that a text names, also those between two of them."""
    found = set()
    for letter, first, last in IN_WORDS.findall(words):
        found |= {f"{letter}{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def _of_a_test(name: str, words: str) -> set[str]:
    """The codes that a test is about, by its name and its docstring."""
    match = IN_A_NAME.match(name)
    named = {part.upper() for part in match[1].split("_") if part} if match else set()
    return named | _codes(words)


@cache
def _cited() -> frozenset[str]:
    """Every code in a test's name, in a docstring of a test file, or in a comment."""
    found: set[str] = set()
    for _name, path in _sources():
        for name, words in functions(path).items():
            found |= _of_a_test(name, words)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef):
                found |= _codes(ast.get_docstring(node) or "")
        with tokenize.open(path) as file:
            for token in tokenize.generate_tokens(file.readline):
                if token.type == tokenize.COMMENT:
                    found |= _codes(token.string)
    return frozenset(found)


# -- cases


def test_every_code_that_a_test_cites_is_a_case() -> None:
    assert _cited() - set(_cases()) == set()
    assert len(_cited()) > 40, "else nothing was read"


def test_every_case_has_one_row_and_no_list_has_a_gap() -> None:
    codes = Counter(row[0] for row in _rows())
    assert {code for code, times in codes.items() if times > 1} == set()
    for letter, last in LISTS.items():
        listed = {code for code in codes if code[0] == letter}
        assert listed == {f"{letter}{number}" for number in range(1, last + 1)}


def test_every_test_that_a_case_names_is_there() -> None:
    named = {each for tests in _cases().values() for each in tests}
    missing = set()
    for file, function in named:
        path = TESTS / file
        if not path.is_file() or function not in functions(path):
            missing.add(f"{file}::{function}")
    assert missing == set()


def test_every_test_that_carries_a_code_is_named_by_that_case() -> None:
    cases = _cases()
    missing = set()
    for file, path in _sources():
        for name, words in functions(path).items():
            for code in _of_a_test(name, words):
                if (file, name) not in cases.get(code, set()):
                    missing.add(f"{code}: {file}::{name}")
    assert missing == set()


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_a_case_is_described_and_its_result_is_honest(row: list[str]) -> None:
    code, happens, promise, test, result = row
    assert re.fullmatch(r"[A-Z]\d{1,2}", code)
    assert happens.endswith("."), "a sentence"
    assert promise.endswith("."), "a sentence"
    if test == NO_TEST:
        assert result.startswith("unproven: ")
    else:
        assert re.fullmatch(r"(?:`[^`]+` ?)+", test)
        assert len(test.split()) == len(NAMED.findall(test))
        assert re.fullmatch(r"passes|deviates: .+", result)


# -- the promises


def test_times_and_numbers_of_the_promises_are_those_of_the_code() -> None:
    hour, six, day, week = reach.WAITS
    words = said(SUMMARY)
    for claim in (
        f"again after {_hours(hour)} hour, {_hours(six)} hours, {day.days} day and then every "
        f"{week.days} days",
        f"the last {missed.KEPT.days} days, at most {missed.MOST} stories",
        f"rests for {_minutes(in_flight.STOP)} minutes",
        f"After {settle.GIVE_UP.days} days of trying",
        f"It is tried {faults.TRIES} times",
        f"ends after {leases.TTL.seconds} seconds",
        f"later than {post.FORGOTTEN.seconds} seconds after the try",
        f"{caps.AT_ONCE} stories a day are told at once, and {caps.AT_ALL} in all; the "
        f"{caps.AT_ALL - caps.AT_ONCE} in between",
    ):
        assert claim in words


def _hours(wait: timedelta) -> int:
    return int(wait.total_seconds() // 3600)


def _minutes(wait: timedelta) -> int:
    return int(wait.total_seconds() // 60)


# -- paces and figures

UNITS = {"s": 1, "min": 60, "h": 3600, "days": 86_400}


def test_the_table_of_paces_is_arithmetic() -> None:
    paid = TelegramSettings.model_fields["pace"].default
    paces = (telegram.FREE_PER_SECOND, paid, discord.PER_SECOND)
    [(head, rows)] = [each for each in tables(SUMMARY) if "Free bot" in each[0][1]]
    assert [float(re.findall(r"\(([\d.]+) a second\)", cell)[0]) for cell in head[1:]] == [*paces]
    for row in rows:
        count = int(row[0].replace(",", ""))
        for cell, pace in zip(row[1:], paces, strict=True):
            number, unit = cell.split()
            digits = len(number.partition(".")[2])
            assert round(count / pace / UNITS[unit], digits) == float(number), (row[0], cell)


def test_every_bench_has_a_row_and_its_size_is_the_default() -> None:
    rows = rows_under(SUMMARY, "Bench")
    assert [row[0].strip("`") for row in rows] == [*bench.NAMES]
    for row in rows:
        size = bench.COUNTS.get(row[0].strip("`"))
        assert row[1] == (f"{size:,}" if size else "—"), row[0]


def test_what_misses_its_target_is_said_and_nothing_else() -> None:
    """By the numbers of the table; a figure that misses stands in the list below it."""
    missing = {
        row[0]
        for row in rows_under(SUMMARY, "Bench")
        for asked, last in zip(_bounds(row[4]), _figures(row[5]), strict=False)
        if (last > asked[1] if asked[0] == "≤" else last < asked[1])
    }
    listed = re.findall(r"(?m)^- \*\*(`[\w-]+`)", page(SUMMARY))
    assert missing <= set(listed)
    assert set(listed) <= {row[0] for row in rows_under(SUMMARY, "Bench")}


def _bounds(cell: str) -> list[tuple[str, float]]:
    return [(sign, float(number)) for sign, number in re.findall(r"([≤≥]) ([\d.]+)", cell)]


def _figures(cell: str) -> list[float]:
    return [float(number) for number in re.findall(r"\*\*([\d.]+)\*\*", cell)]
