"""The ids of feed entries: the guid if it is usable, else the link, else a hash of the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from urllib.parse import urlsplit

from bot.feeds.entry import Entry
from bot.feeds.words import NOTHING

#: The most characters of an id. A longer one is hashed, not cut: databases refuse long keys, and
#: two may differ only at their ends.
MAX_ID = 500
#: The prefix of ids that are hashed because they are too long.
LONG = "long:"
#: The prefix of ids that are hashes of an entry's words.
WORDS = "words:"


def identify(entries: Sequence[Entry]) -> list[str]:
    """The ids of a page's entries, in order.

    A guid or a link is an id only if no other entry of the page has it, and the address of a site
    is none; the same entry written twice is one. Ids of up to `MAX_ID` characters are as the feed
    has them.
    """
    distinct = {_whole(entry): entry for entry in entries}.values()
    guids = _counted(_guid(entry) for entry in distinct)
    links = _counted(_link(entry) for entry in distinct)
    return [_id(entry, guids, links) for entry in entries]


def bounded(name: str) -> str:
    """An id that a database accepts as a key: hashed if it is too long, never cut."""
    if len(name) <= MAX_ID:
        return name
    return LONG + _hash(name)


def _id(entry: Entry, guids: Counter[str], links: Counter[str]) -> str:
    guid = _guid(entry)
    if guids[guid] == 1:
        return bounded(guid)
    link = _link(entry)
    if links[link] == 1 and link not in guids:
        return bounded(link)
    return WORDS + _hash(entry.title, _day(entry), entry.html)


def _guid(entry: Entry) -> str:
    """The guid, or "" if it identifies nothing.

    A blank does not, nor does the site's address if the entry has a link of its own.
    """
    guid = entry.id.strip()
    if NOTHING.fullmatch(guid):
        return ""
    if _is_home(guid) and entry.link and not _is_home(entry.link):
        return ""
    return guid


def _link(entry: Entry) -> str:
    link = entry.link.strip()
    return "" if _is_home(link) else link


def _day(entry: Entry) -> str:
    """The date of an entry in the feed, or ""."""
    if not entry.dated:
        return ""
    return entry.when.isoformat()


def _is_home(address: str) -> bool:
    """Whether a URL is a site's home page."""
    if not address.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.query or parts.fragment:
        return False
    return parts.path.strip("/") == ""


def _whole(entry: Entry) -> tuple[str, ...]:
    """A key that is equal for two copies of one entry on a page."""
    return (_guid(entry), entry.link, entry.title, _day(entry))


def _counted(names: Iterable[str]) -> Counter[str]:
    return Counter(name for name in names if name)


def _hash(*words: str) -> str:
    """A hash of words that also depends on where they are divided."""
    digest = blake2b(digest_size=16)
    for word in words:
        written = word.encode("utf-8", "replace")
        digest.update(len(written).to_bytes(8, "big") + written)
    return digest.hexdigest()
