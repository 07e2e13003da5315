"""A message as a Discord embed: everything escaped, links to http(s) only."""

from __future__ import annotations

import re

import discord
from discord.utils import escape_markdown

from bot.chat import LINKABLE, Block, Message, Span

COLOUR = 0x2F6FDE
MAX_TITLE = 256

_MARKS = {"bold": "**", "strike": "~~"}
_LINE_START = re.compile(r"^(\s*)(#{1,3}\s|-#\s|[-*+]\s|>|\d+\.\s)", re.M)


def embed_of(message: Message) -> discord.Embed:
    """The first block, where it is a title, is the embed's title."""
    title, body = _parts(message)
    return discord.Embed(title=title or None, description=body or None, colour=COLOUR)


def size(message: Message) -> int:
    """UTF-16 units of the longest part, which is the description."""
    return len(_parts(message)[1].encode("utf-16-le", "replace")) // 2


def _parts(message: Message) -> tuple[str, str]:
    blocks = list(message.blocks)
    title = ""
    if blocks and blocks[0].kind == "title":
        title = "".join(span.text for line in blocks.pop(0).lines for span in line)
    return escape(title)[:MAX_TITLE], "\n\n".join(filter(None, (_block(block) for block in blocks)))


def _block(block: Block) -> str:
    lines = ["".join(_span(span) for span in line) for line in block.lines]
    match block.kind:
        case "quote":
            return "\n".join(f"> {line}" for line in lines)
        case "steps":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
        case "list":
            return "\n".join(f"- {line}" for line in lines)
        case "note":
            return "\n".join(f"-# {line}" for line in lines)
        case _:
            return "\n".join(lines)


def _span(span: Span) -> str:
    text = escape(span.text)
    core = text.strip()
    if not core:
        return text
    if LINKABLE.fullmatch(span.url):
        return f"[{core}]({_address(span.url)})"
    mark = _MARKS.get(span.style, "")
    # Marks beside a space are shown as they are, so the space stays outside.
    return text.replace(core, f"{mark}{core}{mark}", 1) if mark else text


def escape(text: str) -> str:
    """Plain text that Discord shows as it is: no markup, mentions, timestamps or headings."""
    clean = "".join(char for char in text.encode("utf-8", "replace").decode() if char >= " ")
    escaped = escape_markdown(clean).replace("<", "\\<").replace("[", "\\[").replace("]", "\\]")
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}", escaped)


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
