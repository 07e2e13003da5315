"""Small pieces that messages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from babel.dates import format_date

from bot.chat import KEEP, Action, Block, Message, Span
from bot.understand import regions

Words = str | Span


def bold(text: str) -> Span:
    return Span(text, "bold")


def link(text: str, url: str) -> Span:
    return Span(text, url=url)


def line(*words: Words) -> tuple[Span, ...]:
    return tuple(Span(word) if isinstance(word, str) else word for word in words)


def title(*words: Words) -> Block:
    return Block("title", (line(*words),), KEEP)


def text(*words: Words, weight: int = KEEP) -> Block:
    return Block("text", (line(*words),), weight)


def listing(lines: Iterable[Sequence[Words]], weight: int = 50) -> Block:
    return Block("list", tuple(line(*words) for words in lines), weight)


def steps(lines: Iterable[Sequence[Words]]) -> Block:
    return Block("steps", tuple(line(*words) for words in lines), KEEP)


def note(*words: Words, weight: int = 10) -> Block:
    return Block("note", (line(*words),), weight)


def say(*paragraphs: Words | Block, actions: Sequence[Action] = (), private: bool = True) -> Message:
    """An answer: each argument is a paragraph or a block of its own."""
    blocks = tuple(p if isinstance(p, Block) else text(p) for p in paragraphs)
    return Message(blocks, tuple(actions), private)


def day(when: date | datetime) -> str:
    """3 November 2025"""
    return format_date(when, "d MMMM y", locale="en_GB")


def month(stamp: str) -> str:
    """August 2026, from 2026-08"""
    return format_date(date.fromisoformat(f"{stamp}-01"), "MMMM y", locale="en_GB")


def join(names: Sequence[str], last: str = "and") -> str:
    """a, b and c"""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def places(codes: Iterable[str]) -> str:
    """Region codes as a list for a sentence; the groups first."""
    order = list(regions.GROUPS)
    ranked = sorted(codes, key=lambda c: (order.index(c) if c in order else len(order), regions.label(c)))
    the = {"EU", "EEA", "UK"}
    return join([f"the {regions.label(c)}" if c in the else regions.label(c) for c in ranked])


def area(countries: frozenset[str]) -> str:
    """An area as a list for a sentence."""
    the = {"EU", "EEA", "UK", "United States"}
    return join([f"the {name}" if name in the else name for name in regions.labels(countries)[:8]])


def short(label: str, limit: int = 60) -> str:
    """A label that fits on a button."""
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"
