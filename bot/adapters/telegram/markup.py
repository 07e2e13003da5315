"""A message as Telegram's HTML: everything escaped, links to http(s) only."""

from __future__ import annotations

import re
from html import escape

from bot.message import LINKABLE, TURNING, Block, Message, Span

#: Telegram ignores entities beyond this many, so a message with more does not fit.
MAX_ENTITIES = 100

_NAMED = re.compile(r"(?<!\w)@(?=\w)")
_TAGS = {"bold": "b", "strike": "s"}


def html_of(message: Message) -> str:
    return "\n\n".join(filter(None, (_block(block) for block in message.blocks)))


def size(message: Message) -> int:
    """UTF-16 units, tags counted too: never less than what Telegram counts."""
    html = html_of(message)
    entities = html.count("</")
    return len(html.encode("utf-16-le")) // 2 + (10_000 if entities > MAX_ENTITIES else 0)


def _block(block: Block) -> str:
    lines = ["".join(_span(span) for span in line) for line in block.lines]
    match block.kind:
        case "quote":
            return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>"
        case "copy":
            return f"<pre>{chr(10).join(lines)}</pre>"
        case "steps":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
        case "list":
            return "\n".join(f"• {line}" for line in lines)
        case _:
            return "\n".join(lines)


def _span(span: Span) -> str:
    text = escape(printable(span.text), quote=False)
    if not text.strip():
        return text
    if LINKABLE.fullmatch(span.url):
        text = f'<a href="{escape(span.url)}">{text}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{text}</{tag}>" if tag else text


def printable(text: str) -> str:
    """No control characters, no lone surrogates, which cannot be sent at all, nothing that turns the line around, and
    nobody mentioned: a word joiner, which is not seen, keeps Telegram from taking @name for a person."""
    clean = TURNING.sub("", text.encode("utf-8", "replace").decode())
    return _NAMED.sub("@\u2060", "".join(char for char in clean if char >= " " or char == "\n"))
