"""What of a feed's markup is read: each entry by itself, so that a broken one costs no other.

feedparser takes the square of many things, so it sees only the fields that we read, each flat and
bounded. An entry that is not well-formed is read as far as it goes, by libxml2's recovery.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.sax.saxutils import escape, quoteattr

from feedparser.mixin import _FeedParserMixin
from lxml import etree
from yarl import URL

from bot.feeds import repair
from bot.feeds.words import NOTHING

#: Bounds of one entry: levels, elements, attributes of one element, fields of one kind.
MAX_DEPTH, MAX_ELEMENTS, MAX_ATTRIBUTES, MAX_FIELDS = 100, 300_000, 50, 100
#: Characters of a field that is a name, a date or an address; of a text once its pictures are out.
MAX_FIELD, MAX_HTML = 10_000, 1_000_000
#: A date is looked for in so many characters; feedparser takes the square of them.
MAX_DATE = 200
#: Of the feed's own element: namespaces, and the characters of all that it says.
MAX_PREFIXES, MAX_ROOT = 200, 30_000
#: Every address in a feed is joined to its base.
MAX_BASE = 2_000

#: What is read of an entry: short fields, and texts that may be long.
SHORT = frozenset(
    "id guid title link published issued pubdate updated modified date created category subject origlink".split()
)
DATES = frozenset("published issued pubdate updated modified date created".split())
TEXTS = frozenset("content encoded fullitem summary description abstract body".split())
#: The attributes that say something about them.
_ATTRIBUTES = frozenset(
    "type mode rel href hreflang scheme term label domain isPermaLink url src".split()
)
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
#: Of other namespaces these are of something else: a picture, a podcast, the feed.
_ITS_OWN = frozenset({"title", "id", "guid"})

#: Prefixes that feeds use without declaring them.
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_DC = _PREFIXES["dc"]
_RSS_1 = "http://purl.org/rss/1.0/"
_KNOWN = frozenset(uri.lower() for uri in _FeedParserMixin.namespaces)

_QUOTED = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
_ROOT = re.compile(rf"<(?:([\w.-]{{1,40}}):)?(rss|feed|RDF|channel)(\s{_QUOTED}|/)?>", re.I)
_ATTRIBUTE = re.compile(r"""([\w:.-]{1,80})\s*+=\s*+(?:"([^"<]*+)"|'([^'<]*+)')""")
_NO_SCHEME = re.compile(r"www\.[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", re.I)
_SPACE = re.compile(r"\s")
_PICTURE = re.compile(r"data:[\w/+.-]{1,50};base64,[\w/+=\s]*+")


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around the entries: the kind of feed, and what its outer elements declare."""

    kind: str
    prefix: str
    attributes: dict[str, str]

    @property
    def entry(self) -> str:
        return "entry" if self.kind == "feed" else "item"

    @property
    def namespace(self) -> str:
        """Of an entry in it, as feedparser expects it."""
        return {"feed": _PREFIXES["atom"], "rdf": _RSS_1}.get(self.kind, "")

    @property
    def base(self) -> str:
        return self.attributes.get("xml:base", "")


class AbsurdError(ValueError):
    """A structure that no feed has."""


def shell_of(text: str) -> tuple[Shell, str, str] | None:
    """The feed's own element, what stands before it and after it; None where there is none.

    Raises AbsurdError.
    """
    found = _ROOT.search(text)
    if found is None:
        return None
    attributes = _attributes(found[3] or "")
    rest = text[found.end() :]
    channel = re.match(rf"\s*+<(?:[\w.-]{{1,40}}:)?channel(\s{_QUOTED})>", rest)
    if channel:
        attributes |= _attributes(channel[1])
    shell = Shell(found[2].lower(), found[1] or "", attributes)
    if sum(name.startswith("xmlns") for name in attributes) > MAX_PREFIXES:
        raise AbsurdError
    return shell, text[: found.start()], rest


def _attributes(tag: str) -> dict[str, str]:
    if len(tag) > MAX_ROOT:
        raise AbsurdError
    return {name: one or other for name, one, other in _ATTRIBUTE.findall(repair.mended(tag, {}))}


def pieces(shell: Shell, text: str) -> Iterator[str]:
    """The markup of each entry, from its start tag on; one that is not closed ends where the next begins.

    Where the feed is cut off, nobody knows what the last one would have said: it is "".
    """
    prefix = "|".join(re.escape(prefix) for prefix in {shell.prefix, "rss", "atom"} if prefix)
    tag = re.compile(rf"<(/?)(?:(?:{prefix}):)?{shell.entry}(?=[\s/>])", re.I)
    start = -1
    for found in tag.finditer(text):
        closes = bool(found[1])
        if start >= 0:
            end = text.find(">", found.end()) + 1 if closes else found.start()
            yield text[start : end or len(text)]
        start = -1 if closes else found.start()
    if start >= 0:
        yield text[start:] if is_closed(shell, text) else ""


def is_closed(shell: Shell, text: str) -> bool:
    """Whether the feed's own element ends."""
    return re.search(rf"</(?:[\w.-]{{1,40}}:)?{shell.kind}\s*>", text[-1000:], re.I) is not None


class Sieve:
    """Reads the entries of one feed, which came from `url`."""

    def __init__(self, shell: Shell, url: str) -> None:
        self._shell, self._base = shell, based(url, shell.base)
        declared = {
            n: v for n, v in shell.attributes.items() if n == "xmlns" or n.startswith("xmlns:")
        }
        spare = {f"xmlns:{prefix}": uri for prefix, uri in _PREFIXES.items()}
        self._around = "".join(
            f" {name}={quoteattr(uri)}" for name, uri in (spare | declared).items()
        )
        self._strict = etree.XMLParser(**_SAFE)
        self._lenient = etree.XMLParser(recover=True, **_SAFE)

    def entry(self, piece: str) -> str | None:
        """One entry with the fields that we read, well-formed and flat; None where nothing of it can be read."""
        element = self._parsed(_PICTURE.sub("", piece))
        if element is None or not _is_bounded(element):
            return None
        fields = "".join(self._fields(element))
        return f"<{self._shell.entry}>{fields}</{self._shell.entry}>" if fields else None

    def _parsed(self, piece: str) -> etree._Element | None:
        markup = f"<around{self._around}>{piece}</around>"
        for parser in (self._strict, self._lenient):
            try:
                around = etree.fromstring(markup, parser)
            except etree.XMLSyntaxError:
                continue
            if around is not None and len(around):
                return around[0]
        return None

    def _fields(self, entry: etree._Element) -> Iterator[str]:
        own, _name = _named(entry)
        base = based(self._base, entry.get(_BASE, ""))
        counts: Counter[str] = Counter()
        for field in _direct(entry):
            namespace, name = _named(field)
            local = name.lower()
            if local not in SHORT | TEXTS or (local in _ITS_OWN and namespace not in (own, _DC)):
                continue
            counts[local] += 1
            if namespace == own and own.lower() not in _KNOWN:
                namespace = self._shell.namespace
            if namespace.lower() in _KNOWN and counts[local] <= MAX_FIELDS:
                yield from _flat(field, name, namespace, base)


def joined(base: str, address: str) -> str:
    """An address as it is meant where `base` is the address of what holds it; "" where it is none."""
    said = address.strip()
    if len(said) > MAX_FIELD or (NOTHING.fullmatch(said) and not said.startswith("/")):
        return ""
    said = f"https://{said}" if _NO_SCHEME.match(said) else said
    try:
        whole = urljoin(base, said)
        # What has spaces or letters of other scripts in it is no link in a chat.
        return whole if whole.isascii() and not _SPACE.search(whole) else str(URL(whole))
    except ValueError:
        return ""


def based(base: str, address: str) -> str:
    """The base of what is inside, where an element says that it is `address`."""
    return (joined(base, address) or base) if len(address) <= MAX_BASE else base


def _named(element: etree._Element) -> tuple[str, str]:
    """Namespace and name of an element. A prefix that nobody declared is a namespace of its own."""
    namespace, _, name = str(element.tag).rpartition("}")
    prefix, _, local = name.rpartition(":")
    return namespace.removeprefix("{") or (f"{prefix}:" if prefix or local != name else ""), local


#: Nothing is read from elsewhere; libxml2's own bounds of depth and size stay on.
_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": False,
}


def _direct(entry: etree._Element) -> Iterator[etree._Element]:
    """The fields of an entry; what a group of media holds stands for itself."""
    for field in entry:
        if _named(field)[1].lower() == "group":
            yield from field
        else:
            yield field


def _flat(field: etree._Element, name: str, namespace: str, base: str) -> Iterator[str]:
    """A field without elements of its own: those become a text that is HTML."""
    local = name.lower()
    attributes = {key: value for key, value in field.items() if key in _ATTRIBUTES}
    content = field.text or ""
    if len(field):
        content = _html(field)
        attributes["type"] = "html"
        attributes.pop("mode", None)
    if local == "link":
        base = based(base, field.get(_BASE, ""))
        attributes |= {"href": joined(base, attributes["href"])} if attributes.get("href") else {}
        content = joined(base, content) if content.strip() else ""
    longest = max([len(value) for value in attributes.values()], default=0)
    if longest > MAX_FIELD or (local in SHORT - {"title"} and len(content) > MAX_FIELD):
        return
    longest = MAX_HTML if local in TEXTS else MAX_DATE if local in DATES else MAX_FIELD
    content = content[:longest]
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    yield f"<{name} xmlns={quoteattr(namespace)}{said}>{escape(content)}</{name}>"


def _html(field: etree._Element) -> str:
    """The inside of an element as HTML, with the names and addresses of its elements only."""
    parts: list[str] = []
    for event, element in etree.iterwalk(field, events=("start", "end")):
        if element is not field:
            local = _named(element)[1].lower()
            href = (
                f" href={quoteattr(element.get('href'))}"
                if event == "start" and element.get("href")
                else ""
            )
            parts.append(f"<{'/' if event == 'end' else ''}{local}{href}>")
        words = element.text if event == "start" else element.tail
        if words and not (event == "end" and element is field):
            parts.append(escape(words))
    return "".join(parts)


def _is_bounded(entry: etree._Element) -> bool:
    """Whether it has no more levels, elements and attributes than an entry has."""
    elements = depth = 0
    for event, element in etree.iterwalk(entry, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS or len(element.attrib) > MAX_ATTRIBUTES:
            return False
    return True
