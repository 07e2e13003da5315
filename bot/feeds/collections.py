"""Collections' APIs: their metadata, the documents they list or cannot read; and the list of them.

Sources: the engine's `collection-api` (metadata.js, services.js, tracking-results.js) and
opentermsarchive.org/collections.json. None of it is trusted, as it comes over plain HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.guard import is_public
from bot.feeds.ota import moment, parsed
from bot.naming import fold

#: A collection that lists more documents is not believed; the largest has about 900.
MOST_DOCUMENTS = 5_000
#: The number of results in a page of tracking results.
PER_PAGE = 500
#: The most pages of tracking results that are read.
PAGES = 10
#: The most characters of a name or an address.
LONGEST = 200
#: The most collections of the published list that are read.
MOST_COLLECTIONS = 500
#: The most bytes of a JSON answer; parsing it blocks everything else for a moment.
MAX_JSON_BYTES = 2**20

_NOT_IN_ADDRESSES = re.compile(r"[\s?#]")


class Place(NamedTuple):
    """A document inside a collection: the service's name there, and the terms type."""

    folder: str
    terms_type: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of a collection at one check.

    `failed` are the documents that it cannot read, each with since when; `run_at` is the end of its
    last tracking run. Older engines give neither.
    """

    identity: str
    listed: frozenset[Place]
    ended: datetime | None = None
    failed: Mapping[Place, datetime] = field(default_factory=dict)
    run_at: datetime | None = None


async def ask(fetcher: Fetcher, base: str, now: datetime) -> Seen:
    """Check a collection. Raises FetchError if it does not answer, or not as a collection."""
    said = await metadata(fetcher, base)
    listed = listed_in(await _got(fetcher, f"{base}services"))
    seen = Seen(str(said["id"]), listed, ended(said, now))
    try:
        run = _of(await _got(fetcher, f"{base}tracking-results/run"), "lastRun")
        run_at = moment(_of(run, "endDate"))
        if run_at is None:
            return seen
        failed = await _failed(fetcher, base)
    except FetchError:
        return seen
    return replace(seen, failed=failed, run_at=run_at)


async def metadata(fetcher: Fetcher, base: str, as_written: bool = False) -> Mapping[str, Any]:
    """A collection's metadata, which has an `id`. Raises FetchError for anything else."""
    page = await fetcher.get(f"{base}metadata", as_written=as_written)
    said = _json(page.body or b"")
    if not isinstance(said, dict) or not _name(said.get("id")):
        raise FetchError("it does not answer as a collection")
    return said


def listed_in(answer: Any) -> frozenset[Place]:
    """The documents of a `services` answer.

    Raises FetchError if it is invalid, empty or too long.
    """
    rows = answer if isinstance(answer, list) else []
    found = {place for row in rows for place in _places_of(row)}
    if not found or len(found) > MOST_DOCUMENTS:
        raise FetchError("its list of services cannot be used")
    return frozenset(found)


def _places_of(row: Any) -> Iterator[Place]:
    """The documents of one service in a `services` answer."""
    service = _name(_of(row, "id"))
    terms = _of(row, "terms")
    if not service or not isinstance(terms, list):
        return
    for each in terms:
        terms_type = _name(_of(each, "type"))
        if terms_type:
            yield Place(service, terms_type)


def ended(said: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a collection ended for good, by its tracking periods; None while one is open."""
    periods = said.get("trackingPeriods")
    if not isinstance(periods, list) or not periods:
        return None
    ends: list[datetime] = []
    for period in periods:
        end = moment(_of(period, "endDate"))
        if end is None:
            return None
        ends.append(end)
    last = max(ends)
    return last if last + timedelta(days=1) < now else None


def addresses_in(body: bytes, allow_private: bool = False) -> dict[str, str]:
    """The published list: collections' URLs, which end with /, by id.

    Invalid URLs are left out. Raises FetchError if it is not a list.
    """
    rows = _json(body)
    if not isinstance(rows, list):
        raise FetchError("it is no list of collections")
    found: dict[str, str] = {}
    for row in rows[:MOST_COLLECTIONS]:
        # The older form of the list has no ids: the name replaces it; the collection itself is
        # asked.
        name = _name(_of(row, "id")) or fold(_name(_of(row, "name")), "-")
        address = _address(_of(row, "endpoint"), allow_private)
        if name and address:
            found.setdefault(name, address)
    return found


def _address(said: Any, allow_private: bool) -> str:
    """A URL that may be requested, or ""."""
    written = _text(said)
    if not written or _NOT_IN_ADDRESSES.search(written):
        return ""
    try:
        may_be_asked = _may_be_asked(urlsplit(written), allow_private)
    except ValueError:
        return ""
    if not may_be_asked:
        return ""
    return written if written.endswith("/") else f"{written}/"


def _may_be_asked(parts: SplitResult, allow_private: bool) -> bool:
    """Whether it is a web URL. Raises ValueError if its host or port is invalid."""
    host = parts.hostname
    _port = parts.port
    if not host or "@" in parts.netloc:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return allow_private or _public(host)


def _public(host: str) -> bool:
    """Whether a host can be public. Names are checked by the guard when they are requested."""
    try:
        return is_public(host)
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))


async def _failed(fetcher: Fetcher, base: str) -> dict[Place, datetime]:
    found: dict[Place, datetime] = {}
    for page in range(PAGES):
        asked = f"{base}tracking-results?status=failed&limit={PER_PAGE}&offset={page * PER_PAGE}"
        rows = _of(await _got(fetcher, asked), "data")
        if not isinstance(rows, list):
            raise FetchError("its tracking results cannot be read")
        found |= dict(_failures(rows))
        if len(rows) < PER_PAGE:
            break
    return found


def _failures(rows: list[Any]) -> Iterator[tuple[Place, datetime]]:
    """The documents that a page of results reports as unreadable, and since when."""
    for row in rows:
        if _of(row, "status") != "failed":
            continue
        place = Place(_name(_of(row, "serviceId")), _name(_of(row, "termsType")))
        since = moment(_of(_of(row, "event"), "date"))
        if all(place) and since:
            yield place, since


async def _got(fetcher: Fetcher, url: str) -> Any:
    page = await fetcher.get(url)
    return _json(page.body or b"")


def _json(body: bytes) -> Any:
    if len(body) > MAX_JSON_BYTES:
        raise FetchError("its answer is too long")
    try:
        return parsed(body)
    except ValueError as error:
        raise FetchError("its answer cannot be read") from error


def _of(value: Any, name: str) -> Any:
    """A field of a JSON object; None if it is missing, or the value is not an object."""
    if isinstance(value, dict):
        return value.get(name)
    return None


def _name(value: Any) -> str:
    """A name that can be stored in a key unambiguously, or ""."""
    name = _text(value)
    if not name.isprintable() or "/" in name:
        return ""
    return name


def _text(value: Any) -> str:
    """A text that is neither empty nor too long, or ""."""
    if isinstance(value, str) and 0 < len(value) <= LONGEST:
        return value
    return ""
