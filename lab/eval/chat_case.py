"""Chat cases: lines that people write, and patterns that the answers must match."""

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
#: The most letters of a wrong answer that the report quotes.
QUOTE = 100


def judge(folder: Path, case: Mapping[str, Any]) -> Result:
    """Say each of LINES: (line, pattern that the answer must match[, language[, moment]])."""
    wrong: list[str] = []
    seen: list[str] = []
    with hushed():
        for line, wanted, *more in case["LINES"]:
            got = said(line, *more)
            seen.append(f"{line!r} -> {got}")
            if not re.search(wanted, got):
                wrong.append(f"{line!r} -> {got[:QUOTE]}")
    return Result(
        folder.name,
        outcome(not wrong),
        note=f"{len(seen) - len(wrong)} of {len(seen)} lines as expected",
        reasons=tuple(wrong),
        seen=tuple(seen),
    )


def said(line: str, language: str = "", now: datetime = NOW) -> str:
    """The answer to a line in a chat of its own, as one line."""
    with world(now) as made:
        return one_line(made.say("1", line, language))
