"""Variants of names as people type them: other forms, and typing errors."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from bot.naming import bare

#: Shorter names get no typos: they would be other words.
LEAST_LETTERS = 4
#: The fewest letters left of a truncated name, and the least share of it.
LEAST_BEGUN = 5
SHARE_BEGUN = 0.6
_SUFFIXES = ("Inc.", "Ltd", "Limited", "LLC", "GmbH", "AG", "S.A.", "B.V.", "AB", "plc", "Corp.")
#: The neighbours of each key on a QWERTY keyboard.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Letters with diacritics, as German, French, Spanish, Italian, Polish, Portuguese, Dutch and
#: Scandinavian keyboards have them.
_MARKED = {
    "a": "äàáąãåâ",
    "c": "çć",
    "e": "éèęëê",
    "i": "íìï",
    "l": "ł",
    "n": "ñń",
    "o": "öóòõøô",
    "s": "ś",
    "u": "üùú",
    "z": "źż",
}
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}

Change = Callable[[str, random.Random], str]


def _without_marks(name: str, _rng: random.Random) -> str:
    parts = unicodedata.normalize("NFD", name)
    return "".join(each for each in parts if not unicodedata.combining(each))


def _umlauts_spelt(name: str, _rng: random.Random) -> str:
    return "".join(_UMLAUTS.get(each, each) for each in name)


def _with_suffix(name: str, rng: random.Random) -> str:
    return f"{name} {rng.choice(_SUFFIXES)}"


def _marked(name: str, rng: random.Random) -> str:
    """The name with a diacritic on one letter, from a keyboard of another language."""
    places = [place for place, letter in enumerate(name) if letter in _MARKED]
    if not places:
        return ""
    place = rng.choice(places)
    return name[:place] + rng.choice(_MARKED[name[place]]) + name[place + 1 :]


#: Variants that keep the letters of a name, or add to them.
DRESSED: dict[str, Change] = {
    "exact": lambda name, _rng: name,
    "small letters": lambda name, _rng: name.lower(),
    "capitals": lambda name, _rng: name.upper(),
    "marks left out": _without_marks,
    "umlauts spelt": _umlauts_spelt,
    "marks added": _marked,
    "punctuation left out": lambda name, _rng: re.sub(r"[^\w\s]", "", name),
    "spaces left out": lambda name, _rng: name.replace(" ", ""),
    "hyphens for spaces": lambda name, _rng: name.replace(" ", "-"),
    "spaces around": lambda name, _rng: f"  {name.lower()} ",
    "the": lambda name, _rng: f"the {name}",
    "plural": lambda name, _rng: f"{name}s" if len(bare(name)) >= LEAST_LETTERS else "",
    "possessive": lambda name, rng: name + rng.choice(("'s", "\u2019s")),
    ".com": lambda name, _rng: f"{name.replace(' ', '').lower()}.com",
    "www.": lambda name, _rng: f"www.{name.replace(' ', '').lower()}.com",
    "company": _with_suffix,
}


def _place(name: str, rng: random.Random, last: int = 0) -> int:
    """The place of a letter of a name: no space or sign, and not among the `last` ones."""
    places = [at for at in range(len(name) - last) if name[at].isalnum()]
    return rng.choice(places)


def _dropped(name: str, rng: random.Random) -> str:
    place = _place(name, rng)
    return name[:place] + name[place + 1 :]


def _doubled(name: str, rng: random.Random) -> str:
    place = _place(name, rng)
    return name[:place] + name[place] + name[place:]


def _swapped(name: str, rng: random.Random) -> str:
    place = _place(name, rng, last=1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _beside(name: str, rng: random.Random) -> str:
    """The name with one letter replaced by a neighbouring key's."""
    place = _place(name, rng)
    letter = name[place].lower()
    for row in _ROWS:
        if letter in row:
            at = row.index(letter)
            keys = row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
            return name[:place] + rng.choice(keys) + name[place + 1 :]
    return ""


def _begun(name: str, rng: random.Random) -> str:
    """The name without its last one to three letters."""
    left = len(name) - rng.randint(1, 3)
    if left < max(LEAST_BEGUN, SHARE_BEGUN * len(name)):
        return ""
    return name[:left].rstrip()


#: Variants with one typing error.
TYPOS: dict[str, Change] = {
    "dropped": _dropped,
    "doubled": _doubled,
    "swapped": _swapped,
    "key beside": _beside,
    "dropped, one space": lambda name, rng: _dropped(name, rng).replace(" ", "", 1),
    "end left out": _begun,
}

ADDRESSES: dict[str, Change] = {
    "address": lambda domain, _rng: domain,
    "address in capitals": lambda domain, _rng: domain.upper(),
    "address with www.": lambda domain, _rng: f"www.{domain}",
    "link": lambda domain, _rng: f"https://www.{domain}/legal/privacy-policy",
}
