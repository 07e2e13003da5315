"""What an entry of a page is called: its guid where that is one, else its link, else its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from urllib.parse import urlsplit

from bot.feeds.entry import Entry
from bot.feeds.words import NOTHING

#: A longer name, in characters, is hashed: databases refuse it as a key, and two may differ at
#: their ends.
MAX_ID = 500
#: How the names begin that are hashed because they are too long.
LONG = "long:"
#: How the names begin that are made of an entry's words.
WORDS = "words:"


def identify(entries: Sequence[Entry]) -> list[str]:
    """The ids of a page's entries, in their order.

    A guid or a link names an entry only if no other entry of the page has it, and the address of a
    site names none; the same entry written twice is one. Ids of up to `MAX_ID` characters are as
    the feed has them.
    """
    distinct = {_whole(entry): entry for entry in entries}.values()
    guids = _counted(_guid(entry) for entry in distinct)
    links = _counted(_link(entry) for entry in distinct)
    return [_id(entry, guids, links) for entry in entries]


def bounded(name: str) -> str:
    """A name that a database takes as a key: hashed where it is too long, never cut."""
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
    """The guid, or "" where it names nothing.

    Such is a blank, and the address of the site while the entry has one of its own.
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
    """The moment of an entry as the feed has it, or "" where it has none."""
    if not entry.dated:
        return ""
    return entry.when.isoformat()


def _is_home(address: str) -> bool:
    """Whether an address is a site's, not a page's."""
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
    """A key that is the same for an entry that a page holds twice."""
    return (_guid(entry), entry.link, entry.title, _day(entry))


def _counted(names: Iterable[str]) -> Counter[str]:
    return Counter(name for name in names if name)


def _hash(*words: str) -> str:
    """A sum of words, which also differs where they are only divided otherwise."""
    digest = blake2b(digest_size=16)
    for word in words:
        written = word.encode("utf-8", "replace")
        digest.update(len(written).to_bytes(8, "big") + written)
    return digest.hexdigest()
