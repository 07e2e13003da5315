"""The personal page: opened once, private, and equivalent to the commands."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from lxml import html

import handlers
from bot.catalogue import Catalogue
from bot.document_kinds import Kind
from bot.model import Address, Subscription
from bot.platform import Place, Request
from bot.preferences import Level
from bot.store import Store
from bot.verdicts import Role
from bot.web.access import cookie_name
from bot.web.wishes import COMMANDS
from tests.conftest import Clock
from tests.support.world import NOW, context
from tests.web.conftest import ME, Browser, follow, in_minutes, site_on

KEY = "a-key-that-nobody-guesses"


async def opened(
    browser: Browser, store: Store, clock: Clock, places: tuple[Place, ...] = ()
) -> str:
    """Open the page of these tests; what its forms carry."""
    store.pages.offer(ME, KEY, in_minutes(clock, 15), clock.now, places)
    status, _text, headers = await browser.post(f"/page/{KEY}", {})
    assert (status, headers["Location"]) == (303, "/me")
    status, text, _headers = await browser.get("/me")
    assert status == 200
    return check_of(text)


def check_of(text: str) -> str:
    """What the forms of a page carry."""
    found = re.search(r'name="check" value="([0-9a-f]+)"', text)
    assert found
    return found[1]


async def said(browser: Browser, check: str, *fields: tuple[str, str]) -> str:
    """Send a form; the page that comes back."""
    status, text, headers = await browser.post("/me", [("check", check), *fields])
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    return text


async def test_a_link_opens_the_page_once(browser: Browser, store: Store, clock: Clock) -> None:
    store.pages.offer(ME, KEY, in_minutes(clock, 15), clock.now)
    for _look in range(3):  # chats look at links by themselves
        status, text, headers = await browser.get(f"/page/{KEY}")
        assert status == 200
        assert headers["Cache-Control"] == "no-store"
        assert f'action="/page/{KEY}"' in text
    status, _text, headers = await browser.post(f"/page/{KEY}", {})
    assert status == 303
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Max-Age=3600" in cookie
    assert KEY not in cookie
    status, _text, headers = await browser.post(f"/page/{KEY}", {})
    assert status == 403
    assert "Set-Cookie" not in headers
    status, text, _headers = await browser.get(f"/page/{KEY}")
    assert status == 403
    assert "Say /page in your chat with me" in text


async def test_a_link_and_a_session_end(browser: Browser, store: Store, clock: Clock) -> None:
    store.pages.offer(ME, KEY, in_minutes(clock, 15), clock.now)
    clock.forward(minutes=15)
    assert (await browser.post(f"/page/{KEY}", {}))[0] == 403
    check = await opened(browser, store, clock)
    clock.forward(minutes=59)
    assert (await browser.get("/me"))[0] == 200
    clock.forward(minutes=1)
    assert (await browser.get("/me"))[0] == 403
    status, text, _headers = await browser.post("/me", {"check": check, "line": "forget yes"})
    assert status == 403
    assert "This page is not open" in text
    store.pages.tidy(clock.now)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM page_key").scalar() == 0


async def test_a_newer_link_ends_an_earlier_one(
    browser: Browser, store: Store, clock: Clock
) -> None:
    store.pages.offer(ME, "older", in_minutes(clock, 15), clock.now)
    store.pages.offer(ME, "newer", in_minutes(clock, 15), clock.now)
    assert (await browser.get("/page/older"))[0] == 403
    assert (await browser.get("/page/newer"))[0] == 200


async def test_another_site_can_send_nothing(browser: Browser, store: Store, clock: Clock) -> None:
    check = await opened(browser, store, clock)
    follow(store, "facebook")
    form = {"check": check, "line": "unsubscribe facebook"}
    for origin in ("https://evil.example", "null", browser.base + ".evil.example"):
        for path in ("/me", "/me/feed", "/me/export", "/me/leave", f"/page/{KEY}"):
            status, text, _headers = await browser.post(path, form, origin)
            assert status == 403
            assert "This was not sent by your own page" in text
    for forged in ("", check[:-1], check[::-1], "é" * 64):
        status, _text, _headers = await browser.post(
            "/me", {"check": forged, "line": "unsubscribe facebook"}
        )
        assert status == 403
    assert store.subscriptions.of(ME)
    assert (await browser.get("/me"))[0] == 200, "nobody else can close it"


async def test_sums_are_all_that_is_kept(browser: Browser, store: Store, clock: Clock) -> None:
    await opened(browser, store, clock)
    store.pages.offer_feed(ME, "feed-secret", clock.now)
    store.pages.offer(ME, "link-secret", in_minutes(clock, 5), clock.now)
    with store.database.read() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM page_key").all())
    assert "secret" not in rows
    assert KEY not in rows
    store.chats.forget(ME)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM page_key").scalar() == 0
    assert (await browser.get("/me"))[0] == 403


def test_the_cookies_name_binds_it_to_its_host(
    store: Store, known: Catalogue, clock: Clock
) -> None:
    secure = site_on(store, known, clock, NOW, "https://smallprint.example")
    assert cookie_name(secure) == "__Host-smallprint"
    assert cookie_name(site_on(store, known, clock, NOW, "http://127.0.0.1:1")) == "smallprint"


# -- the same as the commands


async def test_boxes_follow_and_unfollow(browser: Browser, store: Store, clock: Clock) -> None:
    follow(store, "facebook", "x")
    check = await opened(browser, store, clock)
    was = ("was", "facebook,x,nobody")
    ticked = [("follow", each) for each in ("x", "youtube", "nobody")]
    text = await said(browser, check, ("about", "services"), was, *ticked)
    assert {each.service for each in store.subscriptions.of(ME)} == {"x", "youtube"}
    assert "You will hear nothing more of: Facebook." in text
    undo = re.search(r'name="line" value="(unsubscribe undo [^"]+)"', text)
    assert undo
    await said(browser, check, ("line", undo[1]))
    assert "facebook" in {each.service for each in store.subscriptions.of(ME)}


async def test_what_the_catalogue_no_longer_has_can_be_unfollowed(
    browser: Browser, store: Store, clock: Clock
) -> None:
    store.subscriptions.add(Subscription(ME, "long-gone", frozenset({"EU"})), clock.now)
    check = await opened(browser, store, clock)
    await said(browser, check, ("about", "services"), ("was", "long-gone"))
    assert store.subscriptions.of(ME) == []


_WHEN = "now|09:00|monday|||Europe/Brussels|||"
FORMS: tuple[tuple[list[tuple[str, str]], list[str]], ...] = (
    ([("about", "regions"), ("was", "EU"), ("region", "UK"), ("region", "CH")], ["region uk, ch"]),
    (
        [("about", "regions"), ("was", "EU"), ("region", "EU"), ("other", "Norway; Turkey")],
        ["region eu, norway, turkey"],
    ),
    (
        [("about", "audience"), ("was", "users"), ("role", "developers"), ("role", "users")],
        ["audience also developers"],
    ),
    (
        [("about", "audience"), ("was", "users"), ("role", "sellers")],
        ["audience also sellers", "audience not users"],
    ),
    ([("about", "threshold"), ("was", "should"), ("level", "must")], ["threshold must"]),
    (
        [("about", "topics"), ("topic", "ai_training"), ("topic", "security")],
        ["topics +ai_training +security"],
    ),
    ([("about", "reminders"), ("was", "7,1,0"), ("days", "14"), ("days", "0")], ["reminders 0 14"]),
    ([("about", "reminders"), ("was", "7,1,0")], ["reminders off"]),
    ([("about", "language"), ("was", "en"), ("language", "de")], ["language de"]),
    (
        [
            ("about", "when"),
            ("was", _WHEN),
            ("mode", "weekly"),
            ("day", "friday"),
            ("at", "18:05"),
            ("from", "22:30"),
            ("until", "07:15"),
            ("zone", "Europe/Lisbon"),
            ("urgent", "1"),
            ("full", "1"),
        ],
        [
            "when weekly friday 18:05",
            "when quiet 22:30-07:15",
            "when urgent on",
            "when long",
            "when zone Europe/Lisbon",
        ],
    ),
    (
        [("about", "when"), ("was", _WHEN), ("mode", "all"), ("at", "08:00"), ("day", "sunday")],
        ["when weekly sunday 08:00", "when now all"],
    ),
    (
        [("about", "when"), ("was", _WHEN), ("mode", "daily"), ("at", "07:00"), ("silent", "1")],
        ["when daily 07:00", "when silent on"],
    ),
)


@pytest.mark.parametrize(("form", "lines"), FORMS, ids=lambda each: str(each[0]))
async def test_a_form_does_what_its_lines_do(
    browser: Browser,
    store: Store,
    clock: Clock,
    known: Catalogue,
    form: list[tuple[str, str]],
    lines: list[str],
) -> None:
    other = Address("telegram", "1")
    for address in (ME, other):
        store.subscriptions.add(Subscription(address, "facebook", frozenset({"EU"})), clock.now)
    check = await opened(browser, store, clock)
    text = await said(browser, check, *form)
    assert "I do not understand" not in text
    for line in lines:
        command, _space, rest = line.partition(" ")
        request = Request(command, rest, other, language="en", unseen=True, pressed=True)
        handlers.answer(request, context(store, known, known.names))
    assert _chosen(store, ME) == _chosen(store, other)


def _chosen(store: Store, address: Address) -> tuple[Any, ...]:
    """All that a chat has chosen."""
    subscriptions = [(each.service, each.regions) for each in store.subscriptions.of(address)]
    return store.preferences.get(address), subscriptions


async def test_the_page_shows_how_things_stand(
    browser: Browser, store: Store, clock: Clock
) -> None:
    follow(store, "facebook", where="UK")
    store.subscriptions.mute(ME, "facebook", clock.now + timedelta(days=3), clock.now)
    check = await opened(browser, store, clock)
    await said(browser, check, ("about", "threshold"), ("level", "must"))
    await said(browser, check, ("about", "audience"), ("was", "users"), ("role", "creators"))
    settings = store.preferences.get(ME)
    assert settings
    assert settings.interests.least is Level.MUST_KNOW
    assert settings.interests.roles == {Role.CREATORS}
    _status, text, _headers = await browser.get("/me")
    assert "You follow 1 service" in text
    assert "muted until" in text
    assert re.search(r'name="level" value="must" checked', text)
    assert re.search(r'name="role" value="creators" checked', text)
    assert not re.search(r'name="role" value="users" checked', text)
    assert "What you can opt out of" in text


async def test_a_search_on_the_page(browser: Browser, store: Store, clock: Clock) -> None:
    await opened(browser, store, clock)
    _status, text, _headers = await browser.get("/me?q=linkedn")
    assert 'name="follow" value="linkedin"' in text
    _status, text, _headers = await browser.get("/me?q=qqqqzz")
    assert "No service has that name." in text


async def test_what_was_told_is_shown(browser: Browser, store: Store, clock: Clock) -> None:
    follow(store, "facebook")
    story = store.stories.told(["facebook"], 1)[0]
    with store.database.write() as connection:
        chat = connection.exec_driver_sql("SELECT id FROM chat WHERE chat = '4711'").scalar()
        when = int(clock.now.timestamp() * 1000)
        connection.exec_driver_sql(
            "INSERT INTO outbox (story_id, chat_id, part, platform, state, due_at, sent_at)"
            f" VALUES ({story.id}, {chat}, '', 'telegram', 'sent', {when}, {when})"
        )
    await opened(browser, store, clock)
    _status, text, _headers = await browser.get("/me")
    assert f'href="/story/{story.id}"' in text


async def test_export_and_erase(browser: Browser, store: Store, clock: Clock) -> None:
    follow(store, "facebook")
    check = await opened(browser, store, clock)
    status, text, headers = await browser.post("/me/export", {"check": check})
    assert status == 200
    assert json.loads(text)["subscription"][0]["service"] == "facebook"
    assert headers["Content-Disposition"] == 'attachment; filename="smallprint.json"'
    assert headers["Cache-Control"] == "no-store"
    text = await said(browser, check, ("line", "forget"))
    assert "Sure?" in text
    assert store.subscriptions.of(ME), "it asks first"
    status, text, _headers = await browser.post("/me", {"check": check, "line": "forget yes"})
    assert store.subscriptions.of(ME) == []
    assert "Erased." in text
    assert (await browser.get("/me"))[0] == 403


async def test_feeds_of_ones_own(browser: Browser, store: Store, clock: Clock) -> None:
    follow(store, "facebook")
    check = await opened(browser, store, clock)
    _status, text, _headers = await browser.post("/me/feed", {"check": check, "feed": "new"})
    [address] = re.findall(r"<code>(.+/feed\.atom)</code>", text)
    path = address.removeprefix(browser.base)
    assert (await browser.get(path))[0] == 200
    _status, text, _headers = await browser.get("/me")
    assert path not in text
    assert "Your feeds have had an address since" in text
    await browser.post("/me/feed", {"check": check, "feed": "drop"})
    assert (await browser.get(path))[0] == 404


async def test_it_can_be_closed(browser: Browser, store: Store, clock: Clock) -> None:
    check = await opened(browser, store, clock)
    status, _text, headers = await browser.post("/me/leave", {"check": check})
    assert (status, headers["Location"]) == (303, "/")
    assert (await browser.get("/me"))[0] == 403


async def test_a_servers_page_lists_its_channels(
    browser: Browser, store: Store, clock: Clock
) -> None:
    for chat in ("1", "2", "3"):
        address = Address("discord", chat)
        if chat != "3":
            store.subscriptions.add(Subscription(address, "x", frozenset({"EU"})), clock.now)
    store.reach.lose([Address("discord", "2")], "it cannot be found", clock.now, left=False)
    names = ("news <b>", "lost", "silent")
    places = tuple(
        Place(Address("discord", str(number)), name, ("Send Messages",) if number == 1 else ())
        for number, name in enumerate(names, 1)
    )
    await opened(browser, store, clock, places)
    _status, text, _headers = await browser.get("/me")
    assert "news &lt;b&gt;" in text
    assert "alerts do not arrive; missing: Send Messages" in text
    assert "paused: it cannot be found" in text
    assert "silent" not in text.partition("Channels that hear")[2]


async def test_it_speaks_the_language_of_the_chat(
    browser: Browser, store: Store, clock: Clock
) -> None:
    store.preferences.set_language(ME, "de", clock.now)
    await opened(browser, store, clock)
    _status, text, _headers = await browser.get("/me", Accept_Language="fr")
    assert '<html lang="de"' in text
    _status, text, _headers = await browser.get("/me?lang=it")
    assert '<html lang="it"' in text


LINES = (
    "page",
    "link",
    "import x",
    "channel @other subscribe x",
    "test",
    "mention @everyone",
    "setup packs",
    "../subscribe x",
    "",
    "\x00",
    "subscribe",
    "story 1 2 3",
    "unsubscribe *",
    "checklist x y z",
    "documents",
    "letter facebook",
)


@pytest.mark.parametrize("line", LINES)
async def test_a_line_that_no_button_has_does_no_harm(
    browser: Browser, store: Store, clock: Clock, line: str
) -> None:
    follow(store, "facebook")
    store.subscriptions.add(
        Subscription(ME, "x", frozenset({"EU"}), frozenset({Kind.PRIVACY})), clock.now
    )
    check = await opened(browser, store, clock)
    before = _chosen(store, ME)
    status, _text, _headers = await browser.post("/me", {"check": check, "line": line})
    assert status == 200
    assert _chosen(store, ME)[1] == before[1]


async def test_odd_forms(browser: Browser, store: Store, clock: Clock) -> None:
    check = await opened(browser, store, clock)
    odd: tuple[list[tuple[str, str]], ...] = (
        [("about", "nothing")],
        [("about", "when"), ("mode", "weekly"), ("day", "'; DROP"), ("at", "99:99")],
        [("about", "topics"), ("topic", "{{x}}")],
        [("about", "reminders"), ("days", "-1"), ("days", "٣")],
        [("about", "language"), ("language", "xx")],
        [("about", "regions"), ("other", "," * 500)],
        [("about", "services"), ("was", ",".join(f"s{number}" for number in range(9_000)))],
        [("line", "subscribe " + "x" * 5_000)],
    )
    for form in odd:
        status, text, _headers = await browser.post("/me", [("check", check), *form])
        assert status == 200
        assert "Something went wrong" not in text
    status, _text, _headers = await browser.post("/me", {"check": check, "x": "y" * 300_000})
    assert status == 413


def test_buttons_say_only_what_commands_take() -> None:
    assert {command.entry.name for command in handlers.COMMANDS} >= COMMANDS


# -- /page


def ask(store: Store, known: Catalogue, **given: Any) -> Any:
    """The answer to /page."""
    here = context(store, known, known.names)
    here = replace(here, pages=given.pop("pages", "https://smallprint.example"))
    return handlers.answer(Request("page", "", ME, **given), here)


def test_the_command_gives_a_link_where_nobody_else_reads_it(
    store: Store, known: Catalogue
) -> None:
    answer = ask(store, known)
    [url] = [action.url for action in answer.actions]
    assert url.startswith("https://smallprint.example/page/")
    assert store.pages.is_offered(url.rpartition("/")[2], NOW)
    assert not store.pages.is_offered(url.rpartition("/")[2], NOW + timedelta(minutes=15))
    in_a_group = ask(store, known, private=False)
    assert not in_a_group.actions
    assert "Everybody here could open that page" in in_a_group.text
    assert ask(store, known, private=False, unseen=True).actions
    assert "no pages on the web" in ask(store, known, pages="").text
    member = ask(store, known, private=False, unseen=True, may_manage=False)
    assert "Only people who manage this chat" in member.text


async def test_a_failure_logs_no_secret(browser: Browser, store: Store, clock: Clock) -> None:
    await opened(browser, store, clock)
    with store.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE page_key RENAME TO gone")
    with structlog.testing.capture_logs() as logged:
        for path in (f"/page/{KEY}", f"/mine/{KEY}/feed.atom", "/me"):
            status, _text, _headers = await browser.get(path)
            assert status == 500
    assert len(logged) == 3
    assert KEY not in str(logged)
    assert logged[0]["path"] == "/page/{key}"


# -- nothing that nobody meant


@pytest.mark.parametrize("left", [True, False])
async def test_a_look_does_not_say_that_a_chat_is_back(
    browser: Browser, store: Store, clock: Clock, left: bool
) -> None:
    follow(store, "facebook")
    await opened(browser, store, clock)
    store.reach.lose([ME], "it blocked me", clock.now, left=left)
    _status, text, _headers = await browser.get("/me")
    assert "I could not reach you here for a while (it blocked me)." in text
    settings = store.preferences.get(ME)
    assert settings
    assert settings.paused == "it blocked me"


def fields_of(text: str) -> dict[str, list[tuple[str, str]]]:
    """What each form of a page sends where nobody touches it, by what it is about."""
    found: dict[str, list[tuple[str, str]]] = {}
    for form in html.fromstring(text).forms:
        fields = [(str(name), str(value)) for name, value in form.form_values()]
        about = dict(fields).get("about")
        if about:
            found[f"{about} {len(found)}"] = fields
    return found


async def test_forms_that_nobody_touched_change_nothing(
    browser: Browser, store: Store, clock: Clock
) -> None:
    for service, where in (("linkedin", "DE FR"), ("facebook", "UK"), ("x", "EU")):
        regions = frozenset(where.split())
        store.subscriptions.add(Subscription(ME, service, regions), clock.now)
    await opened(browser, store, clock)
    before = _chosen(store, ME)
    _status, text, _headers = await browser.get("/me")
    forms = fields_of(text)
    assert len(forms) >= 9
    for fields in forms.values():
        status, text, _headers = await browser.post("/me", fields)
        assert status == 200
        assert "Nothing has changed yet." in text
        assert _chosen(store, ME) == before


async def test_what_was_chosen_meanwhile_stays(
    browser: Browser, store: Store, clock: Clock, known: Catalogue
) -> None:
    """A page stands open while somebody changes things in the chat: only what is touched counts."""
    follow(store, "facebook")
    await opened(browser, store, clock)
    _status, text, _headers = await browser.get("/me")
    forms = {name.split()[0]: fields for name, fields in fields_of(text).items()}
    here = context(store, known, known.names)
    for line in (
        "when weekly friday 18:00",
        "topics +ai_training",
        "audience also sellers",
        "reminders 14",
        "region norway",
        "threshold must",
    ):
        command, _space, rest = line.partition(" ")
        handlers.answer(Request(command, rest, ME, pressed=True), here)
    for about, touch in (
        ("when", ("silent", "1")),
        ("topics", ("topic", "security")),
        ("audience", ("role", "creators")),
        ("reminders", ("days", "3")),
        ("regions", ("region", "UK")),
    ):
        status, text, _headers = await browser.post("/me", [*forms[about], touch])
        assert status == 200
        assert "I do not understand" not in text
    settings = store.preferences.get(ME)
    assert settings
    schedule, interests = settings.schedule, settings.interests
    assert (schedule.mode, schedule.at, schedule.weekday) == ("weekly", 18 * 60, 4)
    assert schedule.silent
    assert schedule.reminders == (14, 3)
    assert interests.topics == {"ai_training", "security"}
    assert interests.roles == {Role.USERS, Role.SELLERS, Role.CREATORS}
    assert interests.least is Level.MUST_KNOW
    assert settings.regions == {"NO", "UK"}


async def test_a_button_that_leads_nowhere_is_not_shown(
    browser: Browser, store: Store, clock: Clock
) -> None:
    follow(store, "facebook")
    check = await opened(browser, store, clock)
    for line in ("subscriptions facebook", "subscriptions", "unsubscribe facebook", "checklist"):
        text = await said(browser, check, ("line", line))
        for button in re.findall(r'name="line" value="([^"]+)"', text):
            assert button.partition(" ")[0] in COMMANDS


async def test_what_was_followed_meanwhile_stays(
    browser: Browser, store: Store, clock: Clock
) -> None:
    await opened(browser, store, clock)
    _status, text, _headers = await browser.get("/me")
    follow(store, "grok", "facebook")
    for fields in fields_of(text).values():
        await browser.post("/me", fields)
    assert {each.service for each in store.subscriptions.of(ME)} == {"grok", "facebook"}


async def test_a_press_counts_once_and_is_done_whole(
    browser: Browser, store: Store, clock: Clock
) -> None:
    gone = [f"long-gone-{number}" for number in range(30)]
    follow(store, "facebook", *gone)
    check = await opened(browser, store, clock)
    for _look in range(40):
        status, text, _headers = await browser.get("/me")
        assert status == 200
        assert "That was a lot at once" not in text
    fields = [("about", "services"), ("was", ",".join(["facebook", *gone]))]
    await said(browser, check, *fields, ("follow", "facebook"))
    assert [each.service for each in store.subscriptions.of(ME)] == ["facebook"]


async def test_who_follows_very_much_can_save(
    browser: Browser, store: Store, clock: Clock, known: Catalogue
) -> None:
    every = sorted(known.listings)[:560]
    follow(store, *every)
    await opened(browser, store, clock)
    seen = 0
    pages = [await browser.get(f"/me?page={page}") for page in (1, 2, 3)]
    for status, text, _headers in pages:
        assert status == 200
        assert len(text.encode()) <= 100_000
        [first, *_others] = fields_of(text).values()
        kept = [each for each in first if each[0] != "follow"]
        ticked = [each for each in first if each[0] == "follow"]
        seen += len(ticked)
        saved, _text, _headers = await browser.post("/me", [*kept, *ticked[1:]])
        assert saved == 200
    assert seen == 560
    assert len(store.subscriptions.of(ME)) == 557


async def test_a_newer_link_ends_an_open_page(browser: Browser, store: Store, clock: Clock) -> None:
    await opened(browser, store, clock)
    store.pages.offer(ME, "newer", in_minutes(clock, 15), clock.now)
    assert (await browser.get("/me"))[0] == 200
    other = Browser(browser.base)
    await other.post("/page/newer", {})
    assert (await browser.get("/me"))[0] == 403
    assert (await other.get("/me"))[0] == 200
    await other.close()


ODD = (
    ("application/x-www-form-urlencoded; charset=utf-99", b"check=a", 400),
    ("application/x-www-form-urlencoded; charset=zlib", b"check=a", 400),
    ("application/x-www-form-urlencoded", b"a=%FF&b=\xff", 400),
    ("multipart/form-data", b"x", 415),
    ("multipart/form-data; boundary=a", b"--a\r\n\r\nx\r\n--a--", 415),
    ("application/json", b"{}", 415),
    ("", b"", 415),
)


@pytest.mark.parametrize(("kind", "body", "status"), ODD)
async def test_a_body_that_is_no_form(
    browser: Browser, store: Store, clock: Clock, kind: str, body: bytes, status: int
) -> None:
    with structlog.testing.capture_logs() as logged:
        got, _text, _headers = await browser.post("/me", body, kind=kind)
        assert got == 403, "nothing is read of who has no page"
        await opened(browser, store, clock)
        got, _text, _headers = await browser.post("/me", body, kind=kind)
    assert got == status
    assert logged == []


async def test_quiet_hours_that_cannot_be(browser: Browser, store: Store, clock: Clock) -> None:
    check = await opened(browser, store, clock)
    for start, end in (("10:00", "10:00"), ("10:00", ""), ("", "08:00")):
        fields = (("about", "when"), ("was", _WHEN), ("from", start), ("until", end))
        text = await said(browser, check, *fields)
        assert "I do not understand" in text
        assert "Something went wrong" not in text


async def test_a_form_is_answered_in_a_sentence(
    browser: Browser, store: Store, clock: Clock
) -> None:
    check = await opened(browser, store, clock)
    fields = (("mode", "weekly"), ("day", "friday"), ("at", "18:05"), ("from", "22:00"))
    text = await said(browser, check, ("about", "when"), *fields, ("until", "06:00"))
    answer = text.partition('class="said"')[2].partition("<section")[0]
    assert answer.count("You hear once a week (Friday, 18:05)") == 1
    assert "Quiet from 22:00 to 6:00." in answer
    assert "For example" not in answer
    assert "button" not in answer
