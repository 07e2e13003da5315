"""Tables of Markdown, for pages that are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def escaped(name: str) -> str:
    """A name as Markdown shows it."""
    return name.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
