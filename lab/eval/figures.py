"""Figures that compare results with labels."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Report = dict[str, Any]
#: A result, and the label that it is compared with.
Pair = tuple[Report, Report]


def read_lines(path: Path) -> list[Report]:
    """The JSON objects of a file with one per line.

    Raises OSError if it cannot be read, ValueError for a line that is not JSON.
    """
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    """The F1 of (found, right), micro-averaged over all labels; 1.0 if there are none."""
    both = ours = theirs = 0
    for found, right in pairs:
        both += len(found & right)
        ours += len(found)
        theirs += len(right)
    if ours + theirs == 0:
        return 1.0
    return 2 * both / (ours + theirs)


def mean(values: Iterable[bool]) -> float:
    """The share of true values; 1.0 if there are none."""
    listed = list(values)
    if not listed:
        return 1.0
    return sum(listed) / len(listed)
