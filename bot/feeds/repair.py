"""A feed's text mended so far that a parser of XML can read it, however broken the whole is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape
from html.entities import html5

#: Entities that may be declared.
MAX_DECLARED = 100
#: Characters of one entity.
MAX_VALUE = 200
#: So much longer, in characters, a text may become by its entities.
MAX_GROWTH = 1_000_000

_OPENING = re.compile(r"<!--|<!\[CDATA\[|<\?")
_CLOSING = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_ENTITY = re.compile(r"""<!ENTITY\s++([\w.-]{1,40})\s++(?:"([^"<]*+)"|'([^'<]*+)')\s*+>""")
#: An ampersand with what may follow it, a `<` that begins no element, and what XML has no place
#: for.
_ODD = re.compile(
    r"&(?:(\#[xX]?[0-9a-fA-F]{1,8}|[\w.-]{1,40});)?|<(?![A-Za-z_:/])"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


class EntitiesError(ValueError):
    """More entities than any feed needs; the message says so, for people."""


def flattened(text: str) -> str:
    """Without comments and instructions; what stood in CDATA sections stands there escaped.

    A section or comment that is not closed before the next one begins was never meant to be one:
    only its opening goes.
    """
    return "".join(_flattened(text))


def _flattened(text: str) -> Iterator[str]:
    place = 0
    #: Where each kind is closed next, -1 where never again: it is not looked for twice.
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
    """The entities that a DOCTYPE declares as plain words.

    Those that are files or hold others are left out: nothing is read from elsewhere, and nothing
    multiplies. Raises EntitiesError where there are many.
    """
    if head.count("<!ENTITY") > MAX_DECLARED:
        raise EntitiesError("it declares more entities than any feed needs")
    found = {}
    for name, one, other in _ENTITY.findall(head):
        found[name] = one or other
    return {name: value for name, value in found.items() if _is_plain(value)}


def _is_plain(value: str) -> bool:
    """Whether the value of an entity is short, and holds no other."""
    if len(value) > MAX_VALUE:
        return False
    return "&" not in value and "%" not in value


def mended(text: str, entities: Mapping[str, str]) -> str:
    """The text with every character in a form that XML knows.

    Raises EntitiesError where its entities make it endless.
    """
    grown = 0

    def in_place(found: re.Match[str]) -> str:
        """What stands in place of an odd character."""
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
    """What an ampersand and a name become; a name that nobody knows stays as it is written."""
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
    """The character of a number, as browsers take it: 0x80 to 0x9F are those of Windows."""
    character = unescape(f"&{name};")
    if character.startswith("&"):
        return f"&amp;{name};"
    if character == "<":
        return "&lt;"
    return escape(_ODD.sub("", character), quote=False)
