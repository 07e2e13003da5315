"""Opt-outs: whether a change offers one or takes it away, and the links that lead there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bot.model import Change, Link
from bot.naming import within
from bot.understand.text import Sentence
from bot.verdicts import OptOut

_OFFER = re.compile(
    r"\bopt(?:s|ing)?[ -]?out\b|\b(?:right to object|object to|withdraw (?:your )?consent|"
    r"turn (?:it|this) off)\b"
    r"|\bcan (?:choose not|decline|disable|turn off|switch off)\b|\bwidersprechen\b|\bWiderspruch\b"
    r"|\bs[’']opposer\b|\bopposition\b|\bopporsi\b|\boponerse\b|\bbezwaar\b|\bsprzeciw\w*\b",
    re.I,
)
_DESTINATION = re.compile(
    r"settings?|opt[- ]?out|preferences|privacy|object|form|choices|controls", re.I
)
_DENIED = re.compile(
    r"\b(?:cannot|can't|may not|no longer|unable to|not able to)\b.{0,40}\bopt[ -]?out\b", re.I
)


def offered(text: str) -> bool:
    """Whether a text offers an opt-out: that one can say no."""
    if not _OFFER.search(text):
        return False
    return not _DENIED.search(text)


def in_text(text: str) -> OptOut:
    """What a memo or an article says of an opt-out: that there is one, or nothing."""
    if offered(text):
        return OptOut.AVAILABLE
    return OptOut.NONE


def of(added: Iterable[Sentence], removed: Iterable[Sentence], still: str) -> OptOut:
    """What a change does to an opt-out: offers it, removes it, or neither.

    `still` is the text as it is now: an offer that was reworded or moved stands in it, and was not
    removed.
    """
    if any(offered(sentence.text) for sentence in added):
        return OptOut.AVAILABLE
    if not any(offered(sentence.text) for sentence in removed):
        return OptOut.NONE
    stands = any(map(offered, still.splitlines()))
    if stands:
        return OptOut.NONE
    return OptOut.REMOVED


def puts_in_doubt(change: Change) -> bool:
    """Whether what we know of an opt-out is in doubt: the offer was taken away or reworded."""
    if change.opt_out is OptOut.REMOVED:
        return True
    for excerpt in change.excerpts:
        if excerpt.before != excerpt.after and offered(excerpt.before):
            return True
    return False


def links(changed: Iterable[Sentence], domains: Iterable[str], limit: int = 3) -> tuple[Link, ...]:
    """Links to settings and forms in sentences that offer a choice, on the service's domains."""
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
    """Whether an address does not look like that of a setting; those that do go first."""
    return "settings" not in link.url and "opt" not in link.url


def belongs(url: str, domains: Iterable[str]) -> bool:
    """Whether an https link points to one of the domains or below, with no user name in front."""
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
