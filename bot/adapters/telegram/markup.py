"""Words as Telegram's HTML: everything escaped, links to http(s) only."""

from __future__ import annotations

import html
import re

from bot.message import LINKABLE, TURNING, Block, Message, Span

#: Telegram ignores entities beyond this many, so a message with more does not fit.
MAX_ENTITIES = 100
#: What makes a message with too many entities too long for any limit, in UTF-16 units.
TOO_MANY_UNITS = 10_000

_NAMED = re.compile(r"(?<!\w)@(?=\w)")
#: Where words are cut of which Telegram would make a link, a command or a search.
_PRESSABLE = re.compile(r"(?<=\w\.)(?=\w)|(?<=[@#$/])(?=\w)")
_TAGS = {"bold": "b", "strike": "s"}
#: What stands around a kind of block.
_ELEMENTS = {"quote": ("<blockquote expandable>", "</blockquote>")}


def html_of(message: Message) -> str:
    """All pieces of a message."""
    return "\n\n".join(filter(None, map(markup_of, message.blocks)))


def size(message: Message) -> int:
    """UTF-16 units, tags counted too: never less than what Telegram counts."""
    text = html_of(message)
    units = len(text.encode("utf-16-le")) // 2
    if text.count("</") > MAX_ENTITIES:
        units += TOO_MANY_UNITS
    return units


def markup_of(block: Block) -> str:
    """One piece of a message."""
    if block.kind == "copy":
        # Telegram names nobody in such words, and they must be what one copies.
        text = "\n".join("".join(span.text for span in line) for line in block.lines)
        return f"<pre>{html.escape(_clean(text), quote=False)}</pre>"
    # A name with a dot in it is no link: a title leads nowhere.
    is_title = block.kind == "title"
    lines = ["".join(_span(span, is_title) for span in line) for line in block.lines]
    if block.kind == "steps":
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    prefix = "• " if block.kind == "list" else ""
    text = "\n".join(prefix + line for line in lines)
    opening, closing = _ELEMENTS.get(block.kind, ("", ""))
    return f"{opening}{text}{closing}"


def escape(text: str) -> str:
    """Plain text that Telegram's HTML shows as it is."""
    return html.escape(printable(text), quote=False)


def printable(text: str) -> str:
    """Text without what Telegram refuses, or takes for more than text.

    No control characters, no lone surrogates, which cannot be sent at all, nothing that turns the
    line around, and nobody mentioned: a word joiner, which is not seen, keeps Telegram from taking
    @name for a person.
    """
    return _NAMED.sub("@\u2060", _clean(text))


def _clean(text: str) -> str:
    clean = TURNING.sub("", text.encode("utf-8", "replace").decode())
    return "".join(char for char in clean if char >= " " or char == "\n")


def _span(span: Span, is_title: bool) -> str:
    plain = span.text
    if (span.foreign or is_title) and not span.url:  # the words of a link lead to its address
        plain = _PRESSABLE.sub("\u2060", plain)
    text = escape(plain)
    if not text.strip():
        return text
    if LINKABLE.fullmatch(span.url):
        text = f'<a href="{html.escape(span.url)}">{text}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{text}</{tag}>" if tag else text
