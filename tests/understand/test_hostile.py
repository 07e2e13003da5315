"""Texts made to be slow, large or broken: understood in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from bot.understand.document import sentences
from bot.understand.text import of_line, plain
from bot.verdicts import Verdict
from lab.bench import diff as bench
from tests.understand.rules import OLD, judged


@pytest.mark.parametrize("name", bench.hostile_texts())
def test_hostile_texts_have_a_verdict(name: str) -> None:
    before, after = bench.hostile_texts()[name]
    change = judged(after, before)
    assert change.verdict in Verdict
    assert change.why


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01\xff",
        "<div><p>HTML</p></div>",
        "مرحبا بكم في شروط الخدمة",
        "我们收集您的数据。",
        "\ud800",
        "a" * 9,
    ],
)
def test_any_text_can_follow_any_other(text: str) -> None:
    for before, after in ((OLD, text), (text, OLD), (text, text)):
        assert judged(after, before).why


# Each is (before, after), as an expression: a process of its own evaluates it.
HUGE = {
    "the same cell": "'|a' * 200_000, '|b' * 200_000",
    "other cells": "'|a'.join(map(str, range(80_000))), '|b'.join(map(str, range(80_000)))",
    "broken lines": "'a<br>' * 200_000, 'b<br>' * 200_000",
    "many wide rows": "('|a' * 900 + '\\n') * 400, ('|b' * 900 + '\\n') * 400",
    "rows, all other": (
        "*('\\n'.join('|'.join(f'{s}{n}.{m}' for m in range(200)) for n in range(400))"
        " for s in 'ab'),"
    ),
    "headings": "'# a\\n' * 100_000, '# b\\n' * 100_000",
    "entries": "'- a\\n' * 100_000, '- b\\n' * 100_000",
    "backwards": (
        "*('|'.join(f'c{n}' for n in span) for span in (range(60_000), range(60_000, 0, -1))),"
    ),
    "every other": "*('|'.join(f'{s if n % 2 else 0}c{n}' for n in range(60_000)) for s in 'ab'),",
}


COMPARE = """
import resource
# What is wrong fails, and harms nobody else.
resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9,) * 2)
from datetime import UTC, datetime
from bot.model import Document, Item, Record
from bot.understand import Edition, learn, understand_change
from bot.catalogue.names import Names
document = Document("c", "LinkedIn", "Privacy Policy")
when = datetime(2026, 1, 1, tzinfo=UTC)
item = Item("commit:1", "c", Record.CHANGE, when, "t", "https://x", document)
before, after = {texts}
held = learn(item, before)
understand_change(item, held, after, Edition(frozenset({{"IE"}})), Names([]))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
# ru_maxrss would begin with what the test's own process has.
print(int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="the peak of a process is read where Linux keeps it"
)
@pytest.mark.parametrize("texts", HUGE.values(), ids=HUGE.keys())
def test_any_two_texts_are_compared_in_little_memory(texts: str) -> None:
    command = [sys.executable, "-c", COMPARE.format(texts=texts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) <= 300, "in MiB"


@pytest.mark.parametrize(
    "text",
    [
        "a " * 250_000,
        "[" * 100_000,
        "(" * 100_000,
        "**_" * 50_000,
        "|" * 200_000,
        "# " * 100_000,
        "<b " * 50_000,
        "x" * 500_000,
    ],
    ids=range(8),
)
def test_adversarial_texts_end(text: str) -> None:
    assert isinstance(sentences(text), tuple)
    assert isinstance(plain(text[:100_000]), str)


CROWDED = {
    "three kinds of quotation marks": "\"'\u201c",
    "open ones only": "\u201c\u201e\u00ab\u2018",
    "marks and words": "\"a 'b \u201cc ",
    "marks and stops": "\". '. \u201c. ",
    "double and single": "''\"\"",
    "in brackets": "(\"['\u201c",
}


@pytest.mark.parametrize("unit", CROWDED.values(), ids=CROWDED.keys())
def test_a_crowd_of_marks_takes_time_in_proportion(unit: str) -> None:
    """The search for sentences takes their number squared, and nothing else runs meanwhile."""
    quick, slow = (_seconds_of(unit * (size // len(unit))) for size in (30_000, 120_000))
    assert slow < 10 * quick + 0.1, "four times as long; a square would be sixteen times"


MANY = {
    "lines": "We keep rule {n} of our terms.\n",
    "cells": "|cell {n}",
    "headings": "# Heading {n}\n\n",
    "entries": "- entry {n}\n",
}


@pytest.mark.parametrize("unit", MANY.values(), ids=MANY.keys())
def test_a_text_of_many_pieces_takes_time_in_proportion(unit: str) -> None:
    """Lines, cells and headings are looked up, not searched for among all the others."""
    quick, slow = (
        _seconds_of("".join(unit.format(n=n) for n in range(count))) for count in (5_000, 20_000)
    )
    assert slow < 10 * quick + 0.1, "four times as long; a square would be sixteen times"


def _seconds_of(line: str) -> float:
    """The least of three, because other work on the computer is in the way of the rest."""
    found = []
    for number in range(3):
        before = time.process_time()
        sentences(f"{line} {number}")
        found.append(time.process_time() - before)
    return min(found)


@pytest.mark.parametrize(
    "unit", [*CROWDED.values(), "We sell data. ", "word ", "x", "\u201cYes.\u201d "]
)
def test_a_long_line_loses_nothing_where_it_is_cut(unit: str) -> None:
    line = unit * (50_000 // len(unit))
    read = "".join(sentence.text for sentence in of_line(f"Begin {line} end", "", "", "en"))
    kept = "".join(filter(str.isalnum, read))
    assert kept == "".join(filter(str.isalnum, f"Begin {line} end"))
