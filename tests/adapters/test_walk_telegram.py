"""The first steps of new users on Telegram.

A person, a group with an anonymous administrator, a topic, a channel.
"""

from __future__ import annotations

import asyncio
import io
import re
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import aiohttp
import pytest

import handlers
from bot import locales
from bot.adapters.telegram.platform import Telegram
from bot.adapters.telegram.webhook import HEADER, Webhook
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Alert, Delivery
from bot.model import Address
from bot.preferences import ChatSettings
from bot.render import picture
from bot.render.delivery import Words
from bot.store import Store
from lab.standin.telegram import TOKEN, TelegramStandIn
from tests.support import world
from tests.support.rig import connected

GROUP, CHANNEL = -1001, -1002
ME = Address("telegram", "7")
Talk = Callable[[], AbstractAsyncContextManager[Telegram]]


@pytest.fixture
def talk(telegram: Any, dispatch: Any) -> Talk:
    return lambda: connected(
        Telegram(TOKEN, telegram[1]), [command.entry for command in handlers.COMMANDS], dispatch
    )


def buttons(message: dict[str, Any]) -> dict[str, str]:
    """What each button of a message is called, and does."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        button["text"]: button.get("callback_data") or button["url"]
        for row in rows
        for button in row
    }


async def test_three_taps_from_start_to_the_first_subscription(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    async with talk():
        standin.says("/start")
        first = await standin.message(1)
        assert "Where do you live?" in first["plain"]
        taps = 0
        shown = first

        def edited(count: int) -> bool:
            return len(standin.edited) == count

        for label in ("🇪🇺 EU/EEA", "Social", "Follow all 10"):
            standin.presses(buttons(shown)[label])
            taps += 1
            await standin.until(partial(edited, taps))
            shown = standin.edited[-1]
        assert len(standin.sent) == 1, "one message, changed in its place"
        assert len(store.subscriptions.of(ME)) == 10
        assert all(subscription.regions == {"EEA"} for subscription in store.subscriptions.of(ME))
        assert "We train AI on your data" in shown["plain"], "the last story"
        assert "LinkedIn: “Data for Generative AI Improvement”" in shown["plain"], (
            "and what is open"
        )
        assert len(standin.answered) == taps, "every press is answered"


async def test_it_speaks_the_language_of_the_client_and_alerts_do_too(
    talk: Talk, standin: TelegramStandIn, store: Store, known: Catalogue, names: Names
) -> None:
    person = {"id": 7, "is_bot": False, "first_name": "A person", "language_code": "de-AT"}
    german: dict[str, Any] = {"from": person}
    async with talk():
        standin.says("/start", **german)
        assert "Wo lebst du?" in (await standin.message(1))["plain"]
        standin.says("folgen linkedin schweiz", **german)
        assert "Du folgst jetzt LinkedIn." in (await standin.message(2))["plain"]
        assert store.subscriptions.of(ME)[0].regions == {"CH"}
        standin.says("/language français", **german)
        assert "Je parle français ici." in (await standin.message(3))["plain"]
        standin.says("/subscriptions", **german)
        assert "Vous suivez 1 service" in (await standin.message(4))["plain"]
    [delivery] = store.outbox.claim("telegram", "me", world.NOW, world.NOW - world.NOW, 5) or [
        _delivery(store)
    ]
    told = Words(known, names).of(delivery, Telegram("unused"), world.NOW).message
    assert "Comment s’y opposer :" in told.text


def _delivery(store: Store) -> Delivery:
    story, chatter = store.stories.get(1), store.preferences.get(ME)
    assert story
    assert chatter
    return Delivery("1", 1, ME, (Alert(1, story, ("linkedin",)),), frozenset({"CH"}), chat=chatter)


async def test_links_from_elsewhere_arrive_with_what_they_ask(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    standin.admins = {9}
    async with talk():
        standin.says("/start howto_linkedin")
        howto = await standin.message(1)
        assert "Data for Generative AI Improvement" in howto["plain"]
        assert buttons(howto)["Share"].startswith(
            "https://t.me/share/url?url=https%3A//t.me/smallprint_bot%3Fstart%3Dhowto_linkedin"
        )
        standin.says("/start subscribe_google-gemini")
        assert "You now follow Google Gemini." in (await standin.message(2))["plain"]
        standin.says(
            "/start@smallprint_bot subscribe_linkedin", chat=GROUP, user=9, kind="supergroup"
        )
        assert "You now follow LinkedIn." in (await standin.message(3))["plain"]
        standin.says(
            "/start@smallprint_bot subscribe_whatsapp", chat=GROUP, user=7, kind="supergroup"
        )
        assert "People who manage this chat choose" in (await standin.message(4))["plain"]
    assert [s.service for s in store.subscriptions.of(Address("telegram", str(GROUP)))] == [
        "linkedin"
    ]


async def test_a_pasted_list_is_confirmed_with_one_tap(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    async with talk():
        standin.says("gmail whatsap linkedin")
        asked = await standin.message(1)
        assert "Shall I watch these for you: Gmail, WhatsApp and LinkedIn?" in asked["plain"]
        standin.presses(next(iter(buttons(asked).values())))
        assert "You now follow Gmail, WhatsApp and LinkedIn." in (await standin.message(2))["plain"]
    assert {s.service for s in store.subscriptions.of(ME)} == {"gmail", "whatsapp", "linkedin"}


async def test_nonsense_a_sticker_and_a_question_get_a_helpful_answer_in_private_only(
    talk: Talk, standin: TelegramStandIn
) -> None:
    sticker = {
        "file_id": "x",
        "file_unique_id": "y",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    }
    async with talk():
        standin.happens(
            {
                "message": {
                    **standin.new_message(7, "private"),
                    "from": {"id": 7, "is_bot": False, "first_name": "A"},
                    "sticker": sticker,
                }
            }
        )
        assert "I did not understand that." in (await standin.message(1))["plain"]
        standin.says("how do I stop linkedin using my data?")
        assert "Set it to “Off”." in (await standin.message(2))["plain"]
        standin.says("what about linkedin, everybody?", chat=GROUP, kind="supergroup")
        standin.says("/help", chat=8)
        assert (await standin.message(3))["chat_id"] == 8, "nothing was said in the group"


async def test_inline_the_how_to_goes_into_any_chat(talk: Talk, standin: TelegramStandIn) -> None:
    async with talk():
        standin.asks_inline("linkd")
        await standin.until(lambda: standin.inline)
    [first, *_rest] = standin.inline[0]["results"]
    assert first["title"] == "LinkedIn"
    assert "Data for Generative AI Improvement" in first["input_message_content"]["message_text"]
    assert (
        first["reply_markup"]["inline_keyboard"][0][0]["url"]
        == "https://t.me/smallprint_bot?start=howto_linkedin"
    )
    assert standin.inline[0]["is_personal"] is True


async def test_inline_knows_the_region_that_is_typed(talk: Talk, standin: TelegramStandIn) -> None:
    async with talk():
        standin.asks_inline("linkedin switzerland")
        await standin.until(lambda: standin.inline)
    [card] = standin.inline[0]["results"]
    assert "(Switzerland)" in card["input_message_content"]["message_text"]
    assert card["reply_markup"]["inline_keyboard"][0][0]["url"].endswith("?start=howto_linkedin_ch")


async def test_an_answer_that_meets_a_hiccup_is_said_all_the_same(
    talk: Talk, standin: TelegramStandIn
) -> None:
    for fault in (
        (500, {}),
        (429, {"description": "Too Many Requests", "parameters": {"retry_after": 1}}),
    ):
        standin.faults.append(fault)
    async with talk():
        standin.says("/howto tiktok")
        assert "TikTok" in (await standin.message(1, patience=20))["plain"]
    assert not standin.faults


async def test_what_is_wrong_with_a_line_for_a_channel_is_said_and_the_example_can_be_copied(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    standin.chats, standin.admins = {"@news": CHANNEL}, {9}
    lines = {
        "/channel": "Name the channel",
        "/channel @nowhere recent": "I cannot find the channel",
        "/channel @news": "What shall I do in",
    }
    async with talk():
        for number, (line, wrong) in enumerate(lines.items(), 1):
            standin.says(line, chat=9, user=9)
            said = await standin.message(number)
            assert wrong in said["plain"]
            assert "/channel @mychannel subscribe linkedin eu" in said["plain"], "as it is typed"
        for number, name in enumerate(("https://t.me/news", "t.me/news/", "news"), 4):
            standin.says(f"/channel {name} subscribe linkedin eu", chat=9, user=9)
            assert "LinkedIn" in (await standin.message(number))["plain"], name
    assert len(store.subscriptions.of(Address("telegram", str(CHANNEL)))) == 1


async def test_a_pressed_button_shows_what_it_does_now(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    keyboard = ["howto linkedin", "unsubscribe linkedin"]
    async with talk():
        standin.says("/subscribe linkedin eu")
        await standin.message(1)
        standin.presses("unsubscribe linkedin", keyboard=keyboard)
        await standin.until(lambda: standin.keyboards)
    [row_of_first, row_of_second] = standin.keyboards[0]["reply_markup"]["inline_keyboard"]
    assert row_of_first[0]["callback_data"] == "howto linkedin"
    assert row_of_second[0] == {"text": "Undo", "callback_data": "unsubscribe undo linkedin"}


async def test_who_makes_it_administrator_of_a_channel_is_told_how_to_set_it_up(
    talk: Talk, standin: TelegramStandIn
) -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "Smallprint"}
    added = {
        "chat": {"id": CHANNEL, "type": "channel", "title": "Our news", "username": "news"},
        "date": 1762200000,
        "from": {"id": 9, "is_bot": False, "first_name": "B", "language_code": "en"},
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }
    async with talk():
        standin.happens({"my_chat_member": added})
        said = await standin.message(1)
    assert said["chat_id"] == 9, "nothing is posted in the channel"
    assert "I am in Our news now." in said["plain"]
    assert "/channel @news subscribe linkedin eu" in said["plain"]


async def test_who_only_ever_writes_sentences_gets_all_the_way(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    lines = {
        "hi there": "Which do you use?",
        "i live in norway": "Norway",
        "i use linkedin and reddit": "You now follow LinkedIn and Reddit.",
        "how can i stop linkedin from using my posts for ai": "how to opt out (Norway)",
        "not at night please": "Quiet from 22:00 to 8:00.",
        "what changed at linkedin lately": "The last changes: LinkedIn",
        "no more messages about reddit": "Nothing has changed yet.",
        "who are you": "Who runs this instance",
        "can you book me a flight": "I cannot help with that",
        "thank you!": "You are welcome.",
    }
    async with talk():
        for number, (line, answer) in enumerate(lines.items(), 1):
            standin.says(line)
            said = await standin.message(number)
            assert answer in said["plain"], line
            if line.startswith("no more"):
                press = buttons(said)["Unsubscribe: Reddit"]
    assert press == "unsubscribe reddit"
    assert {each.service for each in store.subscriptions.of(ME)} == {"linkedin", "reddit"}


async def test_a_file_of_an_export_is_followed_again(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    async with talk():
        standin.says("/subscribe linkedin norway")
        await standin.message(1)
        standin.says("/export")
        await standin.until(lambda: standin.files)
        standin.uploaded["f1"] = standin.files[0]
        document = {"file_id": "f1", "file_unique_id": "u1", "file_name": "smallprint.json"}
        standin.says("/import", chat=8, user=8, document=document)
        assert "You now follow 1 service" in (await standin.message(3))["plain"]
    [again] = store.subscriptions.of(Address("telegram", "8"))
    assert (again.service, again.regions) == ("linkedin", frozenset({"NO"}))


async def test_a_double_tap_says_it_once_and_is_answered_twice(
    talk: Talk, standin: TelegramStandIn
) -> None:
    async with talk():
        pressed = standin.new_message(7, "private")
        for _tap in range(2):
            query = {
                "id": str(standin.next_number()),
                "from": {"id": 7, "is_bot": False, "first_name": "A"},
                "chat_instance": "1",
            }
            standin.happens(
                {
                    "callback_query": {
                        **query,
                        "data": "howto linkedin",
                        "message": {**pressed, "text": "before"},
                    }
                }
            )
        await standin.message(1)
        standin.says("/help", chat=8)
        assert (await standin.message(2))["chat_id"] == 8
    assert len(standin.answered) == 2


async def test_buttons_of_old_messages_work_or_say_kindly_that_they_are_stale(
    talk: Talk, standin: TelegramStandIn
) -> None:
    async with talk():
        standin.presses("gone_with_version_0 linkedin")
        assert "This button is from an older version of me" in (await standin.message(1))["plain"]
        query = {
            "id": "77",
            "from": {"id": 7, "is_bot": False, "first_name": "A"},
            "chat_instance": "1",
            "data": "setup packs",
        }
        chat = {"id": 7, "type": "private", "first_name": "A person"}
        standin.happens(
            {"callback_query": {**query, "message": {"chat": chat, "message_id": 5, "date": 0}}}
        )
        assert "Which services do you use?" in (await standin.message(2))["plain"], (
            "what cannot be changed is said anew"
        )


async def test_pages_go_forth_and_back_in_one_message(talk: Talk, standin: TelegramStandIn) -> None:
    async with talk():
        standin.says("/services")
        first = await standin.message(1)
        standin.presses(buttons(first)["Next ▶"])
        await standin.until(lambda: len(standin.edited) == 1)
        standin.presses(buttons(standin.edited[0])["◀ Previous"])
        await standin.until(lambda: len(standin.edited) == 2)
    assert standin.edited[1]["plain"] == first["plain"]
    assert len(standin.sent) == 1


# -- groups, topics, channels


async def test_a_group_with_an_anonymous_administrator_and_a_topic(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "Smallprint"}
    member = {"user": bot, "status": "member"}
    added = {
        "chat": {"id": GROUP, "type": "supergroup", "title": "A group"},
        "date": 1762200000,
        "from": {"id": 9, "is_bot": False, "first_name": "B", "language_code": "it"},
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": member,
    }
    topic = {"message_thread_id": 42, "is_topic_message": True}
    anonymous = {"sender_chat": {"id": GROUP, "type": "supergroup", "title": "A group"}}
    linked = {"sender_chat": {"id": CHANNEL, "type": "channel", "title": "Its channel"}}
    async with talk():
        standin.happens({"my_chat_member": added})
        hello = await standin.message(1)
        assert "Chi gestisce questa chat sceglie" in hello["plain"]
        assert hello["disable_notification"] is True
        standin.says(
            "/subscribe linkedin eu",
            chat=GROUP,
            user=136817688,
            kind="supergroup",
            **linked,
            **topic,
        )
        assert "Only people who manage this chat" in (await standin.message(2))["plain"], (
            "a channel's voice manages nothing"
        )
        standin.says(
            "/subscribe linkedin eu",
            chat=GROUP,
            user=1087968824,
            kind="supergroup",
            **anonymous,
            **topic,
        )
        said = await standin.message(3)
        assert "You now follow LinkedIn." in said["plain"]
        assert said["message_thread_id"] == 42
        assert said["reply_parameters"]["message_id"], "it replies to who asked"
    here = Address("telegram", str(GROUP), "42")
    assert len(store.subscriptions.of(here)) == 1
    known = store.preferences.get(here)
    assert known is not None
    assert (known.language, known.shared) == ("en", True)
    assert re.fullmatch("[0-9a-f]{32}", known.manager), "not the number of who set it up"


async def test_an_alert_in_a_group_leads_each_reader_to_a_private_how_to(
    talk: Talk, standin: TelegramStandIn, store: Store, known: Catalogue, names: Names
) -> None:
    standin.admins = {9}
    async with talk() as platform:
        standin.says("/subscribe linkedin eu", chat=GROUP, user=9, kind="supergroup")
        await standin.message(1)
        story = store.stories.get(1)
        assert story
        for shared in (True, False):
            delivery = Delivery(
                "1",
                1,
                ME,
                (Alert(1, story, ("linkedin",)),),
                frozenset({"EU"}),
                chat=ChatSettings("en", shared),
            )
            shown = buttons(Words(known, names).of(delivery, platform, world.NOW).body())
            if shared:
                assert (
                    shown["This concerns me"] == "https://t.me/smallprint_bot?start=howto_linkedin"
                )
                assert "Unsubscribe" not in shown, "most who read it there may not"
            else:
                assert shown["How to opt out"] == "howto linkedin"
                assert shown["Unsubscribe"] == "unsubscribe linkedin"


async def test_a_channel_is_managed_from_the_private_chat_by_its_administrators(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    standin.chats, standin.admins = {"@news": CHANNEL}, {9}
    there = Address("telegram", str(CHANNEL))
    async with talk():
        standin.says("/channel @news subscribe linkedin eu", chat=7, user=7)
        assert "You are no administrator of @" in (await standin.message(1))["plain"]
        standin.says("/channel @news subscribe linkedin eu", chat=9, user=9)
        said = await standin.message(2)
        assert said["chat_id"] == 9
        assert "You now follow LinkedIn." in said["plain"]
        standin.says("/channel @elsewhere subscribe linkedin", chat=9, user=9)
        assert "I cannot find the channel @" in (await standin.message(3))["plain"]
        standin.says("/recent linkedin", chat=CHANNEL, kind="channel")
        assert (await standin.message(4))["chat_id"] == CHANNEL
    assert [s.service for s in store.subscriptions.of(there)] == ["linkedin"]
    assert store.subscriptions.of(ME) == []


async def test_settings_move_to_another_chat_with_a_code_that_works_once(
    talk: Talk, standin: TelegramStandIn, store: Store
) -> None:
    async with talk():
        for number, line in enumerate(
            ("/subscribe linkedin norway", "/threshold choices", "/when daily 18:00", "/link"), 1
        ):
            standin.says(line)
            said = await standin.message(number)
        code = said["plain"].split("/link ")[1].split()[0]
        standin.says(f"/link {code}", chat=8, user=8)
        assert (
            "Your settings are here now; you follow 1 service."
            in (await standin.message(5))["plain"]
        )
        standin.says(f"/link {code}", chat=10, user=10)
        assert "That code does not work" in (await standin.message(6))["plain"]
    there = Address("telegram", "8")
    assert store.subscriptions.of(there)[0].regions == {"NO"}
    taken, left = store.preferences.get(there), store.preferences.get(ME)
    assert taken
    assert left
    assert taken.schedule.at == 18 * 60
    assert taken.interests == left.interests
    assert store.subscriptions.of(Address("telegram", "10")) == []


async def test_the_export_is_a_file(talk: Talk, standin: TelegramStandIn) -> None:
    async with talk():
        standin.says("/subscribe linkedin eu")
        await standin.message(1)
        standin.says("/export")
        await standin.until(lambda: standin.files)
    assert b'"service": "linkedin"' in standin.files[0]


async def test_a_picture_comes_with_its_words_below_it(
    talk: Talk, standin: TelegramStandIn
) -> None:
    async with talk():
        standin.says("/howto linkedin ch")
        assert buttons(await standin.message(1))["As a picture"] == "picture linkedin ai-training"
        standin.says("/picture linkedin")
        message = await standin.message(2)
    assert standin.files[0].startswith(b"\x89PNG")
    assert message["plain"].startswith(
        "LinkedIn: Data for Generative AI Improvement\n\n"
        "Open Data for Generative AI Improvement. Or on the web: Me › "
    )
    assert buttons(message)["In words"] == "howto linkedin ai-training"


async def test_where_a_picture_is_refused_the_message_comes_without_it(
    talk: Talk, standin: TelegramStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "alt", lambda _: "x" * 2000)
    async with talk():
        standin.says("/picture linkedin")
        message = await standin.message(1)
    assert buttons(message)["In words"] == "howto linkedin ai-training"
    assert standin.files == []


# -- what Telegram shows before anybody speaks


async def test_menus_by_language_and_scope_are_set_once(
    talk: Talk, standin: TelegramStandIn
) -> None:
    async with talk():
        await _settled(lambda: len(standin.menus) == len(locales.languages()) * 5)
    private = [c["command"] for c in standin.menus["Commands", "all_private_chats", ""]]
    everybody = [c["command"] for c in standin.menus["Commands", "all_group_chats", ""]]
    admins = [c["command"] for c in standin.menus["Commands", "all_chat_administrators", "de"]]
    assert {"howto", "subscribe", "channel", "start"} <= set(private)
    assert "howto" in everybody
    assert "subscribe" not in everybody
    assert "subscribe" in admins
    assert "channel" not in admins
    assert not {"done", "dismiss", "mention"} & {*private, *admins}
    assert standin.menus["ShortDescription", "", "pl"]["short_description"].startswith("Mówi ci")
    before = dict(standin.menus)
    standin.menus = _Frozen(before)
    async with talk():
        await asyncio.sleep(0.5)
    assert standin.menus.touched == 0, "a second start changes nothing"


class _Frozen(dict[Any, Any]):
    touched = 0

    def __setitem__(self, key: Any, value: Any) -> None:
        self.touched += 1


async def _settled(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


# -- updates by webhook


async def test_a11_a_webhook_takes_updates_from_telegram_only(
    telegram: Any, dispatch: Any, standin: TelegramStandIn, unused_port: int
) -> None:
    platform = Telegram(
        TOKEN, telegram[1], webhook=("https://bot.example.org/hook/", f"127.0.0.1:{unused_port}")
    )
    async with connected(platform, [], dispatch), aiohttp.ClientSession() as session:
        url, secret = standin.webhook["url"], standin.webhook["secret_token"]
        assert url.startswith("https://bot.example.org/hook/telegram/")
        assert TOKEN.split(":")[1] not in url + secret
        here = f"http://127.0.0.1:{unused_port}{url.removeprefix('https://bot.example.org/hook')}"
        update = {
            "update_id": 5,
            "message": {
                **standin.new_message(7, "private"),
                "from": {"id": 7, "is_bot": False, "first_name": "A"},
                "text": "/help",
            },
        }
        for header in ({}, {HEADER: "wrong"}):
            assert (await session.post(here, json=update, headers=header)).status == 401
        good = {HEADER: secret}
        assert (
            await session.post(here, data=io.BytesIO(b"{" * 2_000_000), headers=good)
        ).status == 413
        assert (await session.post(here, data=b"not json", headers=good)).status == 200
        for _replay in range(3):
            assert (await session.post(here, json=update, headers=good)).status == 200
        assert "What you can say" in (await standin.message(1))["plain"]
        await asyncio.sleep(0.2)
        assert len(standin.sent) == 1, "an update that is repeated is taken once"


async def test_a_webhook_that_telegram_refuses_is_said_plainly() -> None:
    taken: list[Any] = []

    async def take(update: dict[str, Any]) -> None:
        taken.append(update)

    one, two = (Webhook(token, "https://x.org", "127.0.0.1:1", take) for token in ("1:a", "1:b"))
    assert one.secret != two.secret
    assert one.path != two.path


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
