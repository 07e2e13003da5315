"""The one-time notice to followers from before chats had an audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import handlers
from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.jobs.deliver import Deliverer
from bot.locales import _, speaking
from bot.model import Address, Subscription
from bot.platform import Request
from bot.preferences import PRIVATE, Level
from bot.render.delivery import Words
from bot.render.notice import notice
from bot.store import Store
from bot.store.leaving import NOTICE
from handlers.threshold import LEVELS
from tests.conftest import Clock, new_database
from tests.jobs.test_deliver import FakeChat
from tests.store.test_migrations import at_revision
from tests.support import judges, world
from tests.support.world import tell

FIRST_WORDS = "New: fewer messages from me"
QUIET = '{"mode":"now","quiet":[1320,480],"zone":"Europe/Brussels"}'
WEEKLY = '{"mode":"weekly","weekday":0,"at":540,"zone":"Europe/Brussels"}'
MUTED = '{"mode":"now","muted_until":"2099-01-01T00:00:00Z","zone":"Europe/Brussels"}'
#: (number, platform, state, pace, least, follows)
CHATS = (
    (1, "telegram", "active", "", 1, True),
    (2, "discord", "active", "", 2, True),
    (3, "telegram", "active", "", 1, False),
    (4, "telegram", "paused", "", 1, True),
    (5, "telegram", "active", QUIET, 0, True),
    (6, "telegram", "active", WEEKLY, 1, True),
    (7, "telegram", "active", MUTED, 1, True),
    (8, "discord", "active", "", 1, True),
)
Statements = Iterable[tuple[str, dict[str, Any]]]


def former() -> Statements:
    """Chats of the release before: that follow something or nothing, and want it in many ways."""
    for number, platform, state, pace, least, follows in CHATS:
        yield (
            "INSERT INTO chat (id, platform, chat, thread, regions, state, why, since, pace, least,"
            " mention, publish) VALUES (:id, :platform, :chat, '', 'EU', :state, :why, 0, :pace,"
            " :least, :mention, :publish)",
            {
                "id": number,
                "platform": platform,
                "chat": str(number),
                "state": state,
                "why": "bot was blocked by the user" if state == "paused" else "",
                "pace": pace,
                "least": least,
                "mention": "77" if number == 8 else "",
                "publish": int(number == 8),
            },
        )
        if follows:
            for region in ("EU", "UK"):
                yield (
                    "INSERT INTO subscription (service, chat_id, region, since)"
                    " VALUES ('linkedin', :chat, :region, 5)",
                    {"chat": number, "region": region},
                )


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the database of the release before, again each time; closes what was opened."""
    address = f"sqlite:///{tmp_path}/m.db"
    if request.param == "postgresql":
        address = new_database(request.getfixturevalue("postgres"), template="template0")
    at_revision(address, "0009", former())
    stores: list[Store] = []

    def opened() -> Store:
        stores.append(Store(address))
        stores[-1].open()
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def noon() -> datetime:
    """A Tuesday at noon after this moment, at which the database was upgraded."""
    now = datetime.now(UTC) + timedelta(hours=1)
    while (now.weekday(), now.hour) != (1, 12):
        now += timedelta(hours=1)
    return now


async def deliver(
    store: Store, known: Catalogue, names: Names, clock: Clock
) -> dict[str, list[str]]:
    """What each chat is sent now, by its number."""
    platforms = [FakeChat("telegram"), FakeChat("discord", keyed=True)]
    await Deliverer(store, platforms, Words(known, names), clock).deliver_due()
    if not any("LinkedIn" in text for _chat, _key, text in platforms[1].sent):
        assert platforms[1].published == [], "it is not handed on to other servers"
    found: dict[str, list[str]] = {}
    for platform in platforms:
        for chat, _key, text in platform.sent:
            found.setdefault(chat, []).append(text)
    return found


async def test_each_chat_is_told_once_when_it_wants_to_hear(
    upgraded: Callable[[], Store], known: Catalogue, names: Names
) -> None:
    store = upgraded()
    clock = Clock(noon())
    told = await deliver(store, known, names, clock)
    assert sorted(told) == ["1", "2", "5", "8"], "not who follows nothing, waits, or is away"
    assert all(text.startswith(FIRST_WORDS) for [text] in told.values())
    store = upgraded()
    assert await deliver(store, known, names, clock) == {}, "opened again, nothing comes again"
    clock.forward(days=6)
    assert sorted(await deliver(store, known, names, clock)) == ["6"], "with its weekly digest"
    store.reach.regain([Address("telegram", "4")], clock.now)
    assert sorted(await deliver(store, known, names, clock)) == ["4"]
    clock.forward(days=365 * 90)
    assert sorted(await deliver(store, known, names, clock)) == ["7"], "after its mute"
    assert await deliver(store, known, names, clock) == {}


async def test_it_does_not_come_at_night(
    upgraded: Callable[[], Store], known: Catalogue, names: Names
) -> None:
    store = upgraded()
    clock = Clock(noon() + timedelta(hours=12))
    assert sorted(await deliver(store, known, names, clock)) == ["1", "2", "8"]
    clock.forward(hours=10)
    assert sorted(await deliver(store, known, names, clock)) == ["5"]


async def test_who_left_meanwhile_is_not_told(
    upgraded: Callable[[], Store], known: Catalogue, names: Names
) -> None:
    store = upgraded()
    now = noon()
    store.subscriptions.remove(Address("telegram", "1"), None, now)
    store.subscriptions.add(Subscription(Address("discord", "2"), "xing", frozenset({"EU"})), now)
    store.subscriptions.remove(Address("discord", "2"), "linkedin", now)
    store.chats.forget(Address("telegram", "5"))
    store.chats.move(Address("discord", "8"), Address("discord", "9"))
    store.subscriptions.add(Subscription(Address("discord", "new"), "xing", frozenset("EU")), now)
    assert sorted(await deliver(store, known, names, Clock(now))) == ["2", "9"]


async def test_it_goes_before_what_waited_in_one_message(
    upgraded: Callable[[], Store], known: Catalogue, names: Names
) -> None:
    store = upgraded()
    clock = Clock(noon())
    tell(store, now=clock.now)
    told = await deliver(store, known, names, clock)
    assert [len(texts) for texts in (told["1"], told["2"])] == [2, 2]
    clock.forward(days=6)
    [weekly] = (await deliver(store, known, names, clock))["6"]
    assert weekly.startswith(FIRST_WORDS)
    assert "LinkedIn" in weekly


def test_what_a_chat_had_chosen_has_new_names(upgraded: Callable[[], Store]) -> None:
    store = upgraded()
    levels = {}
    for number, platform, *_others in CHATS:
        known = store.preferences.get(Address(platform, str(number)))
        assert known is not None
        assert known.interests.roles == PRIVATE
        levels[number] = known.interests.least
    assert levels[5] is Level.EVERYTHING
    assert levels[1] is Level.SHOULD_KNOW
    assert levels[2] is Level.MUST_KNOW


def test_its_number_leads_to_no_story(
    upgraded: Callable[[], Store], known: Catalogue, names: Names
) -> None:
    store = upgraded()
    with store.database.read() as connection:
        query = f"SELECT story_id FROM change WHERE uid = '{NOTICE}'"
        story = connection.exec_driver_sql(query).scalar_one()
    context = world.context(store, known, names)
    for command in ("why", "story"):
        request = Request(command, str(story), Address("telegram", "1"))
        assert "I do not know that story" in handlers.answer(request, context).text


def test_a_new_database_tells_nobody(both: Store) -> None:
    assert both.outbox.depth() == {}
    with both.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM story").scalar_one() == 0


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "it", "nl", "pl", "pt"])
def test_it_says_the_names_that_the_buttons_have(language: str) -> None:
    with speaking(language):
        said = notice()
        for level in (Level.SHOULD_KNOW, Level.MUST_KNOW):
            assert _(LEVELS[level].label) in said.text
    assert len(said.text) < 900
    judges.telegram("sendMessage", {"chat_id": 1, **Telegram("unused").body(said)})
    judges.discord_body("MessageCreateRequest", Discord("unused").body(said))
    assert [action.command for action in said.actions] == ["audience all", "threshold"]
