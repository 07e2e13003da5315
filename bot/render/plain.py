"""A message as plain text: quotes with a bar, steps with numbers, buttons as what to type."""

from __future__ import annotations

import textwrap

from bot.message import Block, Message, Span

WIDTH = 96


def text_of(message: Message, width: int = WIDTH) -> str:
    """Lines no longer than `width`; links stand in angle brackets behind their words."""
    parts = [_block(block, width) for block in message.blocks]
    options = message.menu.options if message.menu else ()
    buttons = [
        f"[{a.label}: {a.url or a.command}]" for a in (*options, *message.buttons) if not a.share
    ]
    return "\n".join([*parts, "  ".join(buttons)] if buttons else parts)


def _block(block: Block, width: int) -> str:
    if block.kind == "copy":
        return "\n".join("".join(_span(span) for span in line) for line in block.lines)
    lines = []
    for number, line in enumerate(block.lines, 1):
        first = {"quote": "│ ", "steps": f"{number}. ", "list": "- "}.get(block.kind, "")
        rest = "│ " if block.kind == "quote" else " " * len(first)
        text = "".join(_span(span) for span in line)
        lines += textwrap.wrap(
            text,
            width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _span(span: Span) -> str:
    return f"{span.text} <{span.url}>" if span.url else span.text
