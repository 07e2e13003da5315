"""A case about what people write: lines, and what the answers must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab.eval.hushed import hushed
from lab.eval.result import Result, outcome
from lab.eval.words import one_line
from lab.eval.world import world

NOW = datetime(2026, 11, 4, 9, tzinfo=UTC)
#: Letters of a wrong answer that the report quotes.
QUOTE = 100


def judge(folder: Path, case: Mapping[str, Any]) -> Result:
    """Say each of LINES: (line, pattern that the answer must hold[, language[, moment]])."""
    with hushed():
        answers = [(line, wanted, said(line, *more)) for line, wanted, *more in case["LINES"]]
    wrong = [(line, got) for line, wanted, got in answers if not re.search(wanted, got)]
    return Result(
        folder.name,
        outcome(not wrong),
        note=f"{len(answers) - len(wrong)} of {len(answers)} lines as expected",
        reasons=tuple(f"{line!r} -> {got[:QUOTE]}" for line, got in wrong),
        seen=tuple(f"{line!r} -> {got}" for line, _wanted, got in answers),
    )


def said(line: str, language: str = "", now: datetime = NOW) -> str:
    """The answer to a line in a chat of its own, in one line."""
    with world(now) as made:
        return one_line(made.say("1", line, language))
