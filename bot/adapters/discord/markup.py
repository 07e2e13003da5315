"""Words as Discord's Markdown: everything escaped, links to http(s) only, days on the reader's own calendar."""

from __future__ import annotations

import re

from bot.message import LINKABLE, TURNING, Block, Span

_MARKS = {"bold": "**", "strike": "~~"}
#: An address of which Discord makes a link by itself.
_ADDRESS = r"(?P<address>https?://[^\s<]+[^<.,:;\"'\]\s])"
#: Marks anywhere; a colon that begins an address or the name of an emoji.
_MARKS_ANYWHERE = r"(?P<mark>[\\*_~|`<\[\]]|:(?=//|[\w+-]+:))"
#: A heading, a list or a quotation.
_AT_THE_START = r"(?P<start>^\s*\d*)(?P<first>[-#>+.)])"
_PLAIN = re.compile(f"{_ADDRESS}|{_AT_THE_START}|{_MARKS_ANYWHERE}", re.M)
_BROKEN_ADDRESS = re.compile(_MARKS_ANYWHERE)
#: In an address Discord heeds no escapes, so one with such marks is shown as plain text.
_UNSAFE_IN_ADDRESS = re.compile(r"[\\*~|`\[\]()]|__")
#: Discord reads no escapes where it looks for the end of a link's words.
_NO_BRACKETS = str.maketrans("[]", "()")


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
        words = escape(span.text.strip().translate(_NO_BRACKETS))
        return f"[{words}]({_address(span.url)})"
    mark = _MARKS.get(span.style, "")
    # Marks beside a space are shown as they are, so the space stays outside.
    return text.replace(core, f"{mark}{core}{mark}", 1) if mark else text


def escape(text: str) -> str:
    """Plain text that Discord shows as it is: no markup, mentions, timestamps or headings."""
    clean = TURNING.sub(
        "", "".join(char for char in text.encode("utf-8", "replace").decode() if char >= " ")
    )
    return _PLAIN.sub(_escaped, clean)


def _escaped(found: re.Match[str]) -> str:
    if address := found["address"]:
        unsafe = _UNSAFE_IN_ADDRESS.search(address)
        return _BROKEN_ADDRESS.sub(r"\\\g<mark>", address) if unsafe else address
    if found["first"]:
        return f"{found['start']}\\{found['first']}"
    return f"\\{found['mark']}"


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
