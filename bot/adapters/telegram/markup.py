"""Rendering as Telegram's HTML: everything escaped, only http(s) links."""

from __future__ import annotations

import html
import re

from bot.message import LINKABLE, TURNING, Block, Message, Span

#: Telegram ignores further entities, so a message with more does not fit.
MAX_ENTITIES = 100
#: Added to the size, in UTF-16 units, of a message with too many entities, so that it never fits.
TOO_MANY_UNITS = 10_000

_NAMED = re.compile(r"(?<!\w)@(?=\w)")
#: Where to break words that Telegram would turn into a link, a command or a search.
_PRESSABLE = re.compile(r"(?<=\w\.)(?=\w)|(?<=[@#$/])(?=\w)")
_TAGS = {"bold": "b", "strike": "s"}
#: The tags around a kind of block.
_ELEMENTS = {"quote": ("<blockquote expandable>", "</blockquote>")}


def html_of(message: Message) -> str:
    """The HTML of all blocks of a message."""
    return "\n\n".join(filter(None, map(markup_of, message.blocks)))


def size(message: Message) -> int:
    """UTF-16 units including tags, so never fewer than Telegram counts."""
    text = html_of(message)
    units = len(text.encode("utf-16-le")) // 2
    if text.count("</") > MAX_ENTITIES:
        units += TOO_MANY_UNITS
    return units


def markup_of(block: Block) -> str:
    """The HTML of a block."""
    if block.kind == "copy":
        # Telegram mentions nobody in such text, and it must stay exact for copying.
        text = "\n".join("".join(span.text for span in line) for line in block.lines)
        return f"<pre>{html.escape(_clean(text), quote=False)}</pre>"
    # A name with a dot in a title must not become a link.
    is_title = block.kind == "title"
    lines = ["".join(_span(span, is_title) for span in line) for line in block.lines]
    if block.kind == "steps":
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    prefix = "• " if block.kind == "list" else ""
    text = "\n".join(prefix + line for line in lines)
    opening, closing = _ELEMENTS.get(block.kind, ("", ""))
    return f"{opening}{text}{closing}"


def escape(text: str) -> str:
    """Plain text that Telegram's HTML shows unchanged."""
    return html.escape(printable(text), quote=False)


def printable(text: str) -> str:
    """Text without anything that Telegram refuses or interprets.

    It has no control characters, no lone surrogates (which cannot be sent) and no characters that
    change the direction of text. It mentions nobody: an invisible word joiner keeps @name from
    being a mention.
    """
    return _NAMED.sub("@\u2060", _clean(text))


def _clean(text: str) -> str:
    clean = TURNING.sub("", text.encode("utf-8", "replace").decode())
    return "".join(char for char in clean if char >= " " or char == "\n")


def _span(span: Span, is_title: bool) -> str:
    plain = span.text
    if (span.foreign or is_title) and not span.url:  # the text of a link leads to its address
        plain = _PRESSABLE.sub("\u2060", plain)
    text = escape(plain)
    if not text.strip():
        return text
    if LINKABLE.fullmatch(span.url):
        text = f'<a href="{html.escape(span.url)}">{text}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{text}</{tag}>" if tag else text
