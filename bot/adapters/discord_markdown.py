"""Words as Discord's Markdown: everything escaped, links to http(s) only, days on the reader's own calendar."""

from __future__ import annotations

import re

from discord.utils import escape_markdown

from bot.chat import LINKABLE, TURNING, Block, Span

_MARKS = {"bold": "**", "strike": "~~"}
_LINE_START = re.compile(r"^(\s*)(#{1,3}\s|-#\s|[-*+]\s|>|\d+\.\s)", re.M)


def markdown(block: Block) -> str:
    """One piece of a message."""
    lines = ["".join(_span(span) for span in line) for line in block.lines]
    match block.kind:
        case "title":
            return f"### {' '.join(escape(span.text) for line in block.lines for span in line)}"
        case "quote":
            return "\n".join(f"> {line}" for line in lines)
        case "steps":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
        case "list":
            return "\n".join(f"- {line}" for line in lines)
        case "note":
            return "\n".join(f"-# {line}" for line in lines)
        case "copy":
            plain = "\n".join("".join(span.text for span in line) for line in block.lines)
            return f"```\n{plain.replace('`', '’')}\n```"
        case _other:
            return "\n".join(lines)


def _span(span: Span) -> str:
    if span.when:
        return f"<t:{int(span.when.timestamp())}:D>"
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
    clean = TURNING.sub("", "".join(char for char in text.encode("utf-8", "replace").decode() if char >= " "))
    escaped = escape_markdown(clean).replace("<", "\\<").replace("[", "\\[").replace("]", "\\]")
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}", escaped)


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
