"""Opt-outs: whether a change offers one or removes it, and the links to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from bot.model import Change
from bot.naming import within
from bot.understand import opt_out_words
from bot.understand.diff import Pair
from bot.understand.text import Sentence
from bot.verdicts import Link, OptOut

#: A change is about an offer if it has at most this many differences,
FEW_PAIRS = 30
#: and this many more for each offer.
PAIRS_AN_OFFER = 10
#: The most characters of a change that are read for offers.
MAX_CHARACTERS = 500_000
#: The weight of an offer that was there before in other words.
REWORDED = 0.25

_DESTINATION = re.compile(
    r"settings?|opt[- ]?out|preferences|privacy|object|form|choices|controls", re.I
)


def offered(text: str) -> bool:
    """Whether a text offers an opt-out."""
    return opt_out_words.offered(text)


def in_texts(said: Iterable[Sentence]) -> OptOut:
    """What a memo or an article says about an opt-out: that there is one, or nothing."""
    if any(offered(sentence.text) for sentence in said):
        return OptOut.AVAILABLE
    return OptOut.NONE


def of(pairs: Sequence[Pair], memory: Collection[int] = ()) -> OptOut:
    """Whether a change offers opt-outs, removes them, or neither.

    One offer among hundreds of sentences of a rewritten text is not what the change is about, nor
    is one whose other words changed. An offer whose key is in `memory` has only come back.
    """
    came = gone = reworded = 0
    for pair in _first(pairs):
        before = _offers(pair.before)
        after = _offers(pair.after)
        if after and pair.newest.key in memory:
            continue
        came += after and not before
        gone += before and not after
        reworded += before and after
    weight = came + gone + REWORDED * reworded
    if not weight or len(pairs) > FEW_PAIRS + PAIRS_AN_OFFER * weight:
        return OptOut.NONE
    if came or reworded:
        return OptOut.AVAILABLE
    return OptOut.REMOVED


def _first(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The first pairs, up to MAX_CHARACTERS together."""
    left = MAX_CHARACTERS
    for pair in pairs:
        left -= sum(len(side.text) for side in pair.sides)
        if left < 0:
            break
        yield pair


def _offers(sentence: Sentence | None) -> bool:
    """Whether a sentence offers an opt-out, alone or after the lead of its list."""
    if sentence is None:
        return False
    if offered(sentence.text):
        return True
    return bool(sentence.lead) and offered(f"{sentence.lead} {sentence.text}")


def puts_in_doubt(change: Change) -> bool:
    """Whether our how-to is in doubt: the offer was removed or reworded."""
    if change.opt_out is OptOut.REMOVED:
        return True
    for excerpt in change.telling:
        if excerpt.before != excerpt.after and offered(excerpt.before):
            return True
    return False


def links(changed: Iterable[Sentence], domains: Iterable[str], limit: int = 3) -> tuple[Link, ...]:
    """The links to settings and forms in sentences that offer a choice, on one of the domains."""
    own = tuple(domains)
    found: dict[str, Link] = {}
    for sentence in changed:
        if not offered(sentence.text):
            continue
        for link in sentence.links:
            if belongs(link.url, own) and _DESTINATION.search(f"{link.label} {link.url}"):
                found[link.url] = link
    ranked = sorted(found.values(), key=_is_elsewhere)
    return tuple(ranked[:limit])


def _is_elsewhere(link: Link) -> bool:
    """Whether an address does not look like that of a setting; those that do come first."""
    return "settings" not in link.url and "opt" not in link.url


def belongs(url: str, domains: Iterable[str]) -> bool:
    """Whether an https link is on one of the domains or below, without a user name."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").casefold()
    except ValueError:
        return False
    if parts.scheme != "https":
        return False
    if "@" in parts.netloc or "\\" in url:
        return False
    return within(host, domains)
