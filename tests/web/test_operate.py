"""The operator's pages: access, content, actions, and the record."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.jobs.trouble import for_operator
from bot.model import Address, Cursor, Record, Subscription
from bot.render.delivery import Words
from bot.runtime.http_server import serve
from bot.states import DeliveryState, SourceState
from bot.store import Store, StoreError, codec
from bot.store.watch import Alarm, Tally
from bot.verdicts import Doubt, Origin, Role
from bot.web import access
from bot.web.operate import entrance
from bot.web.operate.views import VIEWS
from bot.web.routes import application
from tests.conftest import Clock
from tests.jobs.test_deliver import FakeChat
from tests.support import world
from tests.support.rig import LONG_AGO
from tests.support.world import CHANGE, ITEM
from tests.web.conftest import TOKEN, Browser, free_port, site_on

#: One that follows both services of a story, and muted one of them.
MUTING = Address("telegram", "7")
MARKUP = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
async def desk(store: Store, known: Catalogue, clock: Clock) -> AsyncIterator[Browser]:
    """A browser before the door, of a site with the token."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    site = replace(site_on(store, known, clock, clock(), base), admin_token=TOKEN, sources=())
    runner, where = await serve(application(site), port)
    made = Browser(where)
    yield made
    await made.close()
    await runner.cleanup()


async def come_in(desk: Browser) -> str:
    """Log in; what the forms of the session carry."""
    status, _text, headers = await desk.post("/admin/login", {"token": TOKEN})
    assert (status, headers["Location"]) == (303, "/admin")
    return check_of((await desk.get("/admin"))[1])


def check_of(page: str) -> str:
    found = re.search(r'name="check" value="(\w+)"', page)
    assert found
    return found[1]


def said(page: str) -> str:
    found = re.search(r'(?s)class="said"[^>]*>(.*?)</p>', page)
    return found[1] if found else ""


async def pressed(desk: Browser, form: dict[str, str]) -> str:
    """What is said of a press, on the page behind it; and only once."""
    status, page, headers = await desk.post("/admin/do", form)
    if status != 303:
        return said(page)
    words = said((await desk.get(headers["Location"]))[1])
    assert said((await desk.get(headers["Location"]))[1]) == ""
    return words


def give_up(store: Store, clock: Clock, chat: Address, why: str) -> None:
    change = for_operator(f"to {chat.chat}", "words", Record.TROUBLE, Origin.TROUBLE, clock())
    store.stories.tell_one(chat, change, clock())
    [claimed] = store.outbox.claim(chat.platform, "me", clock(), timedelta(1), 1)
    store.outbox.give_up(claimed, "me", why)


def deeds(store: Store) -> list[tuple[str, str]]:
    return [(each.did, each.what) for each in reversed(store.operators.deeds(100))]


# -- who gets in


async def test_without_the_token_there_is_a_door_and_nothing_else(desk: Browser) -> None:
    for path in ("/admin", "/admin/queue", "/admin/record", "/admin/nothing"):
        status, text, headers = await desk.get(path)
        assert (status, "SMALLPRINT_ADMIN_TOKEN" in text) == (200, True)
        assert headers["Cache-Control"] == "no-store"
        assert "Log out" not in text
    for path in ("/admin/do", "/admin/draft", "/admin/logout"):
        assert (await desk.post(path, {"do": "ask", "source": "x"}))[0] == 403


async def test_an_instance_without_a_token_has_no_such_pages(browser: Browser) -> None:
    assert (await browser.get("/admin"))[0] == 404
    assert (await browser.post("/admin/login", {"token": ""}))[0] == 404


async def test_the_session_is_for_the_browser_alone(desk: Browser, store: Store) -> None:
    _status, _text, headers = await desk.post("/admin/login", {"token": TOKEN})
    cookie = headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    key = cookie.partition("=")[2].partition(";")[0]
    with store.database.read() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM operator_session").all())
        kept += str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert key not in kept
    assert TOKEN not in kept


async def test_a_public_site_has_cookies_that_no_other_host_can_set(
    store: Store, known: Catalogue, clock: Clock
) -> None:
    site = site_on(store, known, clock, clock(), "https://smallprint.example")
    assert entrance.Entrance(site).cookie.startswith("__Host-")
    assert access.kept(site)["secure"]


async def test_who_guesses_waits(
    desk: Browser, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(entrance.TRIES):
        assert (await desk.post("/admin/login", {"token": "guess"}))[0] == 403
    for token in ("guess", TOKEN):
        status, text, headers = await desk.post("/admin/login", {"token": token})
        assert (status, headers["Retry-After"]) == (429, "60")
        assert said(text) == "Too many tries. Wait a minute, please."
    assert deeds(store) == [("login refused", "")] * entrance.TRIES
    monkeypatch.setattr(entrance, "TRIES_SECONDS", 0)
    await come_in(desk)


def test_tries_are_counted_by_the_minute_and_by_who_tries(
    store: Store, known: Catalogue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = replace(site_on(store, known, clock, clock()), admin_token=TOKEN)
    door, now = entrance.Entrance(site), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for _ in range(entrance.TRIES):
        assert door.open("guess", "one") is None
        now[0] += 10
    assert door.open(TOKEN, "two") is not None, "another address"
    with pytest.raises(entrance.TooOftenError):
        door.open(TOKEN, "one")
    now[0] = entrance.TRIES_SECONDS
    assert door.open(TOKEN, "one") is not None, "the first of them is a minute ago"


async def test_forms_are_the_sessions_own(desk: Browser, store: Store) -> None:
    check = await come_in(desk)
    store.sources.due(["noyb"], LONG_AGO)
    form = {"do": "pause", "source": "noyb", "check": check}
    assert (await desk.post("/admin/do", form, "https://evil.example"))[0] == 403
    assert (await desk.post("/admin/do", {**form, "check": check[::-1]}))[0] == 403
    assert (await desk.post("/admin/do", {**form, "do": "nothing"}))[0] == 400
    assert (await desk.post("/admin/do", b"do=pause", kind="text/plain"))[0] == 415
    assert not store.sources.status()[0].paused
    assert (await desk.post("/admin/do", form))[0] == 303
    assert store.sources.status()[0].paused


async def test_it_ends_after_a_while_or_when_one_goes(desk: Browser, clock: Clock) -> None:
    check = await come_in(desk)
    clock.forward(hours=7)
    assert "Log out" in (await desk.get("/admin"))[1]
    assert (await desk.post("/admin/logout", {"check": check}))[0] == 303
    assert "Log out" not in (await desk.get("/admin"))[1]
    await come_in(desk)
    clock.forward(hours=9)
    assert "Log out" not in (await desk.get("/admin"))[1]


async def test_another_token_opens_none_of_its_sessions(
    desk: Browser, store: Store, known: Catalogue, clock: Clock
) -> None:
    await come_in(desk)
    old = await desk.get("/admin")
    assert "Log out" in old[1]
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    site = replace(site_on(store, known, clock, clock(), base), admin_token=TOKEN[::-1])
    runner, where = await serve(application(site), port)
    desk.base = where.rstrip("/")
    assert "Log out" not in (await desk.get("/admin"))[1]
    await runner.cleanup()


async def test_who_comes_through_a_tunnel_is_no_stranger(
    store: Store, known: Catalogue, clock: Clock
) -> None:
    """The site has a public address; the operator's browser asks for one of its own machine."""
    port = free_port()
    site = site_on(store, known, clock, clock(), "https://smallprint.example")
    site = replace(site, admin_token=TOKEN)
    runner, where = await serve(application(site), port)
    browser = Browser(where)
    login = ("/admin/login", {"token": TOKEN})
    assert (await browser.post(*login))[0] == 303
    for origin in ("http://localhost:1", "http://evil.example", "https://127.0.0.1", "null"):
        assert (await browser.post(*login, origin))[0] == 403
    await browser.close()
    await runner.cleanup()


async def test_a_press_after_the_session_leads_to_the_door(desk: Browser, clock: Clock) -> None:
    check = await come_in(desk)
    clock.forward(hours=9)
    status, page, _headers = await desk.post("/admin/do", {"do": "ask", "check": check})
    assert (status, said(page)) == (403, "You are not logged in any more.")
    for path in ("/admin/", "/admin/do", "/admin/login", "/admin/draft"):
        assert (await desk.get(path))[2]["Location"] == "/admin"


async def test_what_is_refused_is_no_deed(desk: Browser, store: Store) -> None:
    check = await come_in(desk)
    for form in ({"do": "pause", "source": "no\0ne"}, {"do": "send again", "all": "yes"}):
        await pressed(desk, {**form, "check": check})
    assert deeds(store) == [("login", "")]


async def test_a_deed_that_cannot_be_noted_is_not_done(
    desk: Browser, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.sources.due(["noyb"], LONG_AGO)
    check = await come_in(desk)

    def full(*_: object) -> None:
        raise StoreError("the disk is full; free some space")

    monkeypatch.setattr(store.operators, "note", full)
    form = {"do": "pause", "source": "noyb", "check": check}
    assert (await desk.post("/admin/do", form))[0] == 500
    assert not store.sources.status()[0].paused


async def test_too_many_presses_are_refused(desk: Browser, store: Store) -> None:
    check = await come_in(desk)
    store.sources.due(["noyb"], LONG_AGO)
    form = {"do": "ask", "source": "noyb", "check": check}
    statuses = [(await desk.post("/admin/do", form))[0] for _ in range(25)]
    assert statuses[:20] == [303] * 20
    assert 429 in statuses[20:]


# -- what is seen


async def test_every_page_shows_what_there_is(
    desk: Browser, store: Store, clock: Clock, known: Catalogue
) -> None:
    store.sources.due(["noyb", "eff"], LONG_AGO)
    store.sources.failed("noyb", Cursor(), MARKUP, clock(), SourceState.FAILING)
    give_up(store, clock, Address("telegram", "-100999"), MARKUP)
    store.reach.lose([Address("telegram", "-100999")], MARKUP, clock(), left=True)
    store.watch.begin_alarm(Alarm("SourceFailing", MARKUP, clock(), MARKUP))
    said_by_process = '{"version": "1", "roles": ["poll"], "began": "", "connections": []}'
    store.watch.beat("owner", said_by_process, [Tally(clock(), "telegram", 7, 1, 1)], clock())
    store.operators.note("x", "did", MARKUP, clock())
    await come_in(desk)
    pages = {}
    for name in VIEWS:
        status, pages[name], headers = await desk.get(f"/admin/{name}")
        assert status == 200, name
        assert "<script>alert" not in pages[name]
        assert "<img src=x" not in pages[name]
        assert "-100999" not in pages[name], "no chat is named"
        assert headers["Cache-Control"] == "no-store"
    assert "telegram: 7 sent in three hours" in pages["overview"]
    assert "1 of them ill" in pages["overview"]
    assert "does not answer as it should: &lt;script&gt;" in pages["sources"]
    assert "1: &lt;script&gt;" in pages["queue"]
    assert "left or removed us" in pages["chats"]
    assert str(len(known.stale(clock().date()))) in pages["catalogue"]
    assert (await desk.get("/admin/nothing"))[0] == 404


async def test_what_is_held_says_why_and_who_would_get_it(
    desk: Browser, store: Store, clock: Clock
) -> None:
    follow_all(store)
    store.items.keep("pga", [ITEM], Cursor(learned=True), clock(), clock())
    change = replace(CHANGE, doubt=Doubt.ONLY_GONE, title=MARKUP)
    with store.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE item SET state = 'held', held = ?", (codec.dump_change(change),)
        )
    await come_in(desk)
    page = (await desk.get("/admin/held"))[1]
    assert "text only vanished" in page
    assert "&lt;script&gt;" in page
    page = (await desk.get(f"/admin/rehearse?held={quote(ITEM.uid)}"))[1]
    assert "chats would get it" in page


def follow_all(store: Store) -> None:
    for number in range(1, 8):
        place = "EU" if number < 5 else "UK"
        platform = "telegram" if number % 2 else "discord"
        chat = Address(platform, str(number))
        store.subscriptions.add(Subscription(chat, "linkedin", frozenset({place})), LONG_AGO)


@pytest.mark.parametrize("area", [None, frozenset({"GB"})], ids=["everywhere", "Britain"])
def test_a_dry_run_counts_whom_it_would_be_queued_for(
    both: Store, area: frozenset[str] | None, clock: Clock
) -> None:
    """By the same statements: then it is told, and as many rows are there."""
    follow_all(both)
    both.subscriptions.mute(
        Address("telegram", "1"), "linkedin", clock() + timedelta(days=3), clock()
    )
    change = replace(CHANGE, area=area, services=("linkedin", "github"))
    audience = matcher.audience(change)
    both.subscriptions.add(Subscription(MUTING, "github", frozenset({"UK"})), LONG_AGO)
    both.subscriptions.mute(MUTING, "github", clock() + timedelta(days=3), clock())
    found = both.announcing.would_reach(audience, clock(), change.is_for_a_digest)
    assert both.outbox.depth() == {}, "nothing is written"
    world.tell(both, change, ITEM, clock())
    queued = both.outbox.depth()
    counted: dict[DeliveryState, int] = {}
    for each in found:
        counted[each.state] = counted.get(each.state, 0) + each.count
    assert counted == queued
    assert sum(counted.values()) == (7 if area is None else 3)


async def test_a_dry_run_knows_for_whom_it_is_and_when(
    desk: Browser, store: Store, clock: Clock
) -> None:
    follow_all(store)
    store.items.keep("pga", [ITEM], Cursor(learned=True), clock(), clock())
    minor = replace(CHANGE, at_once=False)
    for change, words in (
        (minor, "in their next digest"),
        (replace(CHANGE, roles=(Role.SELLERS,)), "0 chats would get it"),
    ):
        with store.database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE item SET state = 'held', held = ?", (codec.dump_change(change),)
            )
        await come_in(desk)
        assert words in (await desk.get(f"/admin/rehearse?held={quote(ITEM.uid)}"))[1]


async def test_a_dry_run_of_a_service_and_of_what_there_is_not(desk: Browser, store: Store) -> None:
    follow_all(store)
    await come_in(desk)
    page = (await desk.get("/admin/rehearse?service=LinkedIn&region=Germany"))[1]
    assert "4 chats would get it" in page
    for asked, words in (
        ("service=nothing+at+all", "There is no such service."),
        ("service=linkedin&region=Atlantis", "There is no such region."),
        ("story=999", "There is no story of that number."),
        ("story=%C2%B2", "There is no story of that number."),
        ("held=x", "This change does not wait any more."),
    ):
        assert words in (await desk.get(f"/admin/rehearse?{asked}"))[1]


# -- what can be done


async def test_a_source_is_paused_and_goes_on(desk: Browser, store: Store, clock: Clock) -> None:
    store.sources.due(["noyb"], LONG_AGO)
    store.sources.unchanged({"noyb": clock() + timedelta(hours=1)}, clock())
    check = await come_in(desk)

    async def press(what: str, source: str = "noyb") -> str:
        form = {"do": what, "source": source, "check": check}
        return await pressed(desk, form)

    assert await press("ask") == "noyb is asked within seconds."
    assert [each.id for each in store.sources.due(["noyb"], clock())] == ["noyb"]
    assert await press("pause") == "noyb is not asked any more."
    assert store.sources.due(["noyb"], clock() + timedelta(days=9)) == []
    assert await press("resume") == "noyb is asked again, at once."
    assert [each.id for each in store.sources.due(["noyb"], clock())] == ["noyb"]
    assert await press("pause", "nothing") == "There is no such source."
    assert ("pause", "noyb") in deeds(store)


async def test_a_dead_letter_is_sent_again(
    desk: Browser, store: Store, clock: Clock, known: Catalogue, names: Names
) -> None:
    for number, why in ((1, "Bad Gateway"), (2, "Bad Gateway"), (3, "too long"), (4, "too long")):
        give_up(store, clock, Address("telegram", str(number)), why)
    check = await come_in(desk)
    rows = re.findall(r'name="row" value="(\d+)"', (await desk.get("/admin/queue"))[1])
    assert len(rows) == 4

    async def press(**what: str) -> str:
        return await pressed(desk, {"do": "send again", "check": check, **what})

    assert await press(row=rows[-1]) == "1 message will be sent again."
    assert (await press(row=rows[-1])).startswith("Nothing is sent")
    assert await press(why="too long") == "2 messages will be sent again."
    for odd in ("9" * 40, "9" * 5000, "-1", "\u00b2", "\u0663", ""):
        assert await press(row=odd) == "Nothing was named."
    assert await press(all="yes") == "1 message will be sent again."
    platform = FakeChat()
    await Deliverer(store, [platform], Words(known, names), clock).deliver_due()
    assert sorted(chat for chat, *_ in platform.sent) == ["1", "2", "3", "4"]


async def test_an_announcement_is_counted_confirmed_and_told_once(
    desk: Browser, store: Store, clock: Clock, known: Catalogue, names: Names
) -> None:
    follow_all(store)
    store.reach.lose([Address("telegram", "1")], "blocked", clock(), left=True)
    check = await come_in(desk)
    text = "This instance ends on 1 March.\r\nSay /export to keep what you follow. <b>*_x_*</b>"
    status, page, _headers = await desk.post("/admin/draft", {"check": check, "text": text})
    assert (status, "It would reach 6 chats" in page) == (200, True)

    async def press(count: str) -> str:
        form = {"do": "announce", "check": check, "text": text, "count": count}
        return await pressed(desk, form)

    assert await press("7") == "It would reach 6 chats: type that number."
    assert store.outbox.depth() == {}
    assert await press("6") == "6 chats will be told."
    assert await press("6") == "The same text was announced today; nobody is told again."
    platform = FakeChat()
    await Deliverer(store, [platform], Words(known, names), clock).deliver_due()
    assert [chat for chat, *_ in platform.sent] == ["3", "5", "7"]
    told = platform.tries[0][1]["text"]
    assert "From who runs this bot" in told
    assert "This instance ends on 1 March." in told
    [(did, what)] = [each for each in deeds(store) if each[0] == "announce"]
    assert re.fullmatch(r"story \d+, 6 chats: This instance ends on 1 March\.(?s:.*)", what), did


async def test_nothing_and_too_much_are_not_announced(desk: Browser) -> None:
    check = await come_in(desk)
    for text, words in (
        ("  \n ", "There is nothing to say."),
        ("x" * 1501, "1,501 letters long"),
        ("a\x07b", "There are signs in it that nobody can read."),
        ("To nobody at all.", "It would reach nobody."),
    ):
        form = {"do": "announce", "check": check, "text": text, "count": "0"}
        assert words in said((await desk.post("/admin/do", form))[1])


async def test_all_that_is_done_is_on_record(desk: Browser, store: Store) -> None:
    await desk.post("/admin/login", {"token": "wrong"})
    store.sources.due(["noyb"], LONG_AGO)
    check = await come_in(desk)
    await desk.post("/admin/do", {"do": "ask", "source": "noyb", "check": check})
    await desk.post("/admin/logout", {"check": check})
    assert deeds(store) == [("login refused", ""), ("login", ""), ("ask", "noyb"), ("logout", "")]
    who = {each.who for each in store.operators.deeds(3)}
    assert len(who) == 1, "one session"
