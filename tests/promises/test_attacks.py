"""Attacks by feeds, people and networks: cases A5 to A10, A12, A17 and A18."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import handlers
from bot.adapters.discord.layout import words
from bot.adapters.discord.platform import Discord
from bot.adapters.registry import PLATFORMS
from bot.adapters.telegram.markup import html_of, size
from bot.adapters.telegram.platform import Telegram
from bot.app import App
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address, Record, Story, Subscription
from bot.platform import Request
from bot.rate_limit import BURST, Flood
from bot.render.alert import alert
from bot.render.fit import fit
from bot.render.reader import Reader
from bot.runtime import logs
from bot.settings import Settings
from bot.settings import load as load_settings
from bot.store import Store, tables
from bot.verdicts import Excerpt, Link
from lab.standin.discord import TOKEN as DISCORD_TOKEN
from lab.standin.telegram import TOKEN, TelegramStandIn
from tests.support import judges, world
from tests.support.interactions import INTERACTION
from tests.support.rig import connected

GROUP = -1001
HOSTILE = (
    '</b><a href="tg://resolve?domain=x">',
    "[x](javascript:alert(1))",
    "<script>alert(1)</script>",
    "<b><i><b>nested</b></i></b>",
    "&lt;b&gt;",
    "**bold** __x__ ~~y~~ `z`",
    "<t:0:R> <#1> </howto:1>",
    "\u202egnirts sdrawkcab",
)
CALLS = (
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "@durov",
    "@smallprint_bot " * 50,
)


def hostile_story(text: str) -> Story:
    """A story in which everything that a feed can say is this text."""
    links = ("javascript:alert(1)", "tg://resolve?domain=x", "https://example.org/<script>")
    change = replace(
        world.CHANGE,
        title=text,
        terms_type=text[:100],
        excerpts=(Excerpt(text, text + " x"),),
        summary=text,
        links=tuple(Link(text, url) for url in links),
    )
    memo = replace(change, uid="memo:1", record=Record.MEMO, link="https://example.org/m")
    return Story(1, change, (memo,))


@pytest.mark.parametrize("text", [*HOSTILE, *CALLS])
def test_a5_a6_what_a_feed_says_is_shown_and_does_nothing(
    text: str, known: Catalogue, names: Names
) -> None:
    reader = Reader(frozenset({"EU"}), world.NOW.date(), full=True)
    message = alert(hostile_story(text), ("linkedin",), reader, known, names)
    fitted = fit(message, size, 4096)
    parsed = judges.telegram_text(html_of(fitted))
    bare = text.replace("\u202e", "").strip()
    assert bare in parsed["text"].replace("\u2060", ""), "the visible words are the title's"
    own = {
        "textEntityTypeBold",
        "textEntityTypeStrikethrough",
        "textEntityTypeTextUrl",
        "textEntityTypeExpandableBlockQuote",
    }
    assert {entity["type"]["@type"] for entity in parsed["entities"]} <= own
    links = {entity["type"]["url"] for entity in parsed["entities"] if "url" in entity["type"]}
    ours = ("https://github.com/", "https://www.linkedin.com/", "https://example.org/m")
    assert [link for link in links if not link.startswith(ours)] == []
    assert "textEntityTypeMention" not in judges.telegram_finds(parsed["text"])
    body = Discord("unused").body(message)
    judges.discord_body("MessageCreateRequest", body)
    assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
    shown = "\n".join(words(body))
    assert not re.search(r"(?<!\\)\]\((?!https?://)", shown)
    assert not re.search(r"(?<!\\)<(?:@|#|t:0|/)", shown), "nothing of a feed is markup"


# -- people


def everything(store: Store) -> str:
    """All rows of all tables that a person could change."""
    leases = ('INSERT INTO "lease"', "INSERT INTO lease")
    with sqlite3.connect(store.path or "") as connection:
        return "\n".join(line for line in connection.iterdump() if not line.startswith(leases))


FORGED = (
    "forget yes",
    "unsubscribe all",
    "subscribe linkedin us",
    "mute all",
    "setup in us",
    "setup pack social all",
    "done 1",
    "dismiss 1",
    "checklist linkedin ai-training done",
    "language de",
    "threshold everything",
    "topics all",
    "when now",
    "mention 1",
    "link",
    "link aaaaaaaaaa",
    "region us",
    "x" * 4000,
    "howto \x00\n",
    "forget yes\x00",
    "sp:forget yes",
    "-1001:forget yes",
    "🦆" * 16,
    " ",
    "story 99999999999999999999",
)


@pytest.mark.parametrize("data", FORGED)
async def test_a7_a8_a_forged_press_in_a_group_changes_nothing_and_is_answered(
    data: str, telegram: Any, standin: TelegramStandIn, dispatch: Any, store: Store
) -> None:
    """A button is a typed line: nothing in it is trusted; who may do it is asked at the press."""
    group = Address("telegram", str(GROUP))
    store.subscriptions.add(Subscription(group, "linkedin", frozenset({"EU"})), world.NOW)
    before = everything(store)
    standin.admins = {9}
    async with connected(Telegram(TOKEN, telegram[1]), [], dispatch):
        for keyboard in (["help"], [], [data]):
            standin.presses(data, chat=GROUP, user=7, kind="supergroup", keyboard=keyboard)
        standin.presses("help", chat=GROUP, user=7, kind="supergroup")
        await standin.until(lambda: len(standin.answered) == 4)
        standin.says("/help", chat=8)
        await standin.until(lambda: any(sent["chat_id"] == 8 for sent in standin.sent))
    assert everything(store) == before


async def test_a8_an_administrator_who_was_demoted_presses_in_vain(
    telegram: Any, standin: TelegramStandIn, dispatch: Any, store: Store
) -> None:
    standin.admins = {9}
    group = Address("telegram", str(GROUP))
    async with connected(Telegram(TOKEN, telegram[1]), [], dispatch):
        standin.says("/subscribe linkedin", chat=GROUP, user=9, kind="supergroup")
        await standin.message(1)
        standin.admins = set()
        standin.presses("unsubscribe linkedin", chat=GROUP, user=9, kind="supergroup")
        await standin.until(lambda: standin.alerts)
        assert "Only people who manage this chat" in standin.alerts[0]["text"]
        forwarded = {
            "forward_origin": {
                "type": "user",
                "date": 1,
                "sender_user": {"id": 9, "is_bot": False, "first_name": "B"},
            }
        }
        standin.says("/unsubscribe all", chat=GROUP, user=7, kind="supergroup", **forwarded)
        refused = (await standin.message(2))["plain"]
        assert "Only people who manage this chat" in refused, "a forwarded line is who forwards it"
        automatic = {
            "is_automatic_forward": True,
            "sender_chat": {"id": -1005, "type": "channel", "title": "c"},
        }
        standin.says("/unsubscribe all", chat=GROUP, user=777000, kind="supergroup", **automatic)
        standin.says("/help", chat=8)
        assert (await standin.message(3))["chat_id"] == 8
    assert len(store.subscriptions.of(group)) == 1


def test_a9_a_chat_that_asks_without_end_gets_its_share_and_the_others_theirs() -> None:
    flood = Flood()
    taken = sum(flood.takes("telegram:1") for _request in range(1000))
    assert taken == BURST
    assert all(flood.takes(f"telegram:{chat}") for chat in range(2, 10_002)), (
        "ten thousand others ask once"
    )


async def test_a9_what_is_too_much_is_said_without_touching_the_database(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App(Settings.model_validate({"database": f"sqlite:///{tmp_path}/x.db"}), [], [])
    app.store.open()
    asked = []

    def answer(request: Request, _context: handlers.Context) -> Message:
        asked.append(request)
        return Message(())

    monkeypatch.setattr(handlers, "answer", answer)
    told = []
    for _request in range(1000):
        said = await app.dispatch(Request("help", "", Address("telegram", "7"), language="de"))
        told += [said.text] if said.blocks else []
    assert len(asked) <= BURST + 5
    assert told == ["Das war viel auf einmal. Bitte warte einen Moment."], "once"
    other = Request("help", "", Address("telegram", "-1"), person="8")
    for _request in range(BURST):
        await app.dispatch(replace(other, person="9"))
    count = len(asked)
    await app.dispatch(other)
    assert len(asked) == count + 1, "what one asks in a group takes nothing from another"
    script = Request("help", "", Address("console", "me"), local=True)
    for _request in range(3 * BURST):
        await app.dispatch(script)
    assert len(asked) == count + 1 + 3 * BURST, "a script on this machine may ask"
    app.store.close()


# -- malformed updates

MUTATIONS = int(os.environ.get("MUTATIONS", "5000"))

PRIVATE = {"id": 7, "type": "private"}
SENDER = {"id": 7, "is_bot": False, "first_name": "A"}
OURSELVES = {"id": 1, "is_bot": True, "first_name": "S"}
UPDATES: list[dict[str, Any]] = [
    {"message": {"message_id": 5, "date": 1, "chat": PRIVATE, "from": SENDER, "text": "/help"}},
    {
        "callback_query": {
            "id": "1",
            "from": SENDER,
            "chat_instance": "1",
            "data": "howto linkedin",
            "message": {"message_id": 5, "date": 1, "chat": PRIVATE, "text": "x"},
        }
    },
    {
        "my_chat_member": {
            "chat": {"id": -5, "type": "group", "title": "G"},
            "from": SENDER,
            "date": 1,
            "old_chat_member": {"user": OURSELVES, "status": "left"},
            "new_chat_member": {"user": OURSELVES, "status": "member"},
        }
    },
    {"inline_query": {"id": "1", "from": SENDER, "query": "linkedin", "offset": ""}},
    {
        "channel_post": {
            "message_id": 5,
            "date": 1,
            "chat": {"id": -1002, "type": "channel", "title": "C"},
            "text": "/subscribe linkedin",
        }
    },
]
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.just({}),
)


@st.composite
def mutated(draw: Any, originals: Any) -> dict[str, Any]:
    """A value in which some parts are something else, or missing."""
    update = json.loads(json.dumps(draw(originals)))
    for _change in range(draw(st.integers(1, 4))):
        place = update
        while True:
            key = draw(st.sampled_from(sorted(place)))
            if isinstance(place[key], dict) and place[key] and draw(st.booleans()):
                place = place[key]
                continue
            if draw(st.booleans()):
                place[key] = draw(JUNK)
            else:
                del place[key]
            break
        if not update:
            break
    return update  # type: ignore[no-any-return]


async def test_a10_malformed_updates_are_skipped_once_and_the_next_is_read(
    telegram: Any, standin: TelegramStandIn, dispatch: Any
) -> None:
    """Mutated updates through the whole adapter, then a sound one; MUTATIONS says how many."""
    unhandled: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: unhandled.append(context)
    )
    corpus: list[dict[str, Any]] = []

    @settings(max_examples=MUTATIONS, database=None, suppress_health_check=list(HealthCheck))
    @given(mutated(st.sampled_from(UPDATES)))
    def collect(update: dict[str, Any]) -> None:
        corpus.append(update)

    await asyncio.to_thread(collect)
    with structlog.testing.capture_logs() as said:
        async with connected(Telegram(TOKEN, telegram[1]), [], dispatch) as platform:
            standin.together = 100
            for update in corpus:
                standin.happens(update)
            standin.says("/about", chat=4242)
            await standin.until(lambda: any(sent["chat_id"] == 4242 for sent in standin.sent), 200)
            assert platform.ready
    assert unhandled == []
    assert any(entry["event"] == "telegram.update_unreadable" for entry in said)
    assert len(corpus) >= MUTATIONS / 2


EVENTS = ("INTERACTION_CREATE", "GUILD_CREATE", "CHANNEL_UPDATE", "READY_", "GUILD_DELETE")


async def test_a10_malformed_frames_are_skipped_once_and_the_next_is_read(
    discord: Any, dispatch: Any
) -> None:
    """Mutated frames of the gateway through the whole adapter, with a sound one behind them."""
    standin, base = discord
    frames: list[tuple[str, Any]] = []

    @settings(max_examples=MUTATIONS // 5, database=None, suppress_health_check=list(HealthCheck))
    @given(mutated(st.just(INTERACTION)), st.sampled_from(EVENTS))
    def collect(frame: Any, event: str) -> None:
        frames.append((event, frame))

    await asyncio.to_thread(collect)
    platform = Discord(DISCORD_TOKEN, base)
    with structlog.testing.capture_logs() as said:
        async with connected(platform, [command.entry for command in handlers.COMMANDS], dispatch):
            await _read_frames(standin, platform, frames)
    assert any(entry["event"] == "discord.frame_unreadable" for entry in said)


async def _read_frames(standin: Any, platform: Any, frames: list[tuple[str, Any]]) -> None:
    async with asyncio.timeout(10):
        while not standin.sockets:
            await asyncio.sleep(0.02)
    for event, frame in frames:
        await standin.happens(event, frame)
    await standin.happens("INTERACTION_CREATE", {**INTERACTION, "id": "4242"})
    await standin.until(lambda: any("AGPL" in json.dumps(said) for said in standin.callbacks), 100)
    assert len(standin.sockets) == 1, "one connection read them all"
    assert platform.ready


ODD_DATA: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"custom_id": None},
    {"custom_id": 5},
    {"custom_id": "sp-menu:0"},
    {"custom_id": "sp-menu:0", "values": []},
    {"custom_id": "other:1"},
)


async def test_a10_malformed_interactions_are_not_our_end(dispatch: Any) -> None:
    entries = [command.entry for command in handlers.COMMANDS]
    client: Any = Discord("unused").client(entries, dispatch)
    pressed, pinged = discord.InteractionType.component, discord.InteractionType.ping
    for data in ODD_DATA:
        await client.on_interaction(SimpleNamespace(type=pressed, data=data))
    await client.on_interaction(SimpleNamespace(type=pinged, data=None))


# -- secrets and logs


@contextmanager
def written(style: str, secrets: tuple[str, ...] = ()) -> Iterator[io.StringIO]:
    root, out = logging.getLogger(), io.StringIO()
    before, settled = (root.handlers, root.level), structlog.get_config()
    logs.set_up("DEBUG", style, secrets, out)
    try:
        yield out
    finally:
        root.handlers, level = before
        root.setLevel(level)
        structlog.configure(**settled)


@pytest.mark.parametrize("style", ["text", "json"])
async def test_a12_no_secret_is_in_any_log_trace_or_export(
    style: str, telegram: Any, standin: TelegramStandIn, dispatch: Any, store: Store
) -> None:
    async def failing(request: Any) -> Message:
        if isinstance(request, Request) and request.command == "about":
            raise RuntimeError(f"failed at https://api.telegram.org/bot{TOKEN}/sendMessage")
        return await dispatch(request)  # type: ignore[no-any-return]

    with written(style, (TOKEN,)) as out:
        async with connected(Telegram(TOKEN, telegram[1]), [], failing) as platform:
            standin.says("/about")
            standin.says("/status", chat=8)
            said = await standin.message(1)
            try:
                await failing(Request("about", "", Address("telegram", "7")))
            except RuntimeError:
                structlog.get_logger().exception("request.failed")
                logging.getLogger("telegram").exception(
                    "Error at %s", f"https://api.telegram.org/bot{TOKEN}/getMe"
                )
            shown = repr(platform) + repr(vars(platform).get("gate")) + said["plain"]
        shown += out.getvalue() + json.dumps(store.chats.export(Address("telegram", "7")))
    assert "request.failed" in shown
    for part in (TOKEN, *TOKEN.split(":")):
        assert part not in shown
    settings_ = load_settings(PLATFORMS, None, {"TELEGRAM_TOKEN": TOKEN})
    assert settings_.platforms[0].token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings_) + str(settings_)


@pytest.mark.parametrize("style", ["text", "json"])
def test_a17_one_record_is_one_line(style: str) -> None:
    lie = "x\r\n2025-11-03T00:00:00Z [info] everything.is_fine \x1b[31mred\x1b[0m\u2028next"
    with written(style) as out:
        structlog.get_logger().warning("item.odd", title=lie, names=[lie])
        logging.getLogger("feedparser").warning("odd: %s", lie)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert "\x1b" not in out.getvalue().replace("\x1b[0m", "") or style == "text"
    assert not any(line.startswith("2025-11-03") for line in lines)
    with written("text") as out:
        try:
            raise ValueError(lie)
        except ValueError:
            structlog.get_logger().exception("request.failed")
    lines = out.getvalue().splitlines()
    assert any("request.failed" in line for line in lines)
    assert not any(line.startswith("2025-11-03") for line in lines)


# -- erasure


#: Lines after which every table of people's has a row of the chat.
TYPED = (
    "subscribe linkedin eu",
    "link abcdefghjk yes",
    "subscribe reddit",
    "unsubscribe reddit",
    "when daily",
    "mute linkedin 3 days",
    "language de",
    "topics ai_training",
    "link",
    "checklist linkedin ai-training done",
)


async def test_a18_forget_leaves_no_row_with_the_chat(
    store: Store, known: Catalogue, names: Names
) -> None:
    me, other = Address("telegram", "5551234567"), Address("telegram", "777")
    context = world.context(store, known, names)
    handlers.answer(Request("subscribe", "linkedin", other), context)
    until = world.NOW + timedelta(minutes=5)
    store.chats.offer(other, "abcdefghjk", until, world.NOW)
    for line in TYPED:
        command, _sep, text = line.partition(" ")
        handlers.answer(Request(command, text, me), context)
    world.tell(
        store,
        replace(world.CHANGE, uid="commit:2", topics=("ai_training",)),
        replace(world.ITEM, uid="commit:2"),
    )
    store.reminders.answer(me, 1, "done", world.NOW)
    store.pages.offer_feed(me, "secret", world.NOW)
    chat_id = next(row for row in _rows(store, "chat") if row["chat"] == me.chat)["id"]
    held = {
        name: len([r for r in _rows(store, name) if r["chat_id"] == chat_id]) for name in PERSONAL
    }
    assert all(held.values()), held
    assert "Gelöscht" in handlers.answer(Request("forget", "yes", me), context).text
    for name in PERSONAL:
        assert [r for r in _rows(store, name) if r["chat_id"] == chat_id] == [], name
    assert me.chat not in everything(store)
    assert len(store.subscriptions.of(other)) == 1


PERSONAL = (
    "subscription",
    "outbox",
    "answered",
    "acted",
    "link_code",
    "unfollowed",
    "snapshot",
    "page_key",
)


def test_a18_every_table_with_a_chat_is_erased_from() -> None:
    every = tables.metadata.sorted_tables
    assert {table.name for table in every if "chat_id" in table.c} == set(PERSONAL)


def test_a18_no_log_names_a_chat(store: Store, known: Catalogue, names: Names) -> None:
    with written("json") as out:
        context = world.context(store, known, names)
        for command in handlers.COMMANDS:
            handlers.answer(
                Request(command.entry.name, "linkedin", Address("telegram", "5551234567")), context
            )
    assert "5551234567" not in out.getvalue()


def _rows(store: Store, table: str) -> list[dict[str, Any]]:
    with sqlite3.connect(store.path or "") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
