"""Repairing a feed's text so that an XML parser can read its entries, however broken it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape
from html.entities import html5

#: The most entities that may be declared.
MAX_DECLARED = 100
#: The most characters of one entity.
MAX_VALUE = 200
#: The most characters by which entities may lengthen a text.
MAX_GROWTH = 1_000_000

_OPENING = re.compile(r"<!--|<!\[CDATA\[|<\?")
_CLOSING = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_ENTITY = re.compile(r"""<!ENTITY\s++([\w.-]{1,40})\s++(?:"([^"<]*+)"|'([^'<]*+)')\s*+>""")
#: An ampersand with what may follow it, a `<` that begins no element, and characters that XML
#: forbids.
_ODD = re.compile(
    r"&(?:(\#[xX]?[0-9a-fA-F]{1,8}|[\w.-]{1,40});)?|<(?![A-Za-z_:/])"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


class EntitiesError(ValueError):
    """A feed declares more entities than any needs; the message says so, for people."""


def flattened(text: str) -> str:
    """The text without comments and instructions, and with the content of CDATA sections escaped.

    If a section or comment is not closed before the next one begins, it is taken for a mistake, and
    only its opening is removed.
    """
    return "".join(_flattened(text))


def _flattened(text: str) -> Iterator[str]:
    place = 0
    #: The next end of each kind, or -1 for none, so that it is not searched for twice.
    ends: dict[str, int] = {}
    for found in _OPENING.finditer(text):
        opening = found[0]
        if found.start() < place:
            continue
        yield text[place : found.start()]
        end = ends.get(opening, 0)
        if 0 <= end < found.end():
            end = ends[opening] = text.find(_CLOSING[opening], found.end())
        if end < 0 or text.find(opening, found.end(), end) >= 0:
            place = found.end()
            continue
        if opening == "<![CDATA[":
            yield escape(text[found.end() : end], quote=False)
        place = end + len(_CLOSING[opening])
    yield text[place:]


def entities_of(head: str) -> dict[str, str]:
    """The entities with plain text that a DOCTYPE declares.

    Those that are files or contain others are left out, so that nothing is read from elsewhere and
    nothing multiplies. Raises EntitiesError if there are too many.
    """
    if head.count("<!ENTITY") > MAX_DECLARED:
        raise EntitiesError("it declares more entities than any feed needs")
    found = {}
    for name, one, other in _ENTITY.findall(head):
        found[name] = one or other
    return {name: value for name, value in found.items() if _is_plain(value)}


def _is_plain(value: str) -> bool:
    """Whether the value of an entity is short, and contains no other entity."""
    if len(value) > MAX_VALUE:
        return False
    return "&" not in value and "%" not in value


def mended(text: str, entities: Mapping[str, str]) -> str:
    """The text with every character in a form that XML allows.

    Raises EntitiesError if its entities make it too long.
    """
    grown = 0

    def in_place(found: re.Match[str]) -> str:
        """The replacement of an invalid character."""
        nonlocal grown
        whole = found[0]
        if whole[0] == "<":
            return "&lt;"
        if whole[0] != "&":
            return ""
        name = found[1] or ""
        new = _reference(whole, name, entities)
        if name in entities:
            grown += max(len(new) - len(whole), 0)
            if grown > MAX_GROWTH:
                raise EntitiesError("the entities that it declares make it endless")
        return new

    return _ODD.sub(in_place, text)


def _reference(whole: str, name: str, entities: Mapping[str, str]) -> str:
    """The replacement of an entity reference; an unknown one becomes literal text."""
    if name in _OF_XML:
        return whole
    if name.startswith("#"):
        return _number(name)
    if name in entities:
        return escape(entities[name], quote=False)
    if f"{name};" in html5:
        return escape(html5[f"{name};"], quote=False)
    return f"&amp;{whole[1:]}"


def _number(name: str) -> str:
    """The character of a numeric reference, as in browsers: 0x80 to 0x9F are Windows-1252."""
    character = unescape(f"&{name};")
    if character.startswith("&"):
        return f"&amp;{name};"
    if character == "<":
        return "&lt;"
    return escape(_ODD.sub("", character), quote=False)
