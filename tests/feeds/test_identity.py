"""Identity of feed entries: names, renamed entries, and newer texts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot import feeds
from bot.catalogue.names import Names
from bot.feeds.entry import Entry
from bot.feeds.fetch import Fetcher, Page
from bot.feeds.identity import MAX_ID, identify
from bot.jobs.interpret import Interpreter
from bot.jobs.resources import Resources
from bot.model import Address, Cursor, Document, Item, Record, Source, SourceKind, Subscription
from bot.states import ItemState
from bot.store import Store, sightings, tables
from bot.understand.marks import marks_of, seen_in
from bot.understand.sightings import AT_ONCE, IN_A_ROW
from tests.conftest import Clock
from tests.store.test_migrations import at_revision

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
DAY = datetime(2026, 10, 27, 8, 30, tzinfo=UTC)
NEWS = Source("news", SourceKind.NEWS, "https://example.org/feed")
MEMOS = Source("memos", SourceKind.MEMOS, "https://example.org/memos")
TEXT = "LinkedIn changes its privacy policy: it trains AI models with your data unless you opt out."
NEWER = (
    "LinkedIn privacy policy: from 1 December 2026 we sell your data to advertisers"
    " unless you opt out."
)
EVER = datetime(9998, 1, 1, tzinfo=UTC)


def rss(entries: Iterable[dict[str, Any]]) -> bytes:
    """A feed of entries; each has only the elements that are given."""
    made = []
    for entry in entries:
        said = "".join(
            f"<{name}>{escape(_written(value))}</{name}>" for name, value in entry.items()
        )
        made.append(f"<item>{said}</item>")
    return f"<rss version='2.0'><channel><title>t</title>{''.join(made)}</channel></rss>".encode()


def _written(value: Any) -> str:
    return format_datetime(value) if isinstance(value, datetime) else str(value)


def post(number: int, **changed: Any) -> dict[str, Any]:
    """An entry as most feeds have it; None takes an element away."""
    usual = {
        "guid": f"https://example.org/post/{number}",
        "link": f"https://example.org/post/{number}",
        "title": f"LinkedIn rewrites its terms, part {number}",
        "pubDate": DAY - timedelta(days=number),
        "description": f"{TEXT} ({'abcdefghijklmnopqrstuvwxyz'[number % 26]})",
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


class Feed:
    """A feed that is kept as a poller keeps it."""

    def __init__(self, store: Store, source: Source = NEWS, learned: bool = False) -> None:
        self.store, self.source, self.now = store, source, START
        self.cursor = Cursor(learned=learned)
        store.sources.due([source.id], START)

    def shows(self, *entries: dict[str, Any], hours: float = 2) -> list[str]:
        """The titles that are news, once the feed shows these entries."""
        self.now += timedelta(hours=hours)
        return self.gives(feeds.read(self.source, Page("", rss(entries)), self.now).items)

    def gives(self, items: list[Item]) -> list[str]:
        before = {due.item.uid for due in self.waiting()}
        self.store.items.keep(self.source.id, items, self.cursor, self.now, self.now)
        [asked] = self.store.sources.due([self.source.id], EVER)
        self.cursor = asked.cursor
        return [due.item.title for due in self.waiting() if due.item.uid not in before]

    def waiting(self) -> list[Any]:
        return self.store.items.due(EVER, 10_000)

    def count(self) -> int:
        with self.store.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM item")
            return int(rows.scalar_one())


@pytest.fixture
def feed(store: Store) -> Feed:
    return Feed(store)


@pytest.fixture
def everywhere(both: Store) -> Feed:
    """A feed on each of the two databases."""
    return Feed(both)


# -- what an entry is called


def entry(id: str = "", link: str = "", title: str = "T", html: str = "", **more: Any) -> Entry:
    return Entry(id, title, link, DAY, html, {}, **more)


BLANK = [
    "",
    "  ",
    "N/A",
    "n/a",
    "0",
    "-",
    "null",
    "None",
    "undefined",
    "00000000-0000-0000-0000-000000000000",
    "—",
]


@pytest.mark.parametrize("guid", BLANK)
def test_a_blank_is_no_guid(guid: str) -> None:
    assert identify([entry(guid, "https://e.org/a")]) == ["https://e.org/a"]


@pytest.mark.parametrize("guid", ["https://e.org/", "https://e.org", "http://www.e.org/"])
def test_the_address_of_the_site_is_no_guid(guid: str) -> None:
    assert identify([entry(guid, "https://e.org/a")]) == ["https://e.org/a"]
    assert identify([entry(guid, guid)]) == [guid], "it is all there is"


@pytest.mark.parametrize(
    "guid", ["1", "news-1", "tag:e.org,2026:1", "https://e.org/?p=1", "N/A-7", "x" * MAX_ID]
)
def test_an_id_that_is_fine_stays_as_it_is(guid: str) -> None:
    assert identify([entry(guid, "https://e.org/a"), entry("other", "https://e.org/a")])[0] == guid


def test_what_several_entries_share_names_none_of_them() -> None:
    one, two = entry("same", "https://e.org/a"), entry("same", "https://e.org/b")
    assert identify([one, two]) == ["https://e.org/a", "https://e.org/b"]
    assert identify([one, one]) == ["same", "same"], "one entry that stands there twice"
    home = [entry("same", "https://e.org/", title) for title in ("A", "B")]
    assert len(set(identify(home))) == 2
    assert identify(home) == identify(home[::-1])[::-1]


def test_what_is_too_long_is_hashed() -> None:
    ids = identify([entry("x" * 5_000 + end, "") for end in "abc"])
    assert len(set(ids)) == 3
    assert all(len(name) <= MAX_ID for name in ids)
    links = identify([entry("", "https://e.org/?q=" + "y" * 900 + end) for end in "abc"])
    assert len(set(links)) == 3


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "N/A", "a", "b", "z" * 600]),
            st.sampled_from(["", "https://e.org/", "https://e.org/1"]),
            st.text(max_size=3),
        )
    )
)
def test_ids_tell_entries_apart_in_any_order(made: list[tuple[str, str, str]]) -> None:
    page = [entry(guid, link, title) for guid, link, title in made]
    ids = identify(page)
    assert len(ids) == len(page)
    assert all(0 < len(name) <= MAX_ID for name in ids)
    assert ids == identify(page[::-1])[::-1]
    titles: dict[str, set[str]] = {}
    for name, each in zip(ids, page, strict=True):
        titles.setdefault(name, set()).add(each.title)
    assert all(len(said) == 1 for said in titles.values()), "other words, other ids"


# -- what is new


NO_GUIDS = {
    "the site's address": {"guid": "https://example.org/"},
    "N/A": {"guid": "N/A"},
    "empty": {"guid": ""},
    "none": {"guid": None},
    "zero": {"guid": "0"},
    "one word": {"guid": "article"},
    "long ones": {"guid": "https://example.org/find?q=" + "a" * 600},
}


@pytest.mark.parametrize("changed", NO_GUIDS.values(), ids=NO_GUIDS.keys())
def test_a_new_entry_among_useless_guids_is_news(feed: Feed, changed: dict[str, Any]) -> None:
    assert feed.shows(*(post(n, **changed) for n in (2, 3, 4))) == []
    assert feed.shows(*(post(n, **changed) for n in (1, 2, 3, 4))) == [post(1)["title"]]
    assert feed.shows(*(post(n, **changed) for n in (4, 2, 1))) == []
    assert feed.shows(post(1, **changed)) == []


def test_a_page_of_one_that_grows_keeps_its_ids(feed: Feed) -> None:
    one, two = post(2, guid="news"), post(1, guid="news")
    feed.shows(one)
    assert feed.shows(two, one) == [two["title"]]
    assert feed.shows(two, one) == []


def test_long_ids_that_differ_at_their_end(feed: Feed) -> None:
    guid = "https://example.org/find?q=" + "a" * 600
    feed.shows(post(2, guid=f"{guid}2", link=None))
    assert (
        len(feed.shows(post(1, guid=f"{guid}1", link=None), post(2, guid=f"{guid}2", link=None)))
        == 1
    )


HOME = {"guid": None, "link": "https://example.org/"}
DISTINCT = {
    "query ids of one path": [
        post(
            1,
            guid=f"g{n}",
            link=f"https://example.org/news?id={n}",
            pubDate=DAY,
            title=f"Notice {n}",
        )
        for n in (7, 8, 9)
    ],
    "?p= of one path": [
        post(n, guid=None, link=f"https://example.org/?p={n}", pubDate=DAY) for n in (1, 2, 3)
    ],
    "a story by its sid": [
        post(n, guid=None, link=f"https://example.org/a.php?sid={n}") for n in (1, 2, 3)
    ],
    "one title every week": [
        post(n, guid=f"week-{n}", title="This week in privacy", pubDate=DAY - timedelta(days=7 * n))
        for n in (1, 2, 3)
    ],
    "one title every week, no links": [
        post(
            n,
            guid=None,
            link=None,
            title="This week in privacy",
            pubDate=DAY - timedelta(days=7 * n),
        )
        for n in (1, 2, 3)
    ],
    "the home page is every link": [post(n, **HOME) for n in (1, 2, 3)],
    "home page, one title": [post(n, **HOME, title="News") for n in (1, 2, 3)],
    "home page, no dates": [post(n, **HOME, pubDate=None) for n in (1, 2, 3)],
    "one link of its own for all": [
        post(n, link="https://example.org/blog", guid=f"b{n}") for n in (1, 2, 3)
    ],
    "anchors of one page": [
        post(n, guid=None, link=f"https://example.org/changes#v{n}") for n in (1, 2, 3)
    ],
    "pages behind the number sign": [
        post(n, guid=None, link=f"https://example.org/#!/news/{n}") for n in (1, 2, 3)
    ],
    "no titles": [post(n, title=None) for n in (1, 2, 3)],
    "one path on several sites": [
        post(n, guid=f"s{n}", link=f"https://s{n}.example.org/privacy", pubDate=DAY)
        for n in (1, 2, 3)
    ],
    "only titles": [{"title": f"Notice {n}"} for n in (1, 2, 3)],
}


@pytest.mark.parametrize("entries", DISTINCT.values(), ids=DISTINCT.keys())
def test_different_entries_are_all_news(feed: Feed, entries: list[dict[str, Any]]) -> None:
    """Side by side, and one by one, where the others have left the page."""
    feed.shows(post(20))
    assert len(feed.shows(entries[0], post(20))) == 1
    assert len(feed.shows(entries[1], entries[0], post(20))) == 1
    assert len(feed.shows(entries[2], hours=48)) == 1
    assert feed.shows(*entries, post(20)) == []


# -- what comes back under another name


def moved(entry: dict[str, Any], was: str, now: str) -> dict[str, Any]:
    return {
        name: value.replace(was, now) if name in ("guid", "link") else value
        for name, value in entry.items()
    }


PLAIN = "https://example.org/post/"
MOVES = {
    "host": ("https://example.org", "https://mail.news.example.org"),
    "another site": ("https://example.org", "https://example.com"),
    "scheme": ("https://", "http://"),
    "www": ("https://", "https://www."),
    "mobile": ("https://", "https://m."),
    "port": ("example.org", "example.org:8443"),
    "case": ("/post/", "/Post/"),
    "double slash": ("/post/", "//post/"),
    "encoding": ("/post/", "/%70ost/"),
}


@pytest.mark.parametrize(("was", "now"), MOVES.values(), ids=MOVES.keys())
@pytest.mark.parametrize("dated", [True, False])
def test_all_addresses_change_at_once(everywhere: Feed, was: str, now: str, dated: bool) -> None:
    without = {} if dated else {"pubDate": None}
    page = [post(n, **without) for n in range(1, 8)]
    everywhere.shows(*page)
    there = [moved(entry, was, now) for entry in page]
    assert everywhere.shows(*there) == []
    assert everywhere.shows(post(0, **without), *there) == [post(0)["title"]]
    assert everywhere.shows(*page) == [], "and back"


ENDINGS = [
    "/",
    "/index.html",
    "/index.php",
    "#comments",
    "?utm_source=rss&utm_medium=feed",
    "?PHPSESSID=ab12cd34ef56",
    "?sid=9f8e7d6c",
    ";jsessionid=0A1B2C3D",
    "?fbclid=IwAR0abc",
    "?xtor=RSS-1",
    "?at_medium=rss",
    "?ref=rss",
    "/?token=8f3a2c",
    "?cb=1730540000123",
    "?k=4f9a8b7c6d5e4f3a",
    "/amp",
    "?r=a1b2c3d4",
]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("guid", [None, "of the link", "of the request"])
def test_links_gain_what_names_no_page(feed: Feed, ending: str, guid: str | None) -> None:
    def page(ending: str, turn: int) -> list[dict[str, Any]]:
        links = {n: f"{PLAIN}{n}{ending}" for n in range(1, 6)}
        names = {
            n: {None: None, "of the link": links[n]}.get(guid, f"urn:{turn}:{n}") for n in links
        }
        return [post(n, link=links[n], guid=names[n]) for n in links]

    feed.shows(*page("", 1))
    assert feed.shows(*page(ending, 2)) == []
    assert feed.shows(*page("", 3)) == []


def test_ids_and_tokens_that_are_new_at_every_request(everywhere: Feed) -> None:
    def page(turn: int, first: int) -> list[dict[str, Any]]:
        token = blake2b(str(turn).encode(), digest_size=8).hexdigest()
        return [
            post(n, guid=f"{token}-{n}", link=f"{PLAIN}{n}?x={token}") for n in range(first, 30)
        ]

    everywhere.shows(*page(0, 10))
    for turn in range(1, 6):
        assert everywhere.shows(*page(turn, 10)) == []
    assert everywhere.count() == 20, "the memory does not grow with it"
    assert everywhere.shows(*page(7, 9)) == [post(9)["title"]]
    assert everywhere.shows(*page(8, 9)) == []


def test_a_site_that_orders_its_addresses_anew(feed: Feed) -> None:
    feed.shows(*(post(n) for n in range(1, 9)))
    anew = [
        post(
            n,
            guid=f"https://example.org/2026/{n}",
            link=f"https://example.org/2026/{n}",
            description="x",
        )
        for n in range(1, 9)
    ]
    with capture_logs() as said:
        assert feed.shows(*anew) == []
    assert [line["event"] for line in said if line["log_level"] == "warning"] == [
        "source.renamed_all"
    ]
    assert feed.shows(post(0), *anew) == [post(0)["title"]]


def test_a_whole_new_page_with_something_new_on_it(feed: Feed) -> None:
    feed.shows(*(post(n) for n in range(1, 9)))
    anew = [
        post(n, guid=f"n{n}", link=f"https://example.org/2026/{n}", description="x")
        for n in range(0, 7)
    ]
    assert feed.shows(*anew) == [post(0)["title"]]


def test_what_left_the_page_is_still_known(everywhere: Feed) -> None:
    everywhere.shows(*(post(n) for n in range(1, 300)))
    everywhere.shows(post(500))
    back = [moved(post(n), "https://", "http://www.") for n in range(1, 300)]
    assert everywhere.shows(*back, hours=24 * 60) == []


def test_a_corrected_date_is_no_news(feed: Feed) -> None:
    feed.shows(post(1), post(2))
    hours = timedelta(hours=3)
    assert feed.shows(post(1, pubDate=DAY + hours), post(2)) == []
    assert feed.shows(post(1, pubDate=DAY - 9 * hours, guid="anew"), post(2)) == []
    assert feed.shows(post(1, pubDate=DAY + 9 * hours, guid="other"), post(2)) == []


def test_order_gaps_and_great_pages(feed: Feed) -> None:
    page = [post(n % 26, guid=f"g{n}", link=f"{PLAIN}{n}", title=f"T {n}") for n in range(1_200)]
    assert feed.shows(*page) == []
    assert feed.shows(*page[::-1]) == []
    assert feed.shows(*page[::7]) == []
    assert feed.shows(*page[1:], post(1, guid="fresh", link=f"{PLAIN}fresh", title="Fresh")) == [
        "Fresh"
    ]
    assert feed.shows(page[0], hours=24 * 90) == []


def test_memos_are_known_again(both: Store) -> None:
    feed = Feed(both, MEMOS)
    feed.shows(*(post(n) for n in range(1, 5)))
    assert feed.shows(*(moved(post(n), "https://", "http://") for n in range(1, 5))) == []
    assert feed.shows(post(0), post(1)) == [post(0)["title"]]


# -- guids that count places


def placed(*entries: dict[str, Any], form: str = "{}") -> list[dict[str, Any]]:
    """Entries whose guids say where they stand."""
    return [{**entry, "guid": form.format(place)} for place, entry in enumerate(entries, 1)]


SAME_TEXT = {"description": TEXT}
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "numbers": ("{}", {}),
    "numbers, one text for all": ("{}", SAME_TEXT),
    "words": ("item-{}", {}),
    "words, one text for all": ("item-{}", SAME_TEXT),
    "one date for all": ("{}", {"pubDate": DAY}),
    "one date and one text for all": ("{}", {"pubDate": DAY, **SAME_TEXT}),
    "addresses": ("https://example.org/feed?pos={}", {}),
    "no dates": ("{}", {"pubDate": None}),
    "no texts": ("{}", {"description": None}),
    "no links": ("{}", {"link": None}),
    "one link for all": ("{}", {"link": "https://example.org/blog"}),
    "the site's link": ("pos{}", {"link": "https://example.org/"}),
    "long guids": ("x" * 600 + "{}", {}),
}


@pytest.mark.parametrize(("form", "changed"), PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("size", [2, 5, 99], ids=["two", "five", "all"])
def test_guids_by_place_tell_the_new_and_not_the_old(
    everywhere: Feed,
    form: str,
    changed: dict[str, Any],
    size: int,
) -> None:
    posts = [post(n, **changed) for n in range(12, -1, -1)]
    everywhere.shows(*placed(*posts[4::-1][:size], form=form))
    for newest in range(5, 12):
        page = placed(*posts[newest::-1][:size], form=form)
        assert everywhere.shows(*page) == [posts[newest]["title"]]
        assert everywhere.shows(*page) == [], "nor at a second look"
    before = placed(*posts[10::-1][:size], form=form)
    assert everywhere.shows(*before) == [], "an older copy"
    assert everywhere.count() == min(size, 5) + 7, "one row for each"


@pytest.mark.parametrize("more", [1, 2, 3, 4])
def test_several_that_come_at_once_push_the_others_down(everywhere: Feed, more: int) -> None:
    posts = [post(n) for n in range(10)]
    everywhere.shows(*placed(*posts[4:8]))
    page = placed(*posts[4 - more : 8 - more])
    assert sorted(everywhere.shows(*page)) == [entry["title"] for entry in posts[4 - more : 4]]
    assert everywhere.shows(*page) == []


def test_a_page_by_place_may_grow_shrink_and_lose_its_newest(everywhere: Feed) -> None:
    posts = [post(n) for n in range(10)]
    everywhere.shows(*placed(*posts[3:6]))
    assert everywhere.shows(*placed(*posts[2:6])) == [posts[2]["title"]]
    assert everywhere.shows(*placed(*posts[3:6])) == [], "it was taken back"
    assert everywhere.shows(*placed(posts[1], posts[4])) == [posts[1]["title"]]
    assert everywhere.shows(*placed(*posts[1:6]), hours=99) == []


def test_entries_by_place_are_edited_and_move_hosts(everywhere: Feed) -> None:
    everywhere.shows(*placed(post(2), post(3)))
    everywhere.shows(*placed(post(1), post(2)))
    assert everywhere.shows(*placed(post(1, title="Corrected"), post(2))) == []
    assert everywhere.shows(*placed(post(1, title="Corrected", description=NEWER), post(2))) == []
    there = [moved(entry, "https://", "http://www.") for entry in (post(0), post(1), post(2))]
    assert everywhere.shows(*placed(*there)) == [post(0)["title"]]
    newer = edition(1, 4, NEWER + " And more.")
    assert everywhere.shows(*placed(post(0), newer, post(2))) == [newer["title"]]
    assert everywhere.waiting()[-1].item.updates.startswith("news:place:")


SLOTS = {
    "one slot": ["latest"],
    "a slot each": ["security", "privacy", "terms"],
    "numbers": ["1", "2", "3"],
    "many": [f"slot {n}" for n in range(15)],
}


@pytest.mark.parametrize("guids", SLOTS.values(), ids=SLOTS.keys())
def test_a_guid_that_is_used_for_another_post(everywhere: Feed, guids: list[str]) -> None:
    """Link, title, date and text are all others, one at a time and all at once."""
    shown = {guid: post(20 + n, guid=guid) for n, guid in enumerate(guids)}
    everywhere.shows(*shown.values())
    for n, guid in enumerate(guids):
        shown[guid] = post(n, guid=guid, description=f"{NEWER} Part {'abcdefghijklmnop'[n]}")
        assert everywhere.shows(*shown.values()) == [shown[guid]["title"]]
        assert everywhere.shows(*shown.values()) == []
    texts = {guid: f"{TEXT} {'x' * n}" for n, guid in enumerate(guids)}
    fresh = [edition(50 + n, 60 + n / 99, texts[g], guid=g) for n, g in enumerate(guids)]
    everywhere.now = START + timedelta(days=90)
    assert len(everywhere.shows(*fresh)) == len(guids)
    assert not any(due.item.updates for due in everywhere.waiting()), "each is a story of its own"


KEEPS: dict[str, dict[str, Any]] = {
    "link": {"link": f"{PLAIN}1"},
    "title": {"title": post(1)["title"]},
    "date": {"pubDate": post(1)["pubDate"]},
    "text": {"description": post(1)["description"]},
    "no dates": {"pubDate": None},
}


@pytest.mark.parametrize("kept", KEEPS.values(), ids=KEEPS.keys())
@pytest.mark.parametrize("guid", ["7", "urn:e:7"])
def test_an_entry_that_keeps_anything_under_its_guid_is_no_other(
    everywhere: Feed,
    kept: dict[str, Any],
    guid: str,
) -> None:
    now = {
        "guid": guid,
        "link": f"{PLAIN}corrected",
        "title": "Corrected",
        "pubDate": DAY + timedelta(days=1),
        "description": NEWER,
        **kept,
    }
    undated = {name: value for name, value in kept.items() if value is None}
    everywhere.shows(post(1, guid=guid, **undated), post(2, **undated))
    now = {name: value for name, value in now.items() if value is not None}
    everywhere.shows(now, post(2, **undated))
    assert all(due.item.updates for due in everywhere.waiting())
    assert everywhere.shows(now, post(2, **undated)) == []
    assert everywhere.count() <= 3


def test_a_site_that_writes_all_its_entries_anew_under_their_guids(feed: Feed) -> None:
    count = AT_ONCE + 5
    feed.shows(*(post(n) for n in range(count)))
    anew = [
        {
            **edition(n, -n / 24 - 0.2, f"{NEWER} {'x' * n}"),
            "title": f"News: {n}",
            "link": f"https://example.org/new/{n}",
        }
        for n in range(count)
    ]
    assert feed.shows(*anew) == []
    assert feed.shows(*anew, post(99)) == [post(99)["title"]]


def test_a_link_that_is_new_at_every_request_starts_nothing_anew(everywhere: Feed) -> None:
    def turn(n: int) -> dict[str, Any]:
        return edition(1, 3, f"{NEWER} {'x' * n}", title="Anew", link=f"https://example.org/r/{n}")

    everywhere.shows(post(1), post(2))
    assert everywhere.shows(turn(0), post(2)) == ["Anew"]
    for n in range(1, 6):
        assert everywhere.shows(turn(n), post(2), hours=30) == []


# -- what is corrected in all but its date and its text


SLUG = "https://example.org/2026/10/"


def article(slug: str, **changed: Any) -> dict[str, Any]:
    """An entry whose guid, link and title are made of its slug."""
    made = {"guid": f"{SLUG}{slug}", "link": f"{SLUG}{slug}", "title": slug.replace("-", " ")}
    return post(1, **{**made, **changed})


CORRECTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a letter": (article("linkedin-rewrite"), article("linkedin-rewrites")),
    "all of it": (article("linkedin-terms"), article("new-rules-of-a-network")),
    "no guid": (article("linkedn", guid=None), article("linkedin", guid=None)),
    "guid of its own": (article("linkedn", guid="linkedn"), article("linkedin", guid="linkedin")),
    "random guids": (article("linkedn", guid="urn:5f1a"), article("linkedin", guid="urn:c07e")),
    "a year in it": (article("terms-of-2026-in-forse"), article("terms-of-2026-in-force")),
    "a number taken out": (article("7-new-terms"), article("new-terms")),
    "a day for a date": (
        article("linkedn", pubDate=datetime(2026, 10, 27, tzinfo=UTC)),
        article("linkedin", pubDate=datetime(2026, 10, 27, tzinfo=UTC)),
    ),
    "another host, too": (
        article("linkedn"),
        moved(article("linkedin"), "example.org", "blog.example.com"),
    ),
    "no links": (article("linkedn", link=None), article("linkedin", link=None)),
    "neither": (
        article("linkedn", link=None, guid=None),
        article("linkedin", link=None, guid=None),
    ),
}


@pytest.mark.parametrize(("before", "after"), CORRECTED.values(), ids=CORRECTED.keys())
def test_slug_guid_link_and_title_are_corrected_together(
    everywhere: Feed, before: dict[str, Any], after: dict[str, Any]
) -> None:
    everywhere.shows(before, post(2))
    assert everywhere.shows(after, post(2)) == []
    assert everywhere.shows(post(0), after, post(2)) == [post(0)["title"]]
    assert everywhere.shows(before, post(2)) == [], "an older copy"
    assert everywhere.count() == 3


def test_a_correction_where_all_have_one_text_and_date(everywhere: Feed) -> None:
    other = post(2, pubDate=post(1)["pubDate"], description=post(1)["description"])
    everywhere.shows(article("linkedn"), other)
    assert everywhere.shows(article("linkedin"), other) == []


SHORT = "Read more on our site."
NOT_CORRECTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a short text": (article("linkedin", description=SHORT), article("tiktok", description=SHORT)),
    "no text": (article("linkedin", description=None), article("tiktok", description=None)),
    "no date": (article("linkedin", pubDate=None), article("tiktok", pubDate=None)),
    "a second later": (
        article("linkedin"),
        article("tiktok", pubDate=post(1)["pubDate"] + timedelta(seconds=1)),
    ),
    "another text": (article("linkedin"), article("tiktok", description=NEWER)),
    "numbers": (
        post(1, guid="news-1", link=f"{PLAIN}1"),
        post(1, guid="news-2", link=f"{PLAIN}2", title="LinkedIn rewrites its terms, part 2"),
    ),
    "numbered links": (
        post(1, guid=None, link=f"{PLAIN}8"),
        post(1, guid=None, link=f"{PLAIN}9", title="LinkedIn rewrites its terms again"),
    ),
}


@pytest.mark.parametrize(("one", "other"), NOT_CORRECTED.values(), ids=NOT_CORRECTED.keys())
def test_two_entries_of_one_moment_are_both_news(
    everywhere: Feed,
    one: dict[str, Any],
    other: dict[str, Any],
) -> None:
    everywhere.shows(post(20))
    assert everywhere.shows(one, post(20)) == [one["title"]]
    assert everywhere.shows(other, post(20)) == [other["title"]]
    assert everywhere.shows(one, other, post(20)) == []


def test_side_by_side_one_text_is_of_two_entries(everywhere: Feed) -> None:
    everywhere.shows(post(20))
    both = [article("linkedin"), article("tiktok")]
    assert len(everywhere.shows(*both, post(20))) == 2
    assert everywhere.shows(*both, post(20)) == []


# -- newer texts


def edition(number: int, day: float, text: str, **more: Any) -> dict[str, Any]:
    return post(number, pubDate=DAY + timedelta(days=day), description=text, **more)


def test_another_text_with_a_later_date_is_told_once(everywhere: Feed) -> None:
    everywhere.shows(post(1), post(2))
    newer = edition(1, 4, NEWER, title="LinkedIn privacy policy: updated")
    assert everywhere.shows(newer, post(2)) == [newer["title"]]
    [due] = everywhere.waiting()
    assert due.item.updates == "news:https://example.org/post/1"
    for _ in range(3):
        assert everywhere.shows(newer, post(2), hours=30) == []
    assert everywhere.shows(post(1), post(2), hours=30) == [], "an older copy"
    assert everywhere.shows(newer, post(2), hours=30) == []


NO_UPDATE = {
    "title": {"title": "LinkedIn rewrites its terms, part 1 (5 comments)"},
    "date": {"pubDate": DAY + timedelta(days=2)},
    "text": {"description": TEXT + " Corrected."},
    "title and text": {"title": "Corrected", "description": TEXT + " Corrected."},
    "title and date": {"title": "Corrected", "pubDate": DAY + timedelta(days=2)},
    "an earlier date": {"description": NEWER, "pubDate": DAY - timedelta(days=2)},
    "a date to come": {"description": NEWER, "pubDate": DAY + timedelta(days=2_000)},
    "no date": {"description": NEWER, "pubDate": None},
    "form": {
        "description": f"<p>{post(1)['description'].upper()}</p>",
        "pubDate": DAY + timedelta(days=2),
    },
    "a stamp": {
        "description": post(1)["description"] + " 2 November 2026, 10:31",
        "pubDate": DAY + timedelta(days=2),
    },
}


@pytest.mark.parametrize("changed", NO_UPDATE.values(), ids=NO_UPDATE.keys())
@pytest.mark.parametrize("guid", ["1", None])
def test_one_of_them_alone_is_no_update(
    feed: Feed, changed: dict[str, Any], guid: str | None
) -> None:
    before = post(1, guid=guid)
    if "10:31" in str(changed.get("description")):
        before["description"] += " 1 November 2026, 09:30"
    feed.shows(before, post(2))
    assert feed.shows(post(1, **{**changed, "guid": guid}), post(2)) == []


def test_a_text_and_later_a_date_are_no_update(feed: Feed) -> None:
    feed.shows(post(1))
    assert feed.shows(post(1, description=NEWER)) == []
    assert feed.shows(edition(1, 3, NEWER)) == []


def test_a_feed_that_changes_always_floods_nobody(feed: Feed) -> None:
    feed.shows(post(1), post(2))
    told = []
    for turn in range(4 * 20):
        words = "".join("abcdefghij"[int(digit)] for digit in str(turn))
        told += feed.shows(
            edition(1, 3 + turn / 4, f"{TEXT} It was visited {words} times."), post(2), hours=6
        )
    assert len(told) == IN_A_ROW
    quiet = edition(1, 24, f"{TEXT} Now it rests.")
    feed.shows(quiet, post(2))
    assert len(feed.shows(edition(1, 34, NEWER), post(2), hours=24 * 10)) == 1


def test_a_notice_that_changes_now_and_then_is_always_told(feed: Feed) -> None:
    feed.shows(post(1))
    for month, word in enumerate("first second third fourth fifth sixth".split(), 1):
        newer = edition(1, 30 * month, f"{NEWER} The {word} version.")
        assert len(feed.shows(newer, hours=24 * 30)) == 1


def test_several_notices_that_change_on_one_day_are_told(feed: Feed) -> None:
    feed.shows(*(post(n) for n in range(5)))
    assert len(feed.shows(*(edition(n, 4, f"{NEWER} {'abcde'[n]}") for n in range(5)))) == 5


def test_a_feed_that_writes_all_its_texts_anew_tells_none(feed: Feed) -> None:
    count = AT_ONCE + 5
    feed.shows(*(post(n) for n in range(count)))
    with capture_logs() as said:
        assert feed.shows(*(edition(n, 4, f"{NEWER} {'x' * n}") for n in range(count))) == []
    assert "source.all_changed" in [line["event"] for line in said]


def test_the_first_look_teaches_only(feed: Feed) -> None:
    assert feed.shows(post(1)) == []
    assert feed.shows(edition(1, 4, NEWER)) == [post(1)["title"]]


def test_atom_says_when_an_entry_was_changed(feed: Feed) -> None:
    def page(updated: str, text: str) -> bytes:
        return f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>tag:e.org,2026:1</id>
          <title>Privacy policy</title><link href="https://e.org/privacy"/><published>2026-10-01T00:00:00Z</published>
          <updated>{updated}</updated><content>{text}</content></entry></feed>""".encode()

    for updated, text, news in (
        ("2026-10-01", TEXT, 0),
        ("2026-10-31", TEXT, 0),
        ("2026-11-01", NEWER, 1),
    ):
        read = feeds.read(NEWS, Page("", page(f"{updated}T00:00:00Z", text)), feed.now)
        assert len(feed.gives(read.items)) == news


# -- a newer text and its story


class Reader:
    """Somebody who follows LinkedIn and hears what a feed says."""

    def __init__(self, store: Store, names: Names, clock: Clock, fetcher: Fetcher) -> None:
        clock.now = START
        store.subscriptions.add(
            Subscription(Address("console", "me"), "linkedin", frozenset({"EU"})), START
        )
        self.feed, self.clock = Feed(store, learned=True), clock
        self.store = store
        self.interpreter = Interpreter(Resources(store, fetcher, [NEWS], names, clock))

    async def hears(self, *entries: dict[str, Any], hours: float = 2) -> list[str]:
        """The parts of stories that are queued after the feed showed these."""
        self.feed.shows(*entries, hours=hours)
        self.clock.now = self.feed.now
        await self.interpreter.understand_due()
        with self.store.database.write() as connection:  # as if all of it had been sent
            parts = connection.execute(
                tables.outbox.select().where(tables.outbox.c.state == "queued")
            ).all()
            connection.exec_driver_sql(
                "UPDATE outbox SET state = 'sent', message_id = 'm', sent_at = 0"
            )
        return [row.part.kind.value for row in parts]


@pytest.fixture
async def reader(both: Store, names: Names, clock: Clock) -> Any:
    async with Fetcher("test") as fetcher:
        yield Reader(both, names, clock, fetcher)


async def test_what_was_told_has_its_newer_text_added(reader: Reader) -> None:
    assert await reader.hears(post(1)) == ["story"]
    assert await reader.hears(edition(1, 4, NEWER)) == ["addition"]
    assert await reader.hears(edition(1, 4, NEWER)) == []
    assert await reader.hears(edition(1, 5, NEWER + " And more of it."), hours=30) == ["addition"]
    [story] = reader.store.stories.recent(["linkedin"], 5)
    assert len(story.parts) == 3


async def test_what_was_never_told_is_told_as_it_is_now(reader: Reader) -> None:
    before = edition(1, 0, "Our page has a new picture.", title="LinkedIn")
    assert await reader.hears(before) == []
    assert await reader.hears(edition(1, 4, NEWER, title="LinkedIn")) == ["story"]


# -- what is long past, and what is forgotten


def test_what_is_dated_long_ago_is_no_news(everywhere: Feed) -> None:
    everywhere.shows(post(1))
    old = post(2, pubDate=START - timedelta(days=380))
    assert everywhere.shows(post(1), old) == []
    assert everywhere.shows(post(1), post(3, pubDate=START - timedelta(days=300))) == [
        post(3)["title"]
    ]
    with everywhere.store.database.read() as connection:
        whys = connection.exec_driver_sql(
            "SELECT why FROM item WHERE uid = 'news:https://example.org/post/2'"
        )
        assert whys.scalar_one() == "too_old"


PAST = datetime(2019, 3, 1, 8, tzinfo=UTC)


def dated(number: int, when: datetime) -> dict[str, Any]:
    return post(number, pubDate=when)


def test_what_was_new_when_it_was_recorded_is_news(everywhere: Feed) -> None:
    page = [dated(10 + n, PAST - timedelta(days=99 * n)) for n in range(9)]
    everywhere.shows(*page)
    for n in range(5):
        page.insert(0, dated(n, PAST + timedelta(days=99 * n + 1)))
        assert everywhere.shows(*page[:6]) == [page[0]["title"]]
    late = dated(8, PAST - timedelta(days=500))
    assert everywhere.shows(*page[:6], late) == [], "old even then"


def test_one_entry_at_a_time_of_a_recorded_feed(everywhere: Feed) -> None:
    everywhere.shows(dated(1, PAST))
    assert everywhere.shows(dated(2, PAST + timedelta(days=30))) == [post(2)["title"]]
    assert everywhere.shows(dated(3, PAST + timedelta(days=900))) == [post(3)["title"]]
    assert everywhere.shows(dated(4, PAST)) == [], "the source was further then"


def test_an_archive_that_is_served_once_is_no_news(everywhere: Feed) -> None:
    everywhere.shows(post(1), post(2))
    archive = [dated(n, PAST - timedelta(days=n)) for n in range(3, 9)]
    assert everywhere.shows(*archive) == []
    assert everywhere.shows(post(0), post(1), post(2)) == [post(0)["title"]]


@pytest.mark.parametrize("ahead", [2, 300, 400, 2_000, 20_000])
def test_one_entry_dated_ahead_makes_no_other_old(everywhere: Feed, ahead: int) -> None:
    wrong = dated(9, START + timedelta(days=ahead))
    everywhere.shows(wrong, post(2))
    assert everywhere.shows(wrong, post(1), post(2)) == [post(1)["title"]]
    assert everywhere.shows(post(0), wrong) == [post(0)["title"]]


@pytest.mark.parametrize("ahead", [400, 20_000])
def test_nor_in_a_recorded_feed(everywhere: Feed, ahead: int) -> None:
    wrong = dated(9, START + timedelta(days=ahead))
    everywhere.shows(wrong, dated(2, PAST))
    new = dated(1, PAST + timedelta(days=1))
    assert everywhere.shows(wrong, new, dated(2, PAST)) == [new["title"]]


def test_entries_without_dates_make_nothing_new(everywhere: Feed) -> None:
    bare = post(3, pubDate=None)
    everywhere.shows(bare)
    assert everywhere.shows(bare, post(4, pubDate=None)) == [post(4)["title"]]
    assert everywhere.shows(bare, dated(5, START - timedelta(days=100))) == [post(5)["title"]]
    assert everywhere.shows(bare, dated(6, START - timedelta(days=500))) == []


@pytest.mark.parametrize(
    "date", ["Thu, 01 Jan 1970 00:00:00 GMT", "soon", "Fri, 31 Dec 9999 23:59:59 GMT", ""]
)
def test_a_date_from_nowhere_makes_nothing_old(feed: Feed, date: str) -> None:
    feed.shows(post(1))
    assert len(feed.shows(post(1), post(2, pubDate=date))) == 1
    assert feed.shows(post(1), post(2, pubDate=date)) == []


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sightings, "KEPT", 20)
    return 20


def settle(store: Store) -> None:
    with store.database.write() as connection:
        seen = tables.item.update().values(state=ItemState.SEEN, payload=None)
        connection.execute(seen)


def numbered(count: int, first: int = 0) -> Iterator[dict[str, Any]]:
    for n in range(first, first + count):
        yield post(
            1,
            guid=f"n{n}",
            link=f"{PLAIN}{n}",
            title=f"N {n}",
            pubDate=DAY + timedelta(minutes=n),
            description=f"{n}",
        )


def test_the_memory_of_a_source_is_bounded(everywhere: Feed, small: int) -> None:
    everywhere.now = START + timedelta(days=60)
    everywhere.shows(*numbered(10))
    for turn in range(1, 12):
        assert len(everywhere.shows(*numbered(10, 10 * turn))) == 10
        settle(everywhere.store)
    assert everywhere.count() <= small + 10
    assert everywhere.shows(*numbered(120)) == [], "what was forgotten does not come back as news"
    assert len(everywhere.shows(*numbered(1, 500))) == 1


def test_what_waits_and_what_is_on_the_page_is_not_forgotten(feed: Feed, small: int) -> None:
    feed.now = START + timedelta(days=60)
    feed.shows(*numbered(3))
    for turn in range(1, 12):
        feed.shows(*numbered(3), *numbered(10, 10 * turn))
        feed.shows(*numbered(3))
    assert len(feed.waiting()) == 110, "more than are remembered wait, and wait on"
    assert feed.shows(*numbered(3)) == []


async def test_what_was_told_is_not_forgotten(reader: Reader, small: int) -> None:
    assert await reader.hears(post(1)) == ["story"]
    for turn in range(12):
        await reader.hears(*numbered(10, 10 * turn), hours=24 * 60)
    assert await reader.hears(post(1)) == []
    with reader.store.database.read() as connection:
        kept = connection.exec_driver_sql(
            "SELECT count(*) FROM item WHERE uid = 'news:https://example.org/post/1'"
        )
        assert kept.scalar_one() == 1


def test_versions_are_bounded_as_well(both: Store, small: int) -> None:
    source = Source("c", SourceKind.COLLECTION, "https://example.org/")
    feed = Feed(both, source, learned=True)
    feed.now = START + timedelta(days=60)

    def versions(first: int) -> list[Item]:
        document = Document("c", "X", "Privacy Policy")
        return [
            Item(
                f"commit:{n}",
                "c",
                Record.CHANGE,
                START + timedelta(hours=n),
                f"V {n}",
                "",
                document,
            )
            for n in range(first, first + 10)
        ]

    for turn in range(12):
        assert len(feed.gives(versions(10 * turn))) == 10
        settle(both)
    assert feed.count() <= small + 10
    assert feed.gives(versions(0)) == []
    assert len(feed.gives(versions(1_000))) == 10


# -- databases of earlier versions


def _sum(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()


def former(tmp_path: Path, page: list[dict[str, Any]], former_id: Any) -> Store:
    """A database as the version before kept this page, with the links in its cursor."""
    uids = {f"news:{former_id(entry)}": None for entry in page}
    links = {
        _sum(entry["link"]): _sum(f"news:{former_id(entry)}") for entry in page if "link" in entry
    }
    noted = " ".join(f"{link}={uid}" for link, uid in links.items())
    cursor = json.dumps({"learned": True, "notes": {"page": noted}})
    rows: list[tuple[str, dict[str, Any]]] = [
        (
            "INSERT INTO source (id, due_at, cursor, error) VALUES ('news', 0, :cursor, '')",
            {"cursor": cursor},
        )
    ]
    kept = (
        "INSERT INTO item (uid, source_id, state, due_at, recorded, attempts, why)"
        " VALUES (:uid, 'news', 'seen', 0, 0, 0, '')"
    )
    rows += [(kept, {"uid": uid}) for uid in uids]
    at_revision(address := f"sqlite:///{tmp_path}/former.db", "0007", rows)
    store = Store(address)
    store.open()
    return store


FORMER = {
    "guids": ({}, lambda entry: entry["guid"]),
    "links": ({"guid": None}, lambda entry: entry["link"]),
    "titles": ({"guid": None, "link": None}, lambda entry: entry["title"]),
    "one guid for all": ({"guid": "N/A"}, lambda entry: entry["guid"]),
    "long guids": ({"guid": "g" * 600}, lambda entry: entry["guid"][:500]),
    "the site's link": (
        {"guid": None, "link": "https://example.org/"},
        lambda entry: entry["link"],
    ),
}


@pytest.mark.parametrize(("changed", "former_id"), FORMER.values(), ids=FORMER.keys())
def test_nothing_is_told_again_after_an_update(
    tmp_path: Path, changed: dict[str, Any], former_id: Any
) -> None:
    page = [post(n, **changed) for n in range(1, 9)]
    feed = Feed(former(tmp_path, page, former_id))
    [asked] = feed.store.sources.due(["news"], EVER)
    feed.cursor = asked.cursor
    assert feed.shows(*page) == []
    assert "page" not in feed.cursor.notes
    assert feed.shows(post(0, **changed), *page) == [post(0)["title"]]
    assert feed.shows(*(moved(entry, "https://", "http://www.") for entry in page)) == []
    feed.store.close()


def test_links_of_an_earlier_version_are_believed(tmp_path: Path) -> None:
    page = [post(n) for n in range(1, 9)]
    feed = Feed(former(tmp_path, page, lambda entry: entry["guid"]))
    [asked] = feed.store.sources.due(["news"], EVER)
    feed.cursor = asked.cursor
    assert feed.shows(*(post(n, guid=f"anew-{n}") for n in range(1, 5))) == []
    assert feed.cursor.notes["page"], "the rest is believed when it comes"
    assert feed.shows(*(post(n, guid=f"anew-{n}") for n in range(1, 9))) == []
    assert "page" not in feed.cursor.notes
    feed.store.close()


# -- addresses


SAME = [
    ("https://e.org/a", "http://www.e.org/a/"),
    ("https://e.org/a?p=1&utm_source=x", "https://m.e.org/a/?p=1#top"),
    ("https://e.org/%C3%A9t%C3%A9", "https://e.org/été"),
    ("https://e.org/e%CC%81", "https://e.org/é"),
    ("https://e.org/a?b=1&c=2", "https://e.org/a?c=2&b=1"),
    ("https://e.org/a/(S(x1y2z3))/b", "https://e.org/a/b"),
]
OTHER = [
    ("https://e.org/?p=1", "https://e.org/?p=2"),
    ("https://e.org/a?id=7", "https://e.org/a?id=8"),
    (
        "https://e.org/a?id=0f8fad5b-d9cb-469f-a165-70867728950e",
        "https://e.org/a?id=7c9e6679-7425-40de-944b-e07fc1f90ae7",
    ),
    ("https://e.org/a?tx_news=3", "https://e.org/a?tx_news=4"),
    ("https://e.org/a?lang=de", "https://e.org/a?lang=en"),
    ("https://e.org/a", "https://e.org/b"),
    ("https://e.org/a?sid=12", "https://e.org/a?sid=13"),
]


def link_mark(link: str) -> str | None:
    return marks_of(Item("news:1", "news", Record.ARTICLE, DAY, "T", link)).link


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_page_however_it_is_written(one: str, other: str) -> None:
    assert link_mark(one) == link_mark(other) is not None


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_pages_that_a_query_names(one: str, other: str) -> None:
    assert link_mark(one) != link_mark(other)


def test_the_address_of_a_site_is_no_page() -> None:
    assert (
        link_mark("https://e.org/")
        is link_mark("https://e.org/index.html?utm_source=x")
        is link_mark("")
        is None
    )


@given(st.text(), st.text(), st.text())
def test_any_words_have_marks(link: str, title: str, text: str) -> None:
    for address in (link, f"https://{link}", f"https://e.org/?{link}"):
        item = Item("news:1", "news", Record.ARTICLE, DAY, title, address, text=text, stamped=DAY)
        assert marks_of(item) == marks_of(item)
    assert seen_in([item, item])[0].item is item


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://e.org/" + ";" * 9_900, ""),
        ("", "1," * 10_000),
        ("", "1 " * 10_000),
        ("", "1:1" * 7_000),
    ],
)
def test_marks_take_time_with_the_length_of_what_is_marked(link: str, text: str) -> None:
    item = Item("n:1", "n", Record.ARTICLE, START, "T", link, text=text)
    start = time.process_time()
    seen_in([item])
    assert time.process_time() - start < 2, "a square would take ten times as long"


def test_pages_of_an_earlier_version_are_no_news(store: Store) -> None:
    """It kept entries under names that are made otherwise today; what is newer is told."""
    store.sources.due(["n"], START)
    page = [
        Item(f"n:/{n}", "n", Record.ARTICLE, START - timedelta(days=n), f"T {n}", "")
        for n in range(9)
    ]
    store.items.keep("n", page, Cursor(), START, START)
    with store.database.write() as connection:  # as it was without sums
        nothing = {"site": None, "link": None, "title": None, "text": None, "stamped": None}
        connection.execute(tables.item.update().values(**nothing))
    today = [
        replace(
            item,
            uid=f"n:https://e.org{item.uid[2:]}",
            link=f"https://e.org{item.uid[2:]}",
            stamped=item.when,
        )
        for item in page
    ]
    fresh = replace(
        today[0],
        uid="n:fresh",
        title="Fresh",
        link="https://e.org/fresh",
        when=START + timedelta(hours=1),
    )
    fresh = replace(fresh, stamped=fresh.when)
    store.items.keep("n", [fresh, *today], Cursor(learned=True), START + timedelta(hours=2), START)
    assert [due.item.uid for due in store.items.due(START + timedelta(days=1), 50)] == ["n:fresh"]
