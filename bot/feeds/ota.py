"""The API of Open Terms Archive collections: the Atom feed, and versions of documents.

Source: the engine's `collection-api` (feed.js, versions.js), version 12 and later.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.feeds.entry import Entry
from bot.feeds.identity import bounded
from bot.model import Document, Item, Record, Source
from bot.regions import countries

#: In microseconds. A smaller part is our own mark of the order of versions of one second.
MILLISECOND = 1000
_SCHEME = "tag:opentermsarchive.org,2026:scheme:"
_RECORDS = {"Change": Record.CHANGE, "First record": Record.FIRST}


def feed_url(source: Source, service: str = "", terms_type: str = "") -> str:
    """The URL of the feed of the collection, of one service or of one document in it."""
    url = f"{source.url}feed"
    if service:
        url += f"/{quote(service, safe='')}"
        if terms_type:
            url += f"/{quote(terms_type, safe='')}"
    return url


def services_url(source: Source) -> str:
    """The URL of a collection's list of services."""
    return f"{source.url}services"


def version_url(base: str, document: Document, when: datetime, begun: bool = False) -> str:
    """The URL of the version at a moment, which is the newest version not after it.

    A moment in whole seconds means the end of its second: feeds drop the milliseconds, and a
    version of that second would be missed. With `begun` it means the beginning of that second.
    """
    milliseconds = when.microsecond // MILLISECOND
    if not milliseconds and not begun:
        milliseconds = 999
    stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"
    parts = (document.service, document.terms_type, stamp)
    return f"{base}version/" + "/".join(quote(part, safe="") for part in parts)


def version_by_id_url(base: str, version: str) -> str:
    """The URL of a version by id, with the ids of its neighbours; some collections lack this."""
    return f"{base}version/{quote(version, safe='')}"


def before(when: datetime) -> datetime:
    """A moment just before a version, at which the previous one was still current.

    `when` is as for `version_url`.
    """
    if when.microsecond >= MILLISECOND:
        return when - timedelta(milliseconds=1)
    return when.replace(microsecond=0) - timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Version:
    """A version as a collection returns it.

    `id` and `fetched` (to the second) are its own data; `before` is the id of the previous version,
    None if it is not given, "" for the first. `upgrade` means that the tracker read an unchanged
    page in a new way (a technical upgrade).
    """

    text: str
    id: str = ""
    fetched: datetime | None = None
    before: str | None = None
    upgrade: bool = False

    def may_be(self, when: datetime) -> bool:
        """Whether it can be the version of a moment; one without a date can."""
        if self.fetched is None:
            return True
        return self.fetched.replace(microsecond=0) == when.replace(microsecond=0)


def parsed(body: bytes) -> Any:
    """Parse JSON. Raises ValueError if it is invalid, or nested too deeply."""
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("the answer is nested without end") from error


def version_of(body: bytes) -> Version:
    """Parse a version. Raises ValueError for anything else."""
    answer = parsed(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), str):
        raise ValueError("the answer holds no text")
    return Version(
        text=answer["content"],
        id=str(answer.get("id") or ""),
        fetched=moment(answer.get("fetchDate")),
        before=_earlier(answer.get("links")),
        upgrade=answer.get("isTechnicalUpgrade") is True,
    )


def _earlier(links: Any) -> str | None:
    """The id of the previous version, "" for the first, None if the answer does not say."""
    if not isinstance(links, dict) or "prev" not in links:
        return None
    return str(links["prev"] or "")


def has_engine_id(version: str) -> bool:
    """Whether an id has the form of a version's: a Git commit, or a MongoDB object id."""
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{24}", version) is not None


def services_of(body: bytes) -> list[str]:
    """Parse the ids of a collection's services. Raises ValueError for anything else."""
    answer = parsed(body)
    if not isinstance(answer, list):
        raise ValueError("the answer holds no services")
    found = []
    for entry in answer:
        service = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(service, str) and service:
            found.append(service)
    return found


def is_collection(body: bytes) -> bool:
    """Whether an answer is a collection's `metadata`."""
    try:
        said = parsed(body)
    except ValueError:
        return False
    if not isinstance(said, dict):
        return False
    return not said.keys().isdisjoint({"id", "name", "jurisdictions", "languages"})


def moment(said: object) -> datetime | None:
    """Parse a date or moment in ISO 8601, as UTC; None for anything else."""
    if not isinstance(said, str):
        return None
    try:
        found = datetime.fromisoformat(said)
        if found.tzinfo is None:
            return found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def items(source: Source, entries: list[Entry]) -> list[Item]:
    """The items of entries that record versions; entries without its categories are left out."""
    found = (_item(source, entry) for entry in entries)
    return [item for item in found if item is not None]


def _item(source: Source, entry: Entry) -> Item | None:
    said = {scheme.removeprefix(_SCHEME): term for scheme, term in entry.categories.items()}
    service = said.get("service")
    terms_type = said.get("terms-type")
    if not service or not terms_type or not entry.id:
        return None
    version = bounded(entry.id.rsplit(":", 1)[-1])
    link = entry.link
    if source.github:
        link = f"https://github.com/{source.github}/commit/{version}"
    return Item(
        uid=f"commit:{version}",
        source=source.id,
        record=_RECORDS.get(said.get("record-type", "Change"), Record.UPGRADE),
        when=entry.when,
        title=entry.title,
        link=link,
        document=Document(source.id, service, terms_type),
    )


def edition_of(body: bytes) -> tuple[frozenset[str], str]:
    """The countries and the language that a collection's `metadata` states.

    No countries, and English, if it cannot be parsed.
    """
    try:
        said = parsed(body)
        places = said.get("jurisdictions") or []
        languages = said.get("languages") or ["en"]
    except (ValueError, AttributeError):
        return frozenset(), "en"
    known = [countries(code) for code in places if isinstance(code, str)]
    return frozenset().union(*known), str(languages[0])
