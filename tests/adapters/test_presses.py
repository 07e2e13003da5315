"""Presses of Telegram buttons: the chat they act on, and who may press.

Others cannot make the bot speak in a channel, nor say their own words anywhere.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers
from bot import locales
from bot.adapters.telegram import press
from bot.adapters.telegram.layout import COMMAND_BYTES, chat_of, elsewhere
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.locales import gettext
from bot.message import Action, Block, Menu, Message
from bot.model import Address, Subscription
from bot.rate_limit import Gate
from bot.render.blocks import say
from bot.store import Store
from lab.standin.telegram import TOKEN, TelegramStandIn
from tests.support import world
from tests.support.rig import connected

GROUP, CHANNEL = -1001, -1001234567890
ME, THERE = Address("telegram", "9"), Address("telegram", str(CHANNEL))
Talk = Callable[[], AbstractAsyncContextManager[Telegram]]


@pytest.fixture
def talk(telegram: Any, dispatch: Any, standin: TelegramStandIn) -> Talk:
    standin.chats = {"@news": CHANNEL, str(CHANNEL): CHANNEL}
    standin.admins = {9}

    def start() -> AbstractAsyncContextManager[Telegram]:
        platform = Telegram(TOKEN, telegram[1])
        platform.gate = Gate(1000)
        return connected(platform, [command.entry for command in handlers.COMMANDS], dispatch)

    return start


def buttons(message: dict[str, Any]) -> dict[str, str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {b["text"]: b["callback_data"] for row in rows for b in row if "callback_data" in b}


def follow(store: Store, *services: str) -> None:
    """The same in the private chat and in the channel, so that a mistake shows."""
    for address, service in itertools.product((ME, THERE), services):
        store.subscriptions.add(Subscription(address, service, frozenset({"EU"})), world.NOW)


def mine(store: Store, address: Address) -> list[str]:
    return sorted(each.service for each in store.subscriptions.of(address))


async def shown(standin: TelegramStandIn, act: Callable[[], None]) -> dict[str, Any]:
    """What is said, or put in a message's place, after something that a person does."""
    sent, edited = len(standin.sent), len(standin.edited)
    act()
    await standin.until(lambda: len(standin.sent) > sent or len(standin.edited) > edited)
    return standin.sent[-1] if len(standin.sent) > sent else standin.edited[-1]


def of_nine(standin: TelegramStandIn, line: str) -> Callable[[], None]:
    return lambda: standin.says(line, chat=9, user=9)


def presses(standin: TelegramStandIn, data: str) -> Callable[[], None]:
    return lambda: standin.presses(data, chat=9, user=9)


# -- the channel travels with the button


JOURNEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("subscribe tiktok eu", ("Unsubscribe", "Undo")),
    ("unsubscribe linkedin", ("Undo", "Unsubscribe")),
    ("unsubscribe", ("LinkedIn", "Undo")),
    ("unsubscribe", ("All of them",)),
    ("forget", ("Yes, erase everything",)),
    ("mute linkedin 3 days", ("Undo",)),
    ("when daily 18:00", ("At once",)),
    ("region", ("UK",)),
    ("setup", ("🇪🇺 EU/EEA", "Social", "Follow all 10")),
    ("setup", ("Another country", "Norway", "Messengers", "Back")),
    ("subscriptions", ("LinkedIn", "Mute for two weeks", "Undo")),
    ("services", ("Next ▶", "◀ Previous")),
    ("topics", ("All topics",)),
    ("threshold", ("Only what I must know",)),
    ("audience", ("developers", "✓ private people", "All of these")),
    ("documents", ("LinkedIn", "✓ community rules", "All documents", "Back")),
    ("language", ("Deutsch",)),
    ("privacy", ("Erase everything", "Yes, erase everything")),
)


@pytest.mark.parametrize(("line", "labels"), JOURNEYS)
async def test_every_tap_below_an_answer_about_a_channel_acts_there(
    talk: Talk, standin: TelegramStandIn, store: Store, line: str, labels: tuple[str, ...]
) -> None:
    """What the private chat has stays; the channel becomes what taps of its own make of it."""
    follow(store, "linkedin", "whatsapp")
    store.subscriptions.add(
        Subscription(Address("telegram", "77"), "linkedin", frozenset({"EU"})), world.NOW
    )
    before = kept(store, ME)
    async with talk():
        said = await shown(standin, of_nine(standin, f"/channel @news {line}"))
        for label in labels:
            assert said["plain"].startswith("A channel\n\n")
            assert said["chat_id"] == 9
            offered = buttons(said)
            assert label in offered, (label, list(offered))
            assert all(data.startswith("@") for data in offered.values()), offered
            said = await shown(standin, presses(standin, offered[label]))
        assert kept(store, ME) == before
    assert standin.alerts == []


def kept(store: Store, address: Address) -> Any:
    muted = store.subscriptions.muted(address, world.NOW)
    return store.chats.export(address), store.preferences.get(address), mine(store, address), muted


async def test_the_channel_itself_is_changed(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    follow(store, "linkedin")
    async with talk():
        said = await shown(standin, of_nine(standin, "/channel @news subscribe tiktok eu"))
        await shown(standin, presses(standin, buttons(said)["Unsubscribe"]))
        assert mine(store, THERE) == ["linkedin"]
        said = await shown(standin, of_nine(standin, "/channel @news unsubscribe linkedin"))
        await shown(standin, presses(standin, buttons(said)["Undo"]))
        assert mine(store, THERE) == ["linkedin"]
        said = await shown(standin, of_nine(standin, "/channel @news forget"))
        await shown(standin, presses(standin, buttons(said)["Yes, erase everything"]))
        assert mine(store, THERE) == []
    assert mine(store, ME) == ["linkedin"]


async def test_what_a_button_becomes_is_about_the_channel_too(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    follow(store, "linkedin")
    async with talk():
        said = await shown(standin, of_nine(standin, "/channel @news subscribe linkedin"))
        pressed = buttons(said)["Unsubscribe"]
        standin.presses(pressed, chat=9, user=9)
        await standin.until(lambda: standin.keyboards)
    [[becomes]] = standin.keyboards[0]["reply_markup"]["inline_keyboard"]
    assert becomes["text"] == "Undo"
    assert chat_of(becomes["callback_data"]) == (str(CHANNEL), "unsubscribe undo linkedin")


@pytest.mark.parametrize("lost", ["demoted", "gone"])
async def test_who_manages_the_channel_no_more_is_told_so_and_nothing_happens(
    talk: Talk, standin: TelegramStandIn, store: Store, lost: str
) -> None:
    follow(store, "linkedin")
    async with talk():
        said = await shown(standin, of_nine(standin, "/channel @news forget"))
        if lost == "demoted":
            standin.admins = set()
        else:
            standin.chats = {}
        standin.presses(buttons(said)["Yes, erase everything"], chat=9, user=9)
        await standin.until(lambda: standin.alerts)
        assert "or you do not manage it" in standin.alerts[0]["text"]
        assert standin.alerts[0]["show_alert"] is True
    assert mine(store, ME) == mine(store, THERE) == ["linkedin"]
    assert len(standin.sent) == 1


@pytest.mark.parametrize(
    "data",
    [
        "@cryl7kya forget yes",
        "@zz forget yes",
        "@ forget yes",
        "@- forget yes",
        "@_ forget yes",
        "@é forget yes",
        "@٣ forget yes",
        "@cryl7kya",
        "@cryl7kya ",
        "@news forget yes",
    ],
)
async def test_forged_chats_reach_nothing(
    talk: Talk, standin: TelegramStandIn, store: Store, data: str
) -> None:
    """The right is asked for at the press, and a chat that cannot be read is none."""
    follow(store, "linkedin")
    store.subscriptions.add(
        Subscription(Address("telegram", "7"), "linkedin", frozenset({"EU"})), world.NOW
    )
    async with talk():
        standin.presses(data, chat=7, user=7)
        await standin.until(lambda: standin.answered)
        standin.says("/about", chat=8, user=8)
        await standin.until(lambda: any(sent["chat_id"] == 8 for sent in standin.sent))
    assert mine(store, THERE) == mine(store, Address("telegram", "7")) == ["linkedin"]


async def test_an_old_message_that_cannot_be_read_still_acts_on_its_channel(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    follow(store, "linkedin")
    async with talk():
        said = await shown(standin, of_nine(standin, "/channel @news subscribe linkedin"))
        old = {
            "chat": {"id": 9, "type": "private", "first_name": "A"},
            "message_id": 99999,
            "date": 0,
        }
        data = buttons(said)["Unsubscribe"]
        await shown(standin, lambda: standin.presses(data, chat=9, user=9, message=old))
    assert mine(store, ME) == ["linkedin"]
    assert mine(store, THERE) == []


@given(st.integers(1, 2**52), st.text("abc é1", max_size=40))
def test_a_chat_and_a_line_come_back_as_they_were(number: int, line: str) -> None:
    button = Action("A button", f"x{line}")
    message = elsewhere(
        Message((Block("text", (), action=button),), (button,), menu=Menu("m", (button,))),
        str(-number),
    )
    assert message.menu
    for action in (*message.buttons, *message.menu.options):
        assert chat_of(action.command) == (str(-number), f"x{line}")


def test_links_and_what_is_shared_stay_as_they_are() -> None:
    actions = (Action("a", url="https://example.org"), Action("b", "howto x", share=True))
    assert elsewhere(say("x", actions=actions), "-1001234567890").actions == actions


def test_every_command_of_the_catalogue_has_room_for_a_channel(known: Catalogue) -> None:
    lines = [f"unsubscribe {service.id}" for service in known.services]
    for guide in known.guides.values():
        lines += [f"checklist {guide.id} {control.id} later" for control in guide.controls]
    for name, pack in known.packs.items():
        lines += [f"setup pack {name} -{service}" for service in pack]
    message = elsewhere(say("x", actions=[Action("a", line) for line in lines]), "-1009999999999")
    too_long = [a.command for a in message.actions if len(a.command.encode()) > COMMAND_BYTES]
    assert too_long == []


# -- readers

REFUSED = "Only people who manage this chat"


async def quiet(standin: TelegramStandIn, presses: int) -> None:
    """Everything was answered, and nothing else came of it."""
    await standin.until(lambda: len(standin.answered) >= presses)
    standin.says("/about", chat=8, user=8)
    await standin.until(lambda: any(sent["chat_id"] == 8 for sent in standin.sent))
    assert [sent for sent in standin.sent if sent["chat_id"] != 8] == []
    assert standin.edited == []


@pytest.mark.parametrize("kind", ["channel", "supergroup", "group"])
@pytest.mark.parametrize(
    "data",
    [
        "howto evil-login.com/verify",
        "help",
        "services a",
        "letter objection linkedin",
        "about",
        "why 1",
        "start x",
        "\u202ex",
        "x" * 64,
        "recent evil.example",
        "@cryl7kya help",
        "channel @news help",
    ],
)
async def test_words_that_stand_on_no_button_are_never_said(
    talk: Talk, standin: TelegramStandIn, kind: str, data: str
) -> None:
    """By a reader, on a message with other buttons, with none, and on one that cannot be read."""
    old = {"chat": {"id": GROUP, "type": kind, "title": "A"}, "message_id": 99999, "date": 0}
    async with talk():
        standin.presses(
            data, chat=GROUP, user=7, kind=kind, keyboard=["story 1", "unsubscribe linkedin"]
        )
        standin.presses(data, chat=GROUP, user=7, kind=kind, keyboard=[])
        standin.presses(data, chat=GROUP, user=7, kind=kind, message=old)
        await quiet(standin, 3)
    said = [alert["text"] for alert in standin.alerts]
    assert len(said) == 3
    assert sum("older version of me" in text for text in said) == 2
    assert sum("can no longer read the message" in text for text in said) == 1


@pytest.mark.parametrize(
    "data",
    [
        "unsubscribe linkedin",
        "forget yes",
        "mute all",
        "done 1",
        "setup",
        "region us",
        "subscribe x",
    ],
)
@pytest.mark.parametrize("kind", ["channel", "supergroup"])
async def test_a_reader_who_may_not_is_told_alone(
    talk: Talk, standin: TelegramStandIn, kind: str, data: str
) -> None:
    async with talk():
        standin.presses(data, chat=GROUP, user=7, kind=kind)
        await quiet(standin, 1)
    assert REFUSED in standin.alerts[0]["text"]


@pytest.mark.parametrize(
    ("data", "start"),
    [
        ("story 1", "story_1"),
        ("howto linkedin", "howto_linkedin"),
        ("why 1", "why_1"),
        ("recent linkedin", "recent_linkedin"),
        ("picture linkedin", "picture_linkedin"),
    ],
)
async def test_a_reader_of_a_channel_is_led_to_the_private_chat(
    talk: Talk, standin: TelegramStandIn, data: str, start: str
) -> None:
    """A long answer opens the chat with the bot and is said there; a short one is shown at once."""
    async with talk():
        standin.presses(data, chat=CHANNEL, user=7, kind="channel")
        await quiet(standin, 1)
        [alert] = standin.alerts
        assert alert.get("url") == f"https://t.me/smallprint_bot?start={start}"
        standin.says(f"/start {start}", chat=7)
        said = await standin.message(2)
        standin.says(f"/{data}", chat=7)
        assert (await standin.message(3))["plain"] == said["plain"]


async def test_members_of_a_group_are_answered_and_those_who_manage_it_act(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    group = Address("telegram", str(GROUP))
    store.subscriptions.add(Subscription(group, "linkedin", frozenset({"EU"})), world.NOW)
    async with talk():
        standin.presses("howto linkedin", chat=GROUP, user=7, kind="supergroup")
        assert "how to opt out" in (await standin.message(1))["plain"]
        standin.presses("unsubscribe linkedin", chat=GROUP, user=9, kind="supergroup")
        assert "nothing more of: LinkedIn" in (await standin.message(2))["plain"]
        standin.presses("forget yes", chat=GROUP, user=9, kind="supergroup", keyboard=["help"])
        await standin.until(lambda: standin.alerts)
        assert "older version of me" in standin.alerts[0]["text"], "not even theirs, if forged"
        old = {
            "chat": {"id": GROUP, "type": "supergroup", "title": "A"},
            "message_id": 99999,
            "date": 0,
        }
        standin.presses("subscribe linkedin", chat=GROUP, user=9, kind="supergroup", message=old)
        assert "You now follow LinkedIn" in (await standin.message(3))["plain"], (
            "they could type it"
        )
    assert mine(store, group) == ["linkedin"]


async def test_a_crowd_of_readers_leaves_a_channel_silent(
    talk: Talk, standin: TelegramStandIn
) -> None:
    async with talk():
        for user in range(100, 130):
            standin.presses("unsubscribe linkedin", chat=CHANNEL, user=user, kind="channel")
            standin.presses("story 1", chat=CHANNEL, user=user, kind="channel")
        await quiet(standin, 60)
    assert len(standin.alerts) == 60


@pytest.mark.parametrize("language", locales.languages())
def test_what_is_told_alone_fits(language: str) -> None:
    """Else a refusal would be cut, or said to everybody."""
    with locales.speaking(language):
        for said in _refusals():
            assert press.alert(said) == said
            assert press.brief(say(said))


def _refusals() -> Iterator[str]:
    yield gettext(
        "Only people who manage this chat can change what it receives. "
        "You can do it in a private chat with me."
    )
    yield gettext("I cannot find that channel any more, or you do not manage it.")
    yield gettext(
        "This button is from an older version of me, and leads nowhere now. "
        "/help lists what you can say."
    )
    yield gettext(
        "I can no longer read the message with this button. Please write to me in private instead."
    )
    yield gettext("That was a lot at once. Please wait a moment.")


@given(st.text(max_size=500))
def test_whatever_is_told_alone_is_short_enough(said: str) -> None:
    assert len(press.alert(said).encode("utf-16-le")) // 2 <= press.ALERT_UNITS


async def test_two_who_press_at_once_are_each_answered(
    talk: Talk, standin: TelegramStandIn
) -> None:
    async with talk():
        for user in (7, 6):
            standin.presses("unsubscribe linkedin", chat=GROUP, user=user, kind="supergroup")
        async with asyncio.timeout(10):
            await standin.until(lambda: len(standin.alerts) == 2)
    assert standin.sent == []
