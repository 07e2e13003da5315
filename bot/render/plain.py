"""Messages as plain text: quotes with a bar, numbered steps, buttons as commands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from bot.message import Block, Message, Span

#: The most characters of a line.
WIDTH = 96
#: Prefixes of the lines of a block; steps have numbers.
_MARKS = {"quote": "│ ", "list": "- "}


def text_of(message: Message, width: int = WIDTH, between: str = "  ") -> str:
    """Lines no longer than `width`; links follow their text in angle brackets.

    `between` separates the buttons.
    """
    parts = [_block(block, width) for block in message.blocks]
    if buttons := list(_buttons(message)):
        parts.append(between.join(buttons))
    return "\n".join(parts)


def _buttons(message: Message) -> Iterator[str]:
    """Buttons as "[label: command or address]"; sharing is not possible in text."""
    options = message.menu.options if message.menu else ()
    for action in (*options, *message.buttons):
        if not action.share:
            yield f"[{action.label}: {action.url or action.command}]"


def _block(block: Block, width: int) -> str:
    if block.kind == "copy":
        return "\n".join(_line(line) for line in block.lines)
    lines: list[str] = []
    for number, line in enumerate(block.lines, 1):
        first = _MARKS.get(block.kind, "")
        rest = " " * len(first)
        if block.kind == "steps":
            first = f"{number}. "
            rest = " " * len(first)
        elif block.kind == "quote":
            rest = first
        lines += textwrap.wrap(
            _line(line),
            width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _line(line: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    if not span.url:
        return span.text
    return f"{span.text} <{span.url}>"
