"""Rendering as Discord Markdown: everything escaped, only http(s) links, days in local time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from itertools import chain

from bot.message import LINKABLE, TURNING, Block, Message, Span

_MARKS = {"bold": "**", "strike": "~~"}
#: An address that Discord turns into a link.
_ADDRESS = r"(?P<address>https?://[^\s<]+[^<.,:;\"'\]\s])"
#: Markup characters anywhere; a colon that begins an address or an emoji's name.
_MARKS_ANYWHERE = r"(?P<mark>[\\*_~|`<\[\]]|:(?=//|[\w+-]+:))"
#: A heading, a list or a quotation.
_AT_THE_START = r"(?P<start>^\s*\d*)(?P<first>[-#>+.)])"
_PLAIN = re.compile(f"{_ADDRESS}|{_AT_THE_START}|{_MARKS_ANYWHERE}", re.M)
_BROKEN_ADDRESS = re.compile(_MARKS_ANYWHERE)
#: Discord ignores escapes in an address, so one with such characters is shown as plain text.
_UNSAFE_IN_ADDRESS = re.compile(r"[\\*~|`\[\]()]|__")
#: Discord ignores escapes when it looks for the end of a link's text.
_NO_BRACKETS = str.maketrans("[]", "()")
#: A command in a sentence, with the word after it.
_COMMAND = re.compile(r"(?<![^\s(“\"*])/(?P<line>[a-z]+(?: [a-z]+)?)(?![\w/])")
#: The prefix of every line of a kind of block.
_PREFIXES = {"quote": "> ", "list": "- ", "note": "-# "}


def size(message: Message) -> int:
    """The UTF-16 units of all texts, with the mention and the space between parts."""
    units = len(message.mention) + 4 if message.mention else 0
    for block in message.blocks:
        units += len(markup_of(block).encode("utf-16-le", "replace")) // 2 + 2
    return units


def markup_of(block: Block) -> str:
    """The markup of a block."""
    if block.kind == "title":
        spans = chain.from_iterable(block.lines)
        return f"### {' '.join(escape(span.text) for span in spans)}"
    if block.kind == "copy":
        plain = "\n".join(map(_unmarked, block.lines))
        return f"```\n{plain.replace('`', '’')}\n```"
    lines = ["".join(map(_span, line)) for line in block.lines]
    if block.kind == "steps":
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    prefix = _PREFIXES.get(block.kind, "")
    return "\n".join(prefix + line for line in lines)


def escape(text: str) -> str:
    """Plain text that Discord shows unchanged: no markup, mentions, timestamps or headings."""
    printable = [char for char in text.encode("utf-8", "replace").decode() if char >= " "]
    return _PLAIN.sub(_escaped, TURNING.sub("", "".join(printable)))


def mentioning(text: str, commands: Mapping[str, int]) -> str:
    """Markup with clickable commands; `commands` are ids by full name.

    Text to copy stays unchanged.
    """
    pieces = text.split("```")
    pieces[::2] = [_COMMAND.sub(partial(_mention, commands), piece) for piece in pieces[::2]]
    return "```".join(pieces)


def _mention(commands: Mapping[str, int], found: re.Match[str]) -> str:
    name, _space, rest = found["line"].partition(" ")
    for full, behind in ((found["line"], ""), (name, f" {rest}" if rest else "")):
        if full in commands:
            return f"</{full}:{commands[full]}>{behind}"
    return found.group()


def _span(span: Span) -> str:
    if span.when:
        return f"<t:{int(span.when.timestamp())}:D>"
    text = escape(span.text)
    core = text.strip()
    if not core:
        return text
    if LINKABLE.fullmatch(span.url):
        words = escape(span.text.strip().translate(_NO_BRACKETS))
        return f"[{words}]({_address(span.url)})"
    mark = _MARKS.get(span.style, "")
    # Markup next to a space is shown literally, so the space stays outside.
    return text.replace(core, f"{mark}{core}{mark}", 1) if mark else text


def _unmarked(line: tuple[Span, ...]) -> str:
    return "".join(span.text for span in line)


def _escaped(found: re.Match[str]) -> str:
    if address := found["address"]:
        unsafe = _UNSAFE_IN_ADDRESS.search(address)
        return _BROKEN_ADDRESS.sub(r"\\\g<mark>", address) if unsafe else address
    if found["first"]:
        return f"{found['start']}\\{found['first']}"
    return f"\\{found['mark']}"


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
