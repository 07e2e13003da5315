"""Public pages: content, language, caching, and hostile text."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from aiohttp.test_utils import make_mocked_request

from bot import locales, matcher
from bot.catalogue import Catalogue, export
from bot.model import Change, Cursor, Document, Item, Record, Story
from bot.store import Store
from bot.understand.memory import Held
from bot.verdicts import Excerpt, Origin, Readers, Reason, Severity
from bot.web.asked import read
from bot.web.html import environment
from bot.web.passages import Mark, passages
from lab import pages
from tests.cli.test_cli import smallprint
from tests.conftest import Clock
from tests.support.world import CHANGE, ITEM, tell
from tests.web.conftest import ME, Browser

#: Bytes of a page without its pictures.
LARGEST = 100_000
PATHS = (
    "/",
    "/services?letter=g",
    "/search?q=linkedn",
    "/story/6",
    "/story/6?view=inline",
    "/service/facebook",
    "/howto/linkedin?for=UK",
    "/howto/w3schools",
    "/feeds?service=facebok",
    "/about",
    "/privacy",
    "/terms",
)


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_is_small_whole_and_in_every_language(browser: Browser, path: str) -> None:
    sign = "&" if "?" in path else "?"
    for code in locales.languages():
        status, text, headers = await browser.get(f"{path}{sign}lang={code}")
        assert status == 200
        assert f'<html lang="{code}"' in text
        assert len(text.encode()) <= LARGEST
        assert text.rstrip().endswith("</html>")
        assert "<script" not in text
        assert " style=" not in text
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers


async def test_every_link_here_leads_somewhere(browser: Browser) -> None:
    seen: set[str] = set()
    left = ["/", "/story/6?lang=de&for=UK", "/service/facebook", "/howto/linkedin", "/feeds"]
    while left and len(seen) < 150:
        path = left.pop()
        seen.add(path)
        status, text, headers = await browser.get(path)
        assert status == 200, path
        if headers["Content-Type"].startswith("text/html"):
            found = re.findall(r'(?:href|src|action)="(/[^"#]*)', text)
            links = {each.replace("&amp;", "&") for each in found}
            left += sorted(links - seen - set(left) - {"/search"})


async def test_a_story_says_what_changed_for_whom_and_what_to_do(browser: Browser) -> None:
    _status, text, _headers = await browser.get("/story/6")
    assert "Must know" in text
    assert "How to opt out:" in text
    assert "What changed" in text
    assert "<del>" in text
    assert "<ins>" in text
    assert 'href="https://t.me/a_bot?start=subscribe_facebook"' in text
    assert f'property="og:image" content="{browser.base}/story/6/picture.png' in text
    _status, inline, _headers = await browser.get("/story/6?view=inline")
    assert 'class="sides"' not in inline


async def test_a_page_in_the_language_of_the_browser(browser: Browser) -> None:
    for accepted, code in (
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("xx,pl;q=0.3,fr;q=0.8", "fr"),
        ("", "en"),
        ("*;q=x,;;,", "en"),
        ("en-US,de", "en"),
    ):
        _status, text, headers = await browser.get("/about", Accept_Language=accepted)
        assert f'<html lang="{code}"' in text
        assert "Accept-Language" in headers["Vary"]


async def test_a_page_is_sent_once(browser: Browser) -> None:
    _status, text, headers = await browser.get("/story/6")
    again, nothing, _headers = await browser.get("/story/6", If_None_Match=headers["ETag"])
    assert (again, nothing) == (304, "")
    _status, packed, headers = await browser.get("/story/6", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert packed == text


async def test_pictures_are_as_wide_as_networks_show_them(browser: Browser) -> None:
    for path in ("/story/6/picture.png?lang=pl", "/howto/linkedin/ai-training.png"):
        status, _picture, headers = await browser.get(path)
        assert status == 200
        assert headers["Content-Type"] == "image/png"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/story/0",
        "/story/999999",
        "/story/99999999999999999999",
        "/story/-1",
        "/story/%D9%A3",
        "/story/6%00",
        "/service/nobody",
        "/service/..%2F..%2Fetc",
        "/howto/nobody",
        "/howto/linkedin/nothing.png",
        "/static/../routes.py",
        "/data/smallprint.db",
        "/me/../../x",
    ],
)
async def test_what_is_not_there_says_so(browser: Browser, path: str) -> None:
    status, text, headers = await browser.get(path)
    assert status == 404
    assert "There is nothing at this address." in text
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_a_service_shows_what_is_read_of_it(browser: Browser, store: Store) -> None:
    document = Document("vlopses-ie", "LinkedIn", "Privacy Policy")
    held = Held(document, "Text.", CHANGE.recorded, frozenset(), frozenset(), 1)
    store.documents.add_past(held, "en")
    asked = CHANGE.recorded + timedelta(days=2)
    store.sources.due(["vlopses-ie"], asked)
    store.sources.unchanged({"vlopses-ie": asked + timedelta(hours=1)}, asked)
    _status, text, _headers = await browser.get("/service/linkedin?for=EU")
    table = text.partition("Its documents")[2]
    assert 'href="https://www.linkedin.com/legal/privacy/eu"' in table
    assert "3 November 2025" in table
    assert "5 November 2025" in table
    assert "recorded in Ireland" in table


@pytest.mark.parametrize("record", list(Record))
async def test_every_kind_of_story_has_its_page(
    browser: Browser, store: Store, record: Record
) -> None:
    """Also one that is about this bot's own reading, and one that was taken back."""
    why = {Record.UNREAD: (Reason(Origin.NOT_RECORDED, ("2026-01-01",)),)}
    excerpts = () if record is not Record.CHANGE else CHANGE.excerpts
    change = replace(
        CHANGE,
        uid=f"commit:{record}",
        record=record,
        why=why.get(record, (Reason(Origin.READ_AGAIN),)),
        title="What people say of it",
        link="https://example.org/memo",
        excerpts=excerpts,
    )
    tell(store, change, replace(ITEM, uid=change.uid))
    number = max((story.id for story in store.archive.published((), 5)), default=0)
    taken_back = replace(change, uid=f"back:{record}", record=Record.TAKEN_BACK)
    story = store.stories.get(number)
    assert story
    item = replace(ITEM, uid=taken_back.uid, title="b", link="b")
    tell_more(store, item, taken_back, story)
    for path in (f"/story/{number}", "/service/linkedin", "/", "/feed.atom", "/feed.json"):
        for query in ("", "?lang=de&for=UK"):
            status, text, _headers = await browser.get(path + query)
            assert status == 200, text
    status, _text, _headers = await browser.get(f"/story/{number}/picture.png")
    assert status == 200
    _status, text, _headers = await browser.get(f"/story/{number}")
    assert "Taken back on" in text


def tell_more(store: Store, item: Item, change: Change, story: Story) -> None:
    """Add a part to a story."""
    store.items.keep(item.source, [item], Cursor(learned=True), CHANGE.recorded, CHANGE.recorded)
    whom = matcher.audience(change, story)
    store.stories.publish(item, change, None, story, whom, CHANGE.recorded)


async def test_our_own_reading_is_no_change_of_terms(browser: Browser, store: Store) -> None:
    lost = replace(
        CHANGE,
        uid="coverage:a/b/UNREAD/1",
        record=Record.UNREAD,
        why=(Reason(Origin.NOT_RECORDED, ("2026-01-01",)),),
        excerpts=(),
    )
    tell(store, lost, replace(ITEM, uid=lost.uid))
    with store.database.read() as connection:
        number = connection.exec_driver_sql("SELECT max(id) FROM story").scalar()
    for path in ("/", "/service/linkedin", "/feed.atom", "/api/v1/stories"):
        _status, text, _headers = await browser.get(path)
        assert f"/story/{number}" not in text
    _status, text, _headers = await browser.get("/service/linkedin")
    assert "0 changes were worth telling" in text
    status, text, _headers = await browser.get(f"/story/{number}")
    assert status == 200
    assert "<title>LinkedIn · Smallprint</title>" in text
    assert text.partition("<main")[2].count("I can no longer read") == 1
    assert "/unsubscribe" not in text


async def test_what_was_taken_back_says_so_in_lists(browser: Browser, store: Store) -> None:
    [story] = store.archive.published(["facebook"], 1)
    back = replace(story.lead, uid="back:1", record=Record.TAKEN_BACK)
    tell_more(store, replace(ITEM, uid="back:1", title="b", link="b"), back, story)
    for path in ("/", "/service/facebook", "/feed.json?service=facebook"):
        _status, text, _headers = await browser.get(path)
        assert "Taken back on 18 December 2025." in text


async def test_a_list_says_what_the_page_says(browser: Browser, store: Store) -> None:
    """Of a story with a text for Europe and a graver one for people elsewhere."""
    europe = replace(CHANGE, severity=Severity.SHOULD_KNOW, readers=Readers.EUROPE, area=None)
    elsewhere = replace(
        europe, uid="commit:us", severity=Severity.MUST_KNOW, readers=Readers.ELSEWHERE
    )
    elsewhere = replace(elsewhere, recorded=CHANGE.recorded - timedelta(hours=1))
    tell(store, elsewhere, replace(ITEM, uid="commit:us"))
    [story] = store.archive.published(["linkedin"], 1)
    tell_more(store, replace(ITEM, uid=europe.uid, title="e", link="e"), europe, story)
    for where, weight in (("EU", "Should know"), ("US", "Must know")):
        _status, page, _headers = await browser.get(f"/story/{story.id}?for={where}")
        _status, service, _headers = await browser.get(f"/service/linkedin?for={where}")
        row = service.partition("<tbody>")[2].partition("</tr>")[0]
        assert weight in page
        assert weight in row
        _status, found, _headers = await browser.get(
            f"/api/v1/stories?service=linkedin&for={where}&severity=must_know"
        )
        assert (f'"id":{story.id},' in found) == (weight == "Must know")


async def test_another_language_keeps_what_one_looks_at(browser: Browser) -> None:
    for path, kept in (
        ("/search?q=linkedn", "/search?lang=de&amp;q=linkedn"),
        ("/services?letter=g", "/services?lang=de&amp;letter=g"),
        ("/feeds?service=facebook&for=UK", "/feeds?lang=de&amp;for=UK&amp;service=facebook"),
        ("/story/6?view=inline", "/story/6?lang=de&amp;view=inline"),
    ):
        _status, text, _headers = await browser.get(path)
        assert f'href="{kept}"' in text


async def test_a_search_knows_slips(browser: Browser) -> None:
    for typed, name in (("linkedn", "LinkedIn"), ("whats app", "WhatsApp"), ("goo", "Google")):
        _status, text, _headers = await browser.get(f"/search?q={typed}")
        assert name in text
    _status, text, _headers = await browser.get("/search?q=qqqqzzzz")
    assert "No service has that name." in text


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "\u202eright to left\u2066 \u0000",
    "</title></textarea><!-- ]]>",
    "javascript:alert(1) http://evil.example /forget @everyone",
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_stays_text_on_every_page(
    browser: Browser, store: Store, text: str
) -> None:
    hostile = replace(
        CHANGE,
        uid="commit:hostile",
        title=text,
        link=f"javascript:{text}",
        language='en" onload="x',
        excerpts=(Excerpt(f"old {text}", f"new {text}"), Excerpt("", text)),
        collection=text,
    )
    tell(store, hostile, replace(ITEM, uid="commit:hostile"))
    number = store.archive.published((), 1)[0].id
    shown = [f"/story/{number}", f"/story/{number}?view=inline", "/service/linkedin", "/"]
    shown += ["/feed.atom", "/feed.json", "/dates.ics", f"/api/v1/stories/{number}"]
    for path in shown:
        status, page, _headers = await browser.get(path)
        assert status == 200, path
        if "json" in path or "/api/" in path:
            continue
        assert "<script>" not in page
        assert "<img src=x" not in page
        assert 'onload="x' not in page
        assert "49" not in re.sub(r"\d{3,}|[-:T.]\d+|\d+[-:.]", "", page) or "{{ 7" not in text
        assert 'href="javascript:' not in page
        assert "\u202e" not in page
    for typed in (text, text * 40):
        status, page, _headers = await browser.get(f"/search?q={_escaped(typed)}")
        assert status == 200
        assert "<script>" not in page
    status, _page, _headers = await browser.get(f"/services?letter={_escaped(text)}&lang=%00")
    assert status == 200


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


async def test_no_address_leads_elsewhere(browser: Browser) -> None:
    for path in ("//evil.example", "/\\evil.example", "/?next=//evil.example", "/me?to=//evil"):
        status, text, headers = await browser.get(path)
        assert status in (200, 403, 404)
        assert "Location" not in headers
        assert 'href="//evil' not in text


def test_what_did_not_change_is_folded() -> None:
    middle = " ".join(f"word{number}" for number in range(80))
    excerpt = Excerpt(f"We keep it. {middle} The end.", f"We sell it. {middle} The end.")
    story = _story_of(excerpt)
    [passage] = passages(story, frozenset(), 1).shown
    marks = [run.mark for run in passage.inline]
    assert Mark.FOLDED in marks
    assert [run.text for run in passage.inline if run.mark is Mark.GONE] == ["keep"]
    assert [run.text for run in passage.inline if run.mark is Mark.NEW] == ["sell"]
    whole = " ".join(run.text for run in passage.after)
    assert whole == excerpt.after
    old = [run.text for run in passage.inline if run.mark is not Mark.NEW]
    assert " ".join(old) == excerpt.before


def test_every_passage_of_every_part_is_shown_once() -> None:
    change = replace(CHANGE, excerpts=tuple(Excerpt("", f"Rule {number}.") for number in range(40)))
    later = replace(change, uid="commit:later", excerpts=(Excerpt("", "Rule 3."),))
    story = Story(1, change, (later, replace(later, record=Record.MEMO)))
    found = passages(story, frozenset(), 1)
    assert found.count == 40
    long = replace(CHANGE, excerpts=tuple(Excerpt("", f"{n} " * 2000) for n in range(9)))
    parted = Story(2, long)
    first = passages(parted, frozenset(), 1)
    numbers = [
        each.number
        for page in range(1, first.pages + 1)
        for each in passages(parted, frozenset(), page).shown
    ]
    assert numbers == list(range(1, 10))


def _story_of(*excerpts: Excerpt) -> Story:
    return Story(1, replace(CHANGE, excerpts=excerpts))


async def test_coming_dates_are_listed(browser: Browser, store: Store, clock: Clock) -> None:
    ahead = clock.now.date() + timedelta(days=9)
    coming = replace(CHANGE, uid="commit:ahead", effective=ahead, recorded=clock.now)
    tell(store, coming, replace(ITEM, uid="commit:ahead"), clock.now)
    for path in ("/", "/dates.ics"):
        _status, text, _headers = await browser.get(path)
        assert "LinkedIn" in text
    _status, text, _headers = await browser.get("/dates.ics?service=linkedin")
    assert f"DTSTART;VALUE=DATE:{ahead:%Y%m%d}" in text
    _status, text, _headers = await browser.get("/dates.ics?service=facebook")
    assert "LinkedIn" not in text


async def test_only_what_is_about_a_service_is_public(browser: Browser, store: Store) -> None:
    chore = replace(CHANGE, uid="upkeep:1", services=(), record=Record.UPKEEP)
    store.stories.tell_one(ME, chore, CHANGE.recorded)
    _status, text, _headers = await browser.get("/api/v1/stories")
    assert "upkeep" not in text
    for number in range(1, 15):
        status, _text, _headers = await browser.get(f"/story/{number}")
        assert status in (200, 404)
        found = store.stories.get(number)
        assert status == (200 if found and found.lead.services else 404)


async def test_a_failing_database_is_said(browser: Browser, store: Store) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE story_service")
    status, text, _headers = await browser.get("/service/facebook")
    assert status == 500
    assert "Something went wrong on my side" in text
    status, text, _headers = await browser.get("/api/v1/stories")
    assert status == 500
    assert text.startswith('{"error"')


@pytest.mark.parametrize("path", ["/services", "/nothing", "/search", "/me"])
async def test_raw_bytes_in_an_address(browser: Browser, path: str) -> None:
    port = int(browser.base.rpartition(":")[2])
    for name in (b"letter", b"q", b"lang", b"for", b"service", b"page"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        line = b"GET " + path.encode() + b"?" + name + b"=\xff\xfe HTTP/1.1\r\n"
        writer.write(line + b"Host: a\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert int(answer.split()[1]) in (200, 400, 403, 404)


async def test_methods_that_are_not_taken(browser: Browser) -> None:
    status, _text, headers = await browser.post("/story/6", {})
    assert status == 405
    assert headers["Allow"] == "GET, HEAD"


def test_the_ten_stories_are_short_quotes_of_recorded_changes() -> None:
    found = pages.changes()
    assert len(found) == 10
    assert len({change.collection for change in found}) >= 4
    for change in found:
        assert change.recorded.date() > date(2020, 1, 1)
        for excerpt in change.excerpts:
            assert max(len(excerpt.before), len(excerpt.after)) <= 300


async def test_the_catalogue_is_open_data(browser: Browser, known: Catalogue) -> None:
    status, text, headers = await browser.get("/catalogue.json", Accept_Encoding="gzip")
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert json.loads(text) == export.document(known)
    again, nothing, _headers = await browser.get("/catalogue.json", If_None_Match=headers["ETag"])
    assert (again, nothing) == (304, "")
    _status, form, _headers = await browser.get("/service.schema.json")
    jsonschema.Draft202012Validator.check_schema(json.loads(form))


def test_an_address_that_is_taken_is_said_plainly(tmp_path: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = smallprint("bot", cwd=str(tmp_path), SMALLPRINT_WEB=where)
    assert done.returncode == 78
    assert f"Cannot listen at {where}" in done.stderr


def test_what_is_asked_for_is_bounded() -> None:
    path = "/?for=atlantis&page=0&lang=xx&severity=huge&audience=moderators&q=" + "x" * 999
    asked = read(make_mocked_request("GET", path))
    assert (asked.region, asked.page, asked.chosen, asked.severity, asked.role) == (
        "",
        1,
        "",
        None,
        None,
    )
    assert len(asked.text) == 80
    assert asked.wrong == "for"


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("https://example.org/us", '<a href="https://example.org/us"'),
        ("us@example.org", '<a href="mailto:us@example.org"'),
        ("Ann, <Graz>", "Ann, &lt;Graz&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)</p>"),
        ("", "not given by the operator"),
    ],
)
def test_who_runs_it_can_be_reached(contact: str, shown: str) -> None:
    contacts = environment().get_template("contact.html")
    said = contacts.render(site=SimpleNamespace(contact=contact), _=str)
    assert shown in " ".join(said.split())
