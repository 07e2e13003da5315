"""What an answer says: its lines, its links, the commands of its buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.message import Message, Span
from bot.render.plain import text_of

__all__ = ["Message", "commands", "head", "holds", "lines", "one_line", "urls"]


def lines(message: Message) -> list[str]:
    """The lines that are not blank, with single blanks between the words."""
    found = [
        "".join(span.text for span in line).strip()
        for block in message.blocks
        for line in block.lines
    ]
    return [re.sub(r"\s+", " ", line) for line in found if line]


def head(message: Message) -> str:
    """The first line; of an answer without any, what no other answer holds."""
    found = lines(message)
    return found[0] if found else "\0"


def urls(message: Message) -> set[str]:
    """The addresses that words or buttons lead to."""
    linked = {span.url for span in _spans(message) if span.url}
    return linked | {action.url for action in message.buttons if action.url}


def commands(message: Message) -> list[str]:
    """What buttons and the options of a menu say, in the order in which they stand."""
    options = message.menu.options if message.menu else ()
    return [action.command for action in (*message.buttons, *options) if action.command]


def one_line(message: Message) -> str:
    """The answer as plain platforms show it, in one line."""
    return " | ".join(text_of(message, width=400).split("\n"))


def holds(message: Message, proper: Message) -> bool:
    """Whether an answer holds another one: its head and a part of the rest, or most of it."""
    said, wanted = set(lines(message)), lines(proper)
    if not wanted:
        return False
    share = sum(line in said for line in wanted) / len(wanted)
    return share >= 0.6 or (wanted[0] in said and share >= 0.25)


def _spans(message: Message) -> Iterator[Span]:
    for block in message.blocks:
        for line in block.lines:
            yield from line
