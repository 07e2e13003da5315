"""Feeds and dates: valid by their own schemas and by two parsers, narrowed, and sent once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
import jsonschema
import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from lxml import etree

from bot import matcher
from bot.catalogue import Catalogue
from bot.model import Cursor
from bot.store import Store
from bot.verdicts import Excerpt, Severity
from tests.conftest import Clock
from tests.support.world import CHANGE, ITEM, tell
from tests.web.conftest import ME, Browser, follow, serving

DATA = Path(__file__).resolve().parents[1] / "data"
ATOM = "{http://www.w3.org/2005/Atom}"
NARROWED = (
    "",
    "?service=facebook",
    "?for=UK&lang=de",
    "?audience=sellers",
    "?severity=must_know",
    "?lang=pl&service=x",
)


@pytest.mark.parametrize("query", NARROWED)
async def test_an_atom_feed_is_one(browser: Browser, query: str) -> None:
    status, text, headers = await browser.get(f"/feed.atom{query}")
    assert status == 200
    assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = etree.fromstring(text.encode())
    etree.RelaxNG(etree.parse(DATA / "atom.rng")).assertValid(tree)
    ids = [each.text for each in tree.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    [mine] = [each for each in tree.findall(f"{ATOM}link") if each.get("rel") == "self"]
    assert mine.get("href") == f"{browser.base}/feed.atom{query_of(mine.get('href'))}"
    assert not feedparser.parse(text).bozo


def query_of(address: str | None) -> str:
    """What stands behind the question mark; the order is ours."""
    _path, sign, query = (address or "").partition("?")
    return f"{sign}{query}"


def test_a_feed_that_is_none_is_noticed() -> None:
    schema = etree.RelaxNG(etree.parse(DATA / "atom.rng"))
    broken = etree.fromstring('<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id></feed>')
    assert not schema.validate(broken)


@pytest.mark.parametrize("query", NARROWED)
async def test_a_json_feed_is_one(browser: Browser, query: str) -> None:
    status, text, headers = await browser.get(f"/feed.json{query}")
    assert status == 200
    assert headers["Content-Type"] == "application/feed+json; charset=utf-8"
    schema = json.loads((DATA / "jsonfeed.schema.json").read_text())
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(json.loads(text))


async def test_feeds_are_narrowed(browser: Browser) -> None:
    async def tags(query: str) -> list[set[str]]:
        """What each story of a feed is filed under."""
        _status, text, _headers = await browser.get(f"/feed.json{query}")
        return [set(item["tags"]) for item in json.loads(text)["items"]]

    every = await tags("")
    assert len(every) == 10
    assert await tags("?service=facebook") == [each for each in every if "facebook" in each]
    grave = await tags("?severity=must_know")
    assert grave == [each for each in every if "must_know" in each]
    assert 0 < len(grave) < 10
    sellers, people = await tags("?audience=sellers"), await tags("?audience=users")
    assert {"aliexpress"} == {tag for each in sellers for tag in each if tag == "aliexpress"}
    assert not any("aliexpress" in each for each in people)


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/dates.ics"])
async def test_a_service_that_is_none_has_no_feed(browser: Browser, path: str) -> None:
    status, _text, _headers = await browser.get(f"{path}?service=nobody")
    assert status == 404


async def test_what_others_wrote_stays_text_in_a_reader(browser: Browser, store: Store) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=y> &amp;"
    passages = (Excerpt(hostile, f"{hostile} more"),)
    change = replace(CHANGE, uid="commit:h", title=hostile, excerpts=passages)
    tell(store, change, replace(ITEM, uid="commit:h"))
    _status, text, _headers = await browser.get("/feed.json?service=linkedin")
    [item] = json.loads(text)["items"]
    _status, text, _headers = await browser.get("/feed.atom?service=linkedin")
    [content] = etree.fromstring(text.encode()).iter(f"{ATOM}content")
    for shown in (item["content_html"], content.text):
        assert "alert(1)" in shown
        assert "<script" not in shown
        assert "<img" not in shown


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/dates.ics", "/api/v1/stories"])
async def test_what_is_not_understood_is_said(browser: Browser, path: str) -> None:
    for wrong in ("for=atlantis", "audience=moderators", "severity=9", "lang=xx", "page=0"):
        status, text, _headers = await browser.get(f"{path}?{wrong}")
        assert status == 400
        assert wrong.partition("=")[0] in text


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/dates.ics"])
async def test_what_is_the_same_is_sent_once(browser: Browser, path: str) -> None:
    _status, _text, headers = await browser.get(path)
    assert "max-age" in headers["Cache-Control"]
    status, text, _headers = await browser.get(path, If_None_Match=headers["ETag"])
    assert (status, text) == (304, "")


async def test_dates_are_a_calendar_to_two_parsers(
    browser: Browser, store: Store, clock: Clock
) -> None:
    ahead = clock.now.date() + timedelta(days=12)
    title = "Terms, that: change; soon\nand \\ more"
    coming = replace(CHANGE, uid="commit:a", title=title, effective=ahead, recorded=clock.now)
    tell(store, coming, replace(ITEM, uid="commit:a"), clock.now)
    _status, text, headers = await browser.get("/dates.ics?service=linkedin&lang=de")
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("dtstart") == ahead
    assert str(event["url"]).startswith(f"{browser.base}/story/")
    [again] = IcsCalendarStream.calendar_from_ics(text).events
    assert again.dtstart == ahead
    assert again.summary == str(event["summary"])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


async def test_ones_own_feeds_have_only_what_one_follows(
    browser: Browser, store: Store, clock: Clock
) -> None:
    follow(store, "facebook", "x")
    store.pages.offer_feed(ME, "secret", clock.now)
    _status, text, headers = await browser.get("/mine/secret/feed.json")
    assert {tag for item in json.loads(text)["items"] for tag in item["tags"]} >= {"facebook", "x"}
    assert len(json.loads(text)["items"]) == 2
    assert headers["Cache-Control"] == "private, max-age=300"
    _status, text, _headers = await browser.get("/mine/secret/feed.atom")
    etree.RelaxNG(etree.parse(DATA / "atom.rng")).assertValid(etree.fromstring(text.encode()))
    assert "secret" in text, "its own address, which it already has"
    status, _text, headers = await browser.get("/mine/secret/dates.ics")
    assert status == 200
    assert headers["Cache-Control"] == "private, max-age=300"
    assert "Access-Control-Allow-Origin" not in headers
    store.pages.offer_feed(ME, "newer", clock.now)
    status, _text, _headers = await browser.get("/mine/secret/feed.json")
    assert status == 404
    store.chats.forget(ME)
    status, _text, _headers = await browser.get("/mine/newer/feed.json")
    assert status == 404


async def test_ones_own_feeds_are_as_the_chat_wants_them(
    browser: Browser, store: Store, clock: Clock
) -> None:
    follow(store, "facebook", "aliexpress", "linkedin", where="UK")
    store.preferences.set_regions(ME, frozenset({"UK"}), clock.now)
    store.preferences.set_language(ME, "de", clock.now)
    ahead = clock.now.date() + timedelta(days=5)
    elsewhere = replace(CHANGE, uid="commit:us", area=frozenset({"US"}), effective=ahead)
    tell(store, elsewhere, replace(ITEM, uid="commit:us"))
    store.pages.offer_feed(ME, "secret", clock.now)
    _status, text, _headers = await browser.get("/mine/secret/feed.json?service=x&lang=fr")
    found = json.loads(text)
    assert found["language"] == "de"
    assert [item["tags"][0] for item in found["items"]] == ["facebook"], "not what is for sellers"
    assert found["items"][0]["url"].endswith("?lang=de&for=UK")
    _status, text, _headers = await browser.get("/mine/secret/dates.ics")
    assert f"{ahead:%Y%m%d}" not in text


async def test_a_story_of_several_services_is_of_each(
    browser: Browser, store: Store, clock: Clock
) -> None:
    """One event, recorded for two services: who follows the second only is told of it, too."""
    today = clock.now.date()
    first = replace(CHANGE, uid="commit:1", services=("tiktok",), effective=today)
    tell(store, first, replace(ITEM, uid="commit:1"), clock.now)
    [story] = store.archive.published(["tiktok"], 1)
    second = replace(first, uid="commit:2", services=("reddit",))
    item = replace(ITEM, uid="commit:2", title="2", link="2")
    store.items.keep(item.source, [item], Cursor(learned=True), clock.now, clock.now)
    whom = matcher.audience(second, story)
    store.stories.publish(item, second, None, story, whom, clock.now)
    follow(store, "reddit")
    store.pages.offer_feed(ME, "secret", clock.now)
    for path in ("/mine/secret/feed.json", "/feed.json?service=reddit"):
        _status, text, _headers = await browser.get(path)
        [item_] = json.loads(text)["items"]
        assert item_["title"].startswith("Reddit")
    for path in ("/mine/secret/dates.ics", "/dates.ics?service=reddit"):
        _status, text, _headers = await browser.get(path)
        assert f"DTSTART;VALUE=DATE:{today:%Y%m%d}" in text, "until the day is over"
        assert "SUMMARY:Reddit" in text
    _status, text, _headers = await browser.get("/service/reddit")
    assert f"/story/{story.id}" in text


async def test_who_follows_nothing_has_an_empty_feed(
    browser: Browser, store: Store, clock: Clock
) -> None:
    store.pages.offer_feed(ME, "secret", clock.now)
    _status, text, _headers = await browser.get("/mine/secret/feed.json")
    assert json.loads(text)["items"] == []


# -- the interface for programs


async def test_the_interface_pages_through_all(browser: Browser) -> None:
    address: str | None = "/api/v1/services"
    found: list[str] = []
    while address:
        _status, text, headers = await browser.get(address.removeprefix(browser.base))
        page = json.loads(text)
        found += [item["id"] for item in page["items"]]
        address = page["next"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert len(found) == len(set(found)) > 500
    _status, text, _headers = await browser.get("/api/v1/stories?severity=must_know")
    stories = json.loads(text)["items"]
    assert {story["severity"] for story in stories} == {Severity.MUST_KNOW.name.lower()}
    _status, text, _headers = await browser.get(f"/api/v1/stories/{stories[0]['id']}")
    assert json.loads(text)["passages"]
    _status, text, _headers = await browser.get("/api/v1/howtos/linkedin?for=UK")
    assert json.loads(text)["controls"]


async def test_every_story_can_be_reached(browser: Browser, store: Store) -> None:
    for number in range(240):
        when = CHANGE.recorded - timedelta(days=number)
        change = replace(CHANGE, uid=f"commit:{number}", recorded=when, effective=None)
        uid = {"uid": change.uid, "title": change.uid, "link": change.uid}
        tell(store, change, replace(ITEM, **uid), when)  # type: ignore[arg-type]
    for query, count in (("", 250), ("?service=linkedin&for=UK", 240), ("?severity=must_know", 0)):
        found: list[int] = []
        address: str | None = f"/api/v1/stories{query}"
        while address:
            _status, text, _headers = await browser.get(address.removeprefix(browser.base))
            page = json.loads(text)
            found += [item["id"] for item in page["items"]]
            address = page["next"]
        assert len(found) == len(set(found)) >= count
    assert len(found) > 240


def test_the_interface_is_as_its_document_says(
    store: Store, known: Catalogue, tmp_path: Path
) -> None:
    """Requests that schemathesis makes up, good and bad, are answered as is written there."""
    with serving(store, known) as (base, _site):
        document = f"{base}/api/v1/openapi.json"
        command = [sys.executable, "-m", "schemathesis.cli", "run", document, "--no-color"]
        command += ["--phases=coverage,fuzzing", "--max-examples=20", "--seed=20251103"]
        done = subprocess.run(
            command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=200
        )
    assert done.returncode == 0, done.stdout
    assert "Tested: 5" in done.stdout
