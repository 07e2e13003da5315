"""What a collection says of itself: who it is, what it lists and cannot read; and their list.

Sources: the engine's `collection-api` (metadata.js, services.js, tracking-results.js) and
opentermsarchive.org/collections.json. Nothing of it is trusted: it comes over plain HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bot.feeds.fetch import Fetcher, FetchError
from bot.feeds.guard import is_public
from bot.feeds.ota import moment, parsed
from bot.naming import fold

#: A collection that lists more documents than this is not believed; the largest has some 900.
MOST_DOCUMENTS = 5_000
#: Results a page, and pages that are read of them.
PER_PAGE, PAGES = 500, 10
#: Names are not longer than this, addresses neither.
LONGEST = 200
MOST_COLLECTIONS = 500


class Place(NamedTuple):
    """A document inside a collection: the service's name there, and the terms type."""

    folder: str
    terms_type: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a collection said at one look. `failed` are the documents that it cannot read, since
    when; `run_at` is the end of its last tracking run. Older engines say neither."""

    identity: str
    listed: frozenset[Place]
    ended: datetime | None = None
    failed: Mapping[Place, datetime] = field(default_factory=dict)
    run_at: datetime | None = None


async def ask(fetcher: Fetcher, base: str, now: datetime) -> Seen:
    """Look at a collection. Raises FetchError where it does not answer, or not as one."""
    said = await metadata(fetcher, base)
    listed = listed_in(await _got(fetcher, f"{base}services"))
    try:
        run_at = moment(
            _of(_of(await _got(fetcher, f"{base}tracking-results/run"), "lastRun"), "endDate")
        )
        failed = await _failed(fetcher, base) if run_at else {}
    except FetchError:
        return Seen(str(said["id"]), listed, ended(said, now))
    return Seen(str(said["id"]), listed, ended(said, now), failed, run_at)


async def metadata(fetcher: Fetcher, base: str, as_written: bool = False) -> Mapping[str, Any]:
    """A collection's word on itself, which has an `id`. Raises FetchError for anything else."""
    page = await fetcher.get(f"{base}metadata", as_written=as_written)
    said = _json(page.body or b"")
    if not isinstance(said, dict) or not _name(said.get("id")):
        raise FetchError("it does not answer as a collection")
    return said


def listed_in(answer: Any) -> frozenset[Place]:
    """The documents of a `services` answer. Raises FetchError where it is none, empty or too long."""
    rows = answer if isinstance(answer, list) else []
    found = {
        Place(row["id"], terms["type"])
        for row in rows
        if isinstance(row, dict) and _name(row.get("id")) and isinstance(row.get("terms"), list)
        for terms in row["terms"]
        if isinstance(terms, dict) and _name(terms.get("type"))
    }
    if not found or len(found) > MOST_DOCUMENTS:
        raise FetchError("its list of services cannot be used")
    return frozenset(found)


def ended(said: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a collection stopped for good, by its tracking periods; None while one of them is open."""
    periods = said.get("trackingPeriods")
    if not isinstance(periods, list) or not periods:
        return None
    ends = [moment(_of(period, "endDate")) for period in periods]
    last = max((end for end in ends if end), default=None)
    over = None not in ends and last is not None and last + timedelta(days=1) < now
    return last if over else None


def addresses_in(body: bytes, allow_private: bool = False) -> dict[str, str]:
    """Where the published list has each collection: its id, and an address that ends with /.

    What cannot be an address of a collection is left out. Raises FetchError where it is no list.
    """
    rows = _json(body)
    if not isinstance(rows, list):
        raise FetchError("it is no list of collections")
    found: dict[str, str] = {}
    for row in rows[:MOST_COLLECTIONS]:
        # The older form of the list has no ids: the name stands for it; the collection is asked.
        name = _name(_of(row, "id")) or fold(_name(_of(row, "name")), "-")
        address = _address(_of(row, "endpoint"), allow_private)
        if name and address:
            found.setdefault(name, address)
    return found


def _address(said: Any, allow_private: bool) -> str:
    """An address as it may be asked, or ""."""
    if not _text(said) or any(letter.isspace() or letter in "?#" for letter in said):
        return ""
    try:
        parts = urlsplit(said)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    if not allow_private and not _public(host):
        return ""
    return said if said.endswith("/") else f"{said}/"


def _public(host: str) -> bool:
    """Whether a host can be in the open. Names are checked by the guard, when they are asked."""
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
        for row in rows:
            found |= _failure(row)
        if len(rows) < PER_PAGE:
            break
    return found


def _failure(row: Any) -> dict[Place, datetime]:
    place = Place(_name(_of(row, "serviceId")), _name(_of(row, "termsType")))
    since = moment(_of(_of(row, "event"), "date"))
    return {place: since} if all(place) and since and _of(row, "status") == "failed" else {}


async def _got(fetcher: Fetcher, url: str) -> Any:
    return _json((await fetcher.get(url)).body or b"")


#: What a collection says of itself, in bytes; reading it stops everything else for a moment.
MAX_JSON = 2**20


def _json(body: bytes) -> Any:
    if len(body) > MAX_JSON:
        raise FetchError("its answer is too long")
    try:
        return parsed(body)
    except ValueError as error:
        raise FetchError("its answer cannot be read") from error


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _name(value: Any) -> str:
    """A name that can be kept: no other one looks the same in a key, and databases take it."""
    name = _text(value)
    return name if name.isprintable() and "/" not in name else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST else ""
