"""Names and addresses in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def fold(name: str, joint: str = "") -> str:
    """A name without case, accents of form, spaces and punctuation; `joint` stands for those.

    Names that fold alike are the same name.
    """
    return re.sub(r"[\W_]+", joint, unicodedata.normalize("NFKC", name).casefold()).strip("-")


#: Letters whose mark is a part of them, and that no decomposition takes off.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_MARKS = re.compile(r"[\u0300-\u036f]+")


def bare(name: str) -> str:
    """A folded name without the marks of its letters, as it is typed on a plain keyboard."""
    folded = fold(name)
    if folded.isascii():
        return folded
    letters = _MARKS.sub("", unicodedata.normalize("NFD", folded.translate(_LETTERS)))
    return unicodedata.normalize("NFC", letters)


#: How near a name is to what somebody types: the very name, its beginning, that of one of its
#: words, somewhere within, or not at all.
VERY, BEGINNING, WORD, INSIDE, NOWHERE = range(5)


def nearness(typed: str, name: str) -> int:
    """How near a name is to what was typed so far, 0 the nearest."""
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
    """Whether a host is one of the domains, or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
