"""When a source is polled next, whatever its server says about time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.feeds import headers, timing
from bot.feeds.fetch import FetchError, Page
from bot.model import Source, SourceKind

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SENT = ("Date", "Thu, 26 Nov 2026 12:00:00 GMT")


def _fresh(*said: tuple[str, str]) -> timedelta | None:
    return headers.fresh_for(CIMultiDict(said), NOW)


def _control(value: str) -> timedelta | None:
    return _fresh(("Cache-Control", value))


@pytest.mark.parametrize(
    "value",
    [
        "no-cache, max-age=315360000",
        "max-age=315360000, no-cache",
        "NO-STORE,Max-Age=600",
        'no-cache="Set-Cookie", max-age=600',
        "public , no-store",
        "max-age=600 , private,\tno-cache",
    ],
)
def test_no_cache_goes_before_any_age(value: str) -> None:
    assert _control(value) is None
    assert _fresh(("Cache-Control", value), ("Expires", "Fri, 27 Nov 2026 12:00:00 GMT")) is None


def test_no_cache_on_a_line_of_its_own() -> None:
    assert _fresh(("Cache-Control", "max-age=600"), ("cache-control", "no-cache")) is None
    assert _fresh(("Pragma", "no-cache"), ("Expires", "Fri, 27 Nov 2026 12:00:00 GMT")) is None
    assert _fresh(("Pragma", "no-cache"), ("Cache-Control", "max-age=60")) == MINUTE


@pytest.mark.parametrize(
    "value",
    [
        "max-age=60",
        "MAX-AGE=60",
        'public, max-age="60"',
        "max-age = 60",
        "s-maxage=9000, max-age=60",
        "stale-max-age=9, max-age=60, max-age=7200",
        "max-age=soon, max-age=-5, max-age=60",
        "max-age=, max-age=1.5, max-age=60",
        "must-revalidate;max-age=60",
        'x="max-age=9, no-cache", max-age=60',
    ],
)
def test_the_first_age_that_is_one(value: str) -> None:
    assert _control(value) == MINUTE


@pytest.mark.parametrize(
    "value", ["", "max-age", "max-age=-1", "max-age=²", "s-maxage=60", "x-max-age=60", "=;,="]
)
def test_no_age_at_all(value: str) -> None:
    assert _control(value) is None


@pytest.mark.parametrize("value", ["max-age=315360000", "max-age=" + "9" * 4000])
def test_nothing_is_fresh_for_more_than_a_day(value: str) -> None:
    assert _control(value) == DAY


@pytest.mark.parametrize(
    ("age", "left"),
    [
        ("600", 50 * MINUTE),
        ("3600", timedelta()),
        ("99999999", timedelta()),
        ("soon", HOUR),
        ("-5", HOUR),
        ("600, 1", 50 * MINUTE),
    ],
)
def test_the_age_that_it_has_reached_counts(age: str, left: timedelta) -> None:
    assert _fresh(("Cache-Control", "max-age=3600"), ("Age", age)) == left


@pytest.mark.parametrize(
    ("expires", "left"),
    [
        ("Thu, 26 Nov 2026 13:00:00 GMT", HOUR),
        ("Thursday, 26-Nov-26 13:00:00 GMT", HOUR),
        ("Thu Nov 26 13:00:00 2026", HOUR),
        ("Thu, 26 Nov 2026 14:00:00 +0100", HOUR),
        ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta()),
        ("Fri, 31 Dec 2999 23:59:59 GMT", DAY),
        ("0", timedelta()),
        ("-1", timedelta()),
        ("tomorrow", timedelta()),
    ],
)
def test_expires_where_there_is_no_age(expires: str, left: timedelta) -> None:
    assert _fresh(SENT, ("Expires", expires)) == left
    assert _fresh(SENT, ("Expires", expires), ("Cache-Control", "max-age=60")) == MINUTE


def test_expires_is_counted_from_the_servers_own_clock() -> None:
    behind = ("Date", "Sun, 26 Nov 2023 12:00:00 GMT")
    assert _fresh(behind, ("Expires", "Sun, 26 Nov 2023 13:00:00 GMT")) == HOUR
    assert _fresh(("Date", "?"), ("Expires", "Thu, 26 Nov 2026 13:00:00 GMT")) == HOUR
    assert _fresh(SENT, ("Age", "600"), ("Expires", "Thu, 26 Nov 2026 13:00:00 GMT")) == 50 * MINUTE


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 2 * MINUTE),
        (" 120 ", 2 * MINUTE),
        ("120, 120", 2 * MINUTE),
        ("119.2", 2 * MINUTE),
        ("0", timedelta()),
        ("9" * 3000, WEEK),
        ("9" * 30 + ".5", WEEK),
        ("Thu, 26 Nov 2026 13:00:00 GMT", HOUR),
        ("Thursday, 26-Nov-26 13:00:00 GMT", HOUR),
        ("Thu Nov 26 13:00:00 2026", HOUR),
        ("Thu, 26 Nov 2026 13:00:00", HOUR),
        ("Thu, 26 Nov 2026 01:00:00 -1200", HOUR),
        ("26 Nov 2026 13:00 UT", HOUR),
        ("2026-11-26T13:00:00Z", HOUR),
        ("Fri, 31 Dec 2999 23:59:59 GMT", WEEK),
        ("Fri, 31 Dec 9999 23:59:59 -1200", WEEK),
        ("9999-12-31T23:59:59-12:00", WEEK),
        ("Wed, 25 Nov 2026 12:00:00 GMT", timedelta()),
        ("-120", None),
        ("-0.5", None),
        ("soon", None),
        ("1e9", None),
        ("inf", None),
        ("NaN", None),
        ("", None),
        ("Thu, 99 Nov 2026 13:00:00 GMT", None),
        ("Thu, 26 Nov 2026 13:00:00 +99999999999999", None),
        ("Mon, 01 Jan 0001 00:00:00 +1200", timedelta()),
        ("0001-01-01T00:00:00+12:00", None),
        ("1" + " " * 5000, timedelta(seconds=1)),
    ],
)
def test_retry_after_in_every_form(value: str, wait: timedelta | None) -> None:
    assert headers.retry_after(CIMultiDict({"Retry-After": value}), NOW) == wait


@pytest.mark.parametrize("value", ['"a"', 'W/"a"', "unquoted", '"' + "e" * 900 + '"', '"1970"'])
def test_a_validator_is_sent_back_as_it_came(value: str) -> None:
    assert headers.etag(value) == value


@pytest.mark.parametrize(
    "value", ["", '"a\x00b"', '"a\r\nX: y"', '"\x7f"', '"é"', '"\udcff"', '"' + "e" * 8000 + '"']
)
def test_a_validator_that_would_break_a_request_is_dropped(value: str) -> None:
    assert headers.etag(value) == ""
    assert headers.last_modified(value, NOW) == ""


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("Wed, 25 Nov 2026 12:00:00 GMT", True),
        ("then", True),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Thursday, 01-Jan-70 00:00:00 GMT", False),
        ("Wed Dec 31 23:00:00 1969", False),
        ("Tue, 01 Jan 1980 00:00:00 GMT", False),
        ("Mon, 01 Jan 0001 00:00:00 GMT", False),
        ("Wed, 25 Nov 2026 12:00:00 +0000", True),
        ("Thu, 26 Nov 2037 12:00:00 GMT", False),
    ],
)
def test_a_date_that_cannot_be_the_feeds_is_dropped(value: str, kept: bool) -> None:
    assert headers.last_modified(value, NOW) == (value if kept else "")


def _source(every: int = 1800) -> Source:
    return Source("s", SourceKind.NEWS, "https://example.org/", every=every)


@pytest.mark.parametrize(
    ("every", "fresh", "soonest", "latest"),
    [
        (1800, None, 30 * MINUTE, 33 * MINUTE),
        (1800, timedelta(), 30 * MINUTE, 33 * MINUTE),
        (1800, 2 * HOUR, 2 * HOUR, 2.2 * HOUR),
        (1800, 900 * DAY, DAY, DAY),
        (86_400, DAY, DAY, DAY),
        (604_800, HOUR, WEEK, WEEK),
    ],
)
def test_a_healthy_source(
    every: int, fresh: timedelta | None, soonest: timedelta, latest: timedelta
) -> None:
    due = timing.after_answer(_source(every), Page("u", b"", fresh_for=fresh), NOW)
    assert soonest <= due - NOW <= latest


@pytest.mark.parametrize(
    ("status", "failures", "asked", "soonest", "latest"),
    [
        (500, 1, None, 30 * MINUTE, 33 * MINUTE),
        (503, 1, timedelta(), 30 * MINUTE, 33 * MINUTE),
        (500, 3, None, 1.8 * HOUR, 2.2 * HOUR),
        (500, 60, None, DAY, DAY),
        (429, 1, 2 * HOUR, 2 * HOUR, 2 * HOUR),
        (429, 1, 999_999 * DAY, WEEK, WEEK),
        (410, 1, None, 30 * DAY, 30 * DAY),
        (410, 9, MINUTE, 30 * DAY, 30 * DAY),
    ],
)
def test_a_source_that_fails(
    status: int, failures: int, asked: timedelta | None, soonest: timedelta, latest: timedelta
) -> None:
    due = timing.after_failure(_source(), failures, FetchError("x", status, asked), NOW)
    assert soonest <= due - NOW <= latest


WORDS = st.text(max_size=40) | st.sampled_from(
    [
        "no-cache",
        "max-age=",
        "9" * 400,
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "-1",
        "Mon, 01 Jan 0001 00:00:00 +1200",
    ]
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Cache-Control", "Age", "Expires", "Date", "Retry-After", "Pragma"]),
            WORDS,
        )
    ),
    st.integers(1, 10**7),
    st.integers(0, 10**6),
    st.sampled_from([0, 304, 410, 429, 503]),
)
def test_whatever_is_said_it_is_asked_in_time(
    said: list[tuple[str, str]], every: int, failures: int, status: int
) -> None:
    """Never sooner than its own pace, never later than a day, a week, or thirty days."""
    given_, source = CIMultiDict(said), _source(every)
    own = timedelta(seconds=every)
    answered = timing.after_answer(
        source, Page("u", b"", fresh_for=headers.fresh_for(given_, NOW)), NOW
    )
    assert own <= answered - NOW <= max(DAY, own)
    error = FetchError("x", status, headers.retry_after(given_, NOW))
    failed = timing.after_failure(source, failures, error, NOW)
    assert own <= failed - NOW <= max(30 * DAY if status == 410 else WEEK, own)
