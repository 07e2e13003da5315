"""Extracting fields from a feed's entries, each parsed alone so that a broken one costs no other.

feedparser takes quadratic time for many things, so it gets only the fields that we read, each
flat and bounded. An entry that is not well-formed is read as far as libxml2's recovery gets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from feedparser.mixin import _FeedParserMixin
from lxml import etree

from bot.feeds.addresses import based, joined
from bot.feeds.shell import PREFIXES, Shell

#: The most levels of nesting in one entry.
MAX_DEPTH = 100
#: The most elements of one entry.
MAX_ELEMENTS = 300_000
#: The most attributes of one element.
MAX_ATTRIBUTES = 50
#: The most fields of one kind in one entry.
MAX_FIELDS = 100
#: The most characters of a field that is a name, a date or an address.
MAX_FIELD = 10_000
#: The most characters of a text without its embedded pictures.
MAX_HTML = 1_000_000
#: The most characters of a date, as feedparser takes quadratic time.
MAX_DATE = 200

#: The fields of an entry that are read: short ones, and texts that may be long.
SHORT = frozenset(
    "id guid title link published issued pubdate updated modified date created"
    " category subject origlink".split()
)
DATES = frozenset("published issued pubdate updated modified date created".split())
TEXTS = frozenset("content encoded fullitem summary description abstract body".split())
_READ = SHORT | TEXTS
#: Short fields that are useless if they are cut.
_NEVER_CUT = SHORT - {"title"}
#: The attributes of fields that are read.
_ATTRIBUTES = frozenset(
    "type mode rel href hreflang scheme term label domain isPermaLink url src".split()
)
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
#: Fields that in other namespaces describe something else: a picture, a podcast, the feed.
_ITS_OWN = frozenset({"title", "id", "guid"})
_DC = PREFIXES["dc"]
_KNOWN = frozenset(uri.lower() for uri in _FeedParserMixin.namespaces)
_PICTURE = re.compile(r"data:[\w/+.-]{1,50};base64,[\w/+=\s]*+")

#: Options to read nothing from elsewhere; libxml2's own limits on depth and size stay on.
_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": False,
}


class Sieve:
    """Reads the entries of one feed, which came from `url`."""

    def __init__(self, shell: Shell, url: str) -> None:
        self._shell = shell
        self._base = based(url, shell.base)
        self._around = "".join(
            f" {name}={quoteattr(uri)}" for name, uri in _namespaces(shell).items()
        )
        self._strict = etree.XMLParser(**_SAFE)
        self._lenient = etree.XMLParser(recover=True, **_SAFE)

    def entry(self, piece: str) -> str | None:
        """An entry with only the fields that we read, well-formed and flat.

        None if nothing of it can be read.
        """
        element = self._parsed(_PICTURE.sub("", piece))
        if element is None or not _is_bounded(element):
            return None
        fields = "".join(self._fields(element))
        if not fields:
            return None
        return f"<{self._shell.entry}>{fields}</{self._shell.entry}>"

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
            if not _is_read(local, namespace, own):
                continue
            counts[local] += 1
            if counts[local] > MAX_FIELDS:
                continue
            if namespace == own and own.lower() not in _KNOWN:
                namespace = self._shell.namespace
            if namespace.lower() in _KNOWN:
                yield from _flat(field, name, namespace, base)


def _namespaces(shell: Shell) -> dict[str, str]:
    """The namespace declarations for an entry: the feed's own, and those that feeds forget."""
    found = {f"xmlns:{prefix}": uri for prefix, uri in PREFIXES.items()}
    for name, value in shell.attributes.items():
        if name == "xmlns" or name.startswith("xmlns:"):
            found[name] = value
    return found


def _named(element: etree._Element) -> tuple[str, str]:
    """The namespace and name of an element. An undeclared prefix is a namespace of its own."""
    declared, _, name = str(element.tag).rpartition("}")
    prefix, colon, local = name.rpartition(":")
    return declared.removeprefix("{") or prefix + colon, local


def _direct(entry: etree._Element) -> Iterator[etree._Element]:
    """The fields of an entry; those in a media group count as the entry's own."""
    for field in entry:
        if _named(field)[1].lower() == "group":
            yield from field
        else:
            yield field


def _is_read(local: str, namespace: str, own: str) -> bool:
    """Whether a field is read, in an entry whose own namespace is `own`."""
    if local not in _READ:
        return False
    if local in _ITS_OWN:
        return namespace in (own, _DC)
    return True


def _flat(field: etree._Element, name: str, namespace: str, base: str) -> Iterator[str]:
    """A field without child elements: those become HTML text."""
    local = name.lower()
    attributes = {key: value for key, value in field.items() if key in _ATTRIBUTES}
    content = field.text or ""
    if len(field):
        content = _html(field)
        attributes["type"] = "html"
        attributes.pop("mode", None)
    if local == "link":
        base = based(base, field.get(_BASE, ""))
        content = _absolute(content, attributes, base)
    if not _fits(local, attributes, content):
        return
    content = content[: _longest(local)]
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    yield f"<{name} xmlns={quoteattr(namespace)}{said}>{escape(content)}</{name}>"


def _absolute(content: str, attributes: dict[str, str], base: str) -> str:
    """The content of a link as an absolute URL; its `href` is made absolute in place."""
    href = attributes.get("href")
    if href:
        attributes["href"] = joined(base, href)
    if not content.strip():
        return ""
    return joined(base, content)


def _fits(local: str, attributes: dict[str, str], content: str) -> bool:
    """Whether a field has a plausible length for a name, a date or an address."""
    for value in attributes.values():
        if len(value) > MAX_FIELD:
            return False
    return local not in _NEVER_CUT or len(content) <= MAX_FIELD


def _longest(local: str) -> int:
    """The most characters of a field that are read."""
    if local in TEXTS:
        return MAX_HTML
    if local in DATES:
        return MAX_DATE
    return MAX_FIELD


def _html(field: etree._Element) -> str:
    """The content of an element as HTML, with only the names and links of its elements."""
    parts: list[str] = []
    for event, element in etree.iterwalk(field, events=("start", "end")):
        if event == "start":
            words = element.text
            if element is not field:
                parts.append(_start_tag(element))
        elif element is field:
            continue
        else:
            words = element.tail
            parts.append(f"</{_named(element)[1].lower()}>")
        if words:
            parts.append(escape(words))
    return "".join(parts)


def _start_tag(element: etree._Element) -> str:
    local = _named(element)[1].lower()
    href = element.get("href")
    if not href:
        return f"<{local}>"
    return f"<{local} href={quoteattr(href)}>"


def _is_bounded(entry: etree._Element) -> bool:
    """Whether an entry is within the limits on levels, elements and attributes."""
    elements = 0
    depth = 0
    for event, element in etree.iterwalk(entry, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        elements += 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            return False
        if len(element.attrib) > MAX_ATTRIBUTES:
            return False
    return True
