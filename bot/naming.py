"""Normalising names and host names for comparison."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def fold(name: str, joint: str = "") -> str:
    """A name without case, compatibility forms, spaces and punctuation.

    `joint` replaces runs of spaces and punctuation. Names that fold alike are the same name.
    """
    return re.sub(r"[\W_]+", joint, unicodedata.normalize("NFKC", name).casefold()).strip("-")


#: Letters whose mark is a part of them, so that Unicode decomposition does not remove it.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_MARKS = re.compile(r"[\u0300-\u036f]+")


def bare(name: str) -> str:
    """A folded name without diacritics, as it is typed on a plain keyboard."""
    folded = fold(name)
    if folded.isascii():
        return folded
    letters = _MARKS.sub("", unicodedata.normalize("NFD", folded.translate(_LETTERS)))
    return unicodedata.normalize("NFC", letters)


#: How well a name matches what somebody types: the whole name, its beginning, the beginning of one
#: of its words, somewhere inside it, or not at all.
VERY, BEGINNING, WORD, INSIDE, NOWHERE = range(5)


def nearness(typed: str, name: str) -> int:
    """How well a name matches what was typed so far; 0 is best, NOWHERE is no match."""
    wanted, whole = fold(typed), fold(name)
    if typed and not wanted:
        return NOWHERE
    if wanted == whole:
        return VERY
    if whole.startswith(wanted):
        return BEGINNING
    if any(word.startswith(wanted) for word in fold(name, " ").split()):
        return WORD
    return INSIDE if wanted in whole else NOWHERE


def within(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains or a subdomain of one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
