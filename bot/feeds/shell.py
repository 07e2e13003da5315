"""The outer element of a feed: its kind, its declarations, and the positions of its entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.feeds import repair

#: The most namespaces that the outer element may declare.
MAX_PREFIXES = 200
#: The most characters of the outer element's start tag.
MAX_ROOT = 30_000

#: Prefixes that feeds use without declaring them.
PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
#: The namespace of an entry, as feedparser expects it; RSS 2.0 has none.
_NAMESPACES = {"feed": PREFIXES["atom"], "rdf": "http://purl.org/rss/1.0/"}

_QUOTED = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
_ROOT = re.compile(rf"<(?:([\w.-]{{1,40}}):)?(rss|feed|RDF|channel)(\s{_QUOTED}|/)?>", re.I)
_CHANNEL = re.compile(rf"\s*+<(?:[\w.-]{{1,40}}:)?channel(\s{_QUOTED})>")
_ATTRIBUTE = re.compile(r"""([\w:.-]{1,80})\s*+=\s*+(?:"([^"<]*+)"|'([^'<]*+)')""")


@dataclass(frozen=True, slots=True)
class Shell:
    """The outer element: the kind of feed, its prefix, and the attributes of it and its channel."""

    kind: str
    prefix: str
    attributes: dict[str, str]

    @property
    def entry(self) -> str:
        """The name of an entry's element."""
        return "entry" if self.kind == "feed" else "item"

    @property
    def namespace(self) -> str:
        """The namespace of an entry, as feedparser expects it; "" for none."""
        return _NAMESPACES.get(self.kind, "")

    @property
    def base(self) -> str:
        """The base address that the feed declares, or ""."""
        return self.attributes.get("xml:base", "")


class AbsurdError(ValueError):
    """A structure that no real feed has."""


def shell_of(text: str) -> tuple[Shell, str, str] | None:
    """The feed's outer element, the text before it and the text after it; None if there is none.

    Raises AbsurdError.
    """
    found = _ROOT.search(text)
    if found is None:
        return None
    attributes = _attributes(found[3] or "")
    rest = text[found.end() :]
    channel = _CHANNEL.match(rest)
    if channel:
        attributes |= _attributes(channel[1])
    if sum(name.startswith("xmlns") for name in attributes) > MAX_PREFIXES:
        raise AbsurdError
    shell = Shell(found[2].lower(), found[1] or "", attributes)
    return shell, text[: found.start()], rest


def _attributes(tag: str) -> dict[str, str]:
    if len(tag) > MAX_ROOT:
        raise AbsurdError
    return {name: one or other for name, one, other in _ATTRIBUTE.findall(repair.mended(tag, {}))}


def pieces(shell: Shell, text: str) -> Iterator[str]:
    """The markup of each entry, including its start tag.

    An entry that is not closed ends where the next begins. If the feed is cut off, the last entry
    is incomplete, and its markup is "".
    """
    tag = _entry_tag(shell)
    start = -1
    for found in tag.finditer(text):
        closes = bool(found[1])
        if start >= 0:
            yield text[start : _end_of_entry(text, found)]
        start = -1 if closes else found.start()
    if start >= 0:
        yield text[start:] if is_closed(shell, text) else ""


def _entry_tag(shell: Shell) -> re.Pattern[str]:
    """The pattern of an entry's start or end tag; for an end tag, the first group is the slash."""
    prefix = "|".join(re.escape(prefix) for prefix in {shell.prefix, "rss", "atom"} if prefix)
    return re.compile(rf"<(/?)(?:(?:{prefix}):)?{shell.entry}(?=[\s/>])", re.I)


def _end_of_entry(text: str, tag: re.Match[str]) -> int:
    """The end of an entry: after its end tag, or at the start tag of the next."""
    if not tag[1]:
        return tag.start()
    bracket = text.find(">", tag.end())
    return len(text) if bracket < 0 else bracket + 1


def is_closed(shell: Shell, text: str) -> bool:
    """Whether the feed's outer element is closed."""
    return re.search(rf"</(?:[\w.-]{{1,40}}:)?{shell.kind}\s*>", text[-1000:], re.I) is not None
