"""The content of an answer: its lines, its links, the commands of its buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.message import Message, Span
from bot.render.plain import text_of

__all__ = ["Message", "commands", "head", "holds", "lines", "one_line", "urls"]

#: The share of another answer's lines that counts as the same, and that which does with its head.
MOST = 0.6
SOME = 0.25


def lines(message: Message) -> list[str]:
    """The non-blank lines, with whitespace normalised."""
    found: list[str] = []
    for spans in _lines_of_spans(message):
        line = "".join(span.text for span in spans).strip()
        if line:
            found.append(re.sub(r"\s+", " ", line))
    return found


def head(message: Message) -> str:
    """The first line; for an empty answer, a line that no other answer contains."""
    found = lines(message)
    return found[0] if found else "\0"


def urls(message: Message) -> set[str]:
    """The addresses of links and buttons."""
    found = {action.url for action in message.buttons}
    for spans in _lines_of_spans(message):
        found.update(span.url for span in spans)
    return found - {""}


def commands(message: Message) -> list[str]:
    """The commands of buttons and menu options, in order."""
    actions = list(message.buttons)
    if message.menu:
        actions.extend(message.menu.options)
    return [action.command for action in actions if action.command]


def one_line(message: Message) -> str:
    """The answer as plain text, in one line."""
    return " | ".join(text_of(message, width=400).split("\n"))


def holds(message: Message, proper: Message) -> bool:
    """Whether an answer contains another: its head and a part of the rest, or most of it."""
    said = set(lines(message))
    wanted = lines(proper)
    if not wanted:
        return False
    share = sum(line in said for line in wanted) / len(wanted)
    if share >= MOST:
        return True
    return wanted[0] in said and share >= SOME


def _lines_of_spans(message: Message) -> Iterator[Sequence[Span]]:
    for block in message.blocks:
        yield from block.lines
