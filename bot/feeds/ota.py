"""An Open Terms Archive collection: its Atom feed and the texts behind it.

Source: the engine's `collection-api` (feed.js, versions.js), version 12 and later.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.feeds.identity import bounded
from bot.feeds.syndication import Entry
from bot.model import Document, Item, Record, Source
from bot.understand.regions import countries

_SCHEME = "tag:opentermsarchive.org,2026:scheme:"
_RECORDS = {"Change": Record.CHANGE, "First record": Record.FIRST}


def feed_url(source: Source, service: str = "") -> str:
    """The feed of the collection, or of one service in it (used where the page missed entries)."""
    return f"{source.url}feed" + (f"/{quote(service, safe='')}" if service else "")


def version_url(base: str, document: Document, when: datetime) -> str:
    """The text that stood at a moment; the answer is the newest version not after it."""
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = (document.service, document.terms_type, stamp)
    return f"{base}version/" + "/".join(quote(part, safe="") for part in parts)


def before(when: datetime) -> datetime:
    """The moment at which the version before this one still stood."""
    return when - timedelta(seconds=1)


def text_of(body: bytes) -> str:
    """The Markdown of a version answer. Raises ValueError where it is something else."""
    answer = json.loads(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), str):
        raise ValueError("the answer holds no text")
    return str(answer["content"])


def items(source: Source, entries: list[Entry]) -> list[Item]:
    """Records of versions; an entry without the engine's categories is not one and is left out."""
    return [item for entry in entries if (item := _item(source, entry)) is not None]


def _item(source: Source, entry: Entry) -> Item | None:
    said = {scheme.removeprefix(_SCHEME): term for scheme, term in entry.categories.items()}
    service, terms_type = said.get("service"), said.get("terms-type")
    if not service or not terms_type or not entry.id:
        return None
    version = bounded(entry.id.rsplit(":", 1)[-1])
    link = f"https://github.com/{source.github}/commit/{version}" if source.github else entry.link
    record = _RECORDS.get(said.get("record-type", "Change"), Record.UPGRADE)
    document = Document(source.id, service, terms_type)
    return Item(f"commit:{version}", source.id, record, entry.when, entry.title, link, document)


def edition_of(body: bytes) -> tuple[frozenset[str], str]:
    """The countries and the language that a collection's `metadata` states; nothing where it is unreadable."""
    try:
        said = json.loads(body)
        places, languages = said.get("jurisdictions") or [], said.get("languages") or ["en"]
    except (ValueError, AttributeError):
        return frozenset(), "en"
    known = [countries(code) for code in places if isinstance(code, str)]
    return frozenset().union(*known), str(languages[0])
