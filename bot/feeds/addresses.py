"""Addresses inside a feed, made absolute."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from yarl import URL

from bot.feeds.words import NOTHING

#: Characters of an address.
MAX_ADDRESS = 10_000
#: Characters of a base: every address in a feed is joined to it.
MAX_BASE = 2_000

_NO_SCHEME = re.compile(r"www\.[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", re.I)
_SPACE = re.compile(r"\s")


def joined(base: str, address: str) -> str:
    """An address resolved against `base`, the address of what holds it; "" where it is none."""
    said = address.strip()
    if len(said) > MAX_ADDRESS:
        return ""
    if NOTHING.fullmatch(said) and not said.startswith("/"):
        return ""
    if _NO_SCHEME.match(said):
        said = f"https://{said}"
    try:
        whole = urljoin(base, said)
        # What has spaces or letters of other scripts in it is no link in a chat.
        if whole.isascii() and not _SPACE.search(whole):
            return whole
        return str(URL(whole))
    except ValueError:
        return ""


def based(base: str, address: str) -> str:
    """The base of what is inside an element that declares `address` as its own (xml:base)."""
    if len(address) > MAX_BASE:
        return base
    return joined(base, address) or base
