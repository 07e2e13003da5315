"""Parsing response headers about time, caching and versions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from multidict import CIMultiDict, CIMultiDictProxy

Headers = CIMultiDict[str] | CIMultiDictProxy[str]

#: The longest time for which an answer counts as fresh, whatever its server says.
FRESHEST = timedelta(days=1)
#: The longest time that we wait for a server, whatever it says.
LONGEST_WAIT = timedelta(days=7)
#: The most digits of a number that means a time; Python does not even parse thousands of digits.
MAX_DIGITS = 12
#: The value of a longer number.
_ENDLESS: int = 10**MAX_DIGITS
#: The most characters of a date, in any format.
MAX_DATE = 64
#: The most characters of a validator; a longer one is not sent back, as it would fill the request.
MAX_VALIDATOR = 1_000
#: The oldest plausible date; servers without a date of their own say 1970, or 1980.
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
#: The most by which clocks differ.
SKEW = timedelta(days=1)

#: A directive with its value, if any: `no-cache`, `max-age=60`, `max-age = "60"`.
_DIRECTIVE = re.compile(r"""([^\s,;="]+)(?:\s*=\s*("[^"]*"|[^\s,;"]*))?""")
#: A year such as 0001, which some programs write for "never" and email.utils reads as 2001.
_ANCIENT = re.compile(r"(?<!\S)0\d{3}(?!\d)")
#: The headers that say how long an answer is fresh.
_SAYING = ("Cache-Control", "Expires", "Pragma")
_SECONDS = re.compile(r"(\d+)(?:\.\d*)?", re.ASCII)


def fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """How long the answer is fresh, up to a day; None if the server does not say.

    As in RFC 9111: no-cache and no-store precede max-age, max-age precedes Expires, and the time
    that the answer has spent in caches is deducted.
    """
    if not any(name in headers for name in _SAYING):
        return None
    said = list(_directives(headers))
    if _forbids_caching(headers, said):
        return None
    lifetime = _max_age(said)
    if lifetime is None:
        lifetime = _until_expiry(headers, now)
    if lifetime is None:
        return None
    age = timedelta(seconds=_whole(_first(headers, "Age")) or 0)
    return min(max(lifetime - age, timedelta()), FRESHEST)


def _forbids_caching(headers: Headers, said: list[tuple[str, str]]) -> bool:
    """Whether caching is forbidden; Pragma counts only if there is no Cache-Control."""
    if not said:
        return "no-cache" in _pragma(headers)
    return any(name in ("no-cache", "no-store") for name, _value in said)


def retry_after(headers: Headers, now: datetime) -> timedelta | None:
    """How long a refusal asks us to wait, up to a week; None if it does not say.

    By Retry-After in either form, or by GitHub's x-ratelimit-reset if its rate limit is used up.
    """
    value = headers.get("Retry-After", "").strip()
    if not value and headers.get("X-RateLimit-Remaining") == "0":
        return _until_reset(headers.get("X-RateLimit-Reset", ""), now)
    seconds = _seconds(value.partition(",")[0].strip())
    if seconds is not None:
        return min(timedelta(seconds=seconds), LONGEST_WAIT)
    until = date_of(value)
    if until is None:
        return None
    return min(max(until - now, timedelta()), LONGEST_WAIT)


def etag(value: str) -> str:
    """An ETag that can be stored and sent back, or "" if it would break a request."""
    if len(value) > MAX_VALIDATOR:
        return ""
    if not (value.isascii() and value.isprintable()):
        return ""
    return value.strip()


def last_modified(value: str, now: datetime) -> str:
    """A Last-Modified that can be stored and sent back, or "".

    A server that dates everything 1970, or next year, would answer 304 for ever.
    """
    if not value:
        return ""
    dated = date_of(value)
    if _ANCIENT.search(value):
        return ""
    if dated is not None and not OLDEST <= dated <= now + SKEW:
        return ""
    return etag(value)


def date_of(text: str) -> datetime | None:
    """Parse one of HTTP's three date formats, or ISO 8601, as UTC; None for anything else.

    A date without a zone is UTC.
    """
    if not text or len(text) > MAX_DATE:
        return None
    found = _read_date(text.strip())
    if found is None:
        return None
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:  # the last hours of the last year in its own zone are later in ours
        return datetime.max.replace(tzinfo=UTC) if found.year > 1 else None


@lru_cache(maxsize=1024)
def _read_date(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(text)
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
    return None


def _directives(headers: Headers) -> Iterator[tuple[str, str]]:
    for line in headers.getall("Cache-Control", ()):
        for name, value in _DIRECTIVE.findall(line):
            yield name.lower(), value.strip('"').strip()


def _pragma(headers: Headers) -> str:
    return ",".join(headers.getall("Pragma", ())).lower()


def _max_age(said: list[tuple[str, str]]) -> timedelta | None:
    """The first max-age that is a number, or None."""
    for name, value in said:
        if name == "max-age":
            seconds = _whole(value)
            if seconds is not None:
                return timedelta(seconds=seconds)
    return None


def _until_expiry(headers: Headers, now: datetime) -> timedelta | None:
    """The time until Expires, by the server's own clock; an invalid date means expired."""
    if "Expires" not in headers:
        return None
    expires = date_of(headers["Expires"])
    if expires is None:
        return timedelta()
    sent = date_of(headers.get("Date", "")) or now
    return max(expires - sent, timedelta())


def _until_reset(value: str, now: datetime) -> timedelta | None:
    reset = _whole(value)
    if reset is None:
        return None
    return timedelta(seconds=min(max(reset - int(now.timestamp()), 1), 86_400))


def _first(headers: Headers, name: str) -> str:
    """The first of several values that a proxy may have joined."""
    return headers.get(name, "").partition(",")[0].strip()


def _seconds(text: str) -> int | None:
    """A number of seconds, rounded up, or None."""
    match = _SECONDS.fullmatch(text)
    if match is None:
        return None
    whole = _whole(match[1])
    if whole is None or whole >= _ENDLESS:
        return whole
    return math.ceil(float(text))


def _whole(text: str) -> int | None:
    """A number in ASCII digits, or None; a longer one than `MAX_DIGITS` becomes `_ENDLESS`."""
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) > MAX_DIGITS:
        return _ENDLESS
    return int(text)
