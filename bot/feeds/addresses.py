"""Resolving URLs inside a feed to absolute ones."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from yarl import URL

from bot.feeds.words import NOTHING

#: The most characters of a URL.
MAX_ADDRESS = 10_000
#: The most characters of a base URL, which is joined to every URL in a feed.
MAX_BASE = 2_000

_NO_SCHEME = re.compile(r"www\.[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", re.I)
_SPACE = re.compile(r"\s")


def joined(base: str, address: str) -> str:
    """Resolve a URL against `base`, the URL of what contains it; "" if it is invalid."""
    said = address.strip()
    if len(said) > MAX_ADDRESS:
        return ""
    if NOTHING.fullmatch(said) and not said.startswith("/"):
        return ""
    if _NO_SCHEME.match(said):
        said = f"https://{said}"
    try:
        whole = urljoin(base, said)
        # A URL with spaces or non-ASCII letters would not be a link in a chat.
        if whole.isascii() and not _SPACE.search(whole):
            return whole
        return str(URL(whole))
    except ValueError:
        return ""


def based(base: str, address: str) -> str:
    """The base URL inside an element that declares `address` as its own (xml:base)."""
    if len(address) > MAX_BASE:
        return base
    return joined(base, address) or base
