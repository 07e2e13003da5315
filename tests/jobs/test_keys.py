"""The key of a message: the same at every attempt, and unique.

Else Discord swallows the later one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Delivery
from bot.model import Address
from bot.store import Store, tables
from bot.store.fates import Retry
from tests.support.rig import Rig, connected, follow, publish

LEASE = timedelta(minutes=2)
ANNA = Address("discord", "1")
#: Discord's limit for a nonce.
LONGEST = 25

MakeRig = Callable[[Store], Rig]


@pytest.fixture
def make(discord: Any, known: Catalogue, names: Names) -> MakeRig:
    standin, base = discord
    return lambda store: Rig(store, standin, base, known, names)


async def delivered(rig: Rig) -> int:
    """Send what is due; how many messages the channels have by then."""
    async with connected(rig.platform):
        await rig.deliverer.deliver_due()
    return len(rig.standin.sent)


def copy_of(store: Store, folder: Path) -> Store:
    """What a restore of an older copy brings back."""
    copy = folder / "older.db"
    store.backup(copy)
    older = Store(f"sqlite:///{copy}")
    older.open()
    return older


async def test_what_comes_after_forget_arrives(both: Store, make: MakeRig) -> None:
    rig = make(both)
    for number in (1, 2, 3):
        follow(both, "discord", 1)
        publish(both, number)
        assert await delivered(rig) == number
        assert both.chats.forget(ANNA)


async def test_what_comes_after_unsubscribing_arrives(both: Store, make: MakeRig) -> None:
    rig = make(both)
    follow(both, "discord", 1)
    publish(both, 1)
    assert await delivered(rig) == 1
    publish(both, 2)
    both.subscriptions.remove(ANNA, None, datetime.now(UTC))
    follow(both, "discord", 1)
    publish(both, 3)
    assert await delivered(rig) == 2


async def test_what_comes_after_a_restore_of_an_older_copy_arrives(
    store: Store, make: MakeRig, tmp_path: Path
) -> None:
    follow(store, "discord", 1)
    older = copy_of(store, tmp_path)
    publish(store, 1)
    assert await delivered(make(store)) == 1
    publish(older, 2)
    assert await delivered(make(older)) == 2
    older.close()


async def test_what_is_gathered_after_a_restore_arrives(
    store: Store, make: MakeRig, tmp_path: Path
) -> None:
    """The copy still has what was sent since; gathered with something new it is another message."""
    follow(store, "discord", 1)
    publish(store, 1)
    older = copy_of(store, tmp_path)
    assert await delivered(make(store)) == 1
    for number in range(2, 6):
        publish(older, number)
    assert await delivered(make(older)) == 2
    assert older.outbox.depth() == {"sent": 5}
    older.close()


async def test_what_was_tried_before_the_copy_was_made_is_not_doubled(
    store: Store, make: MakeRig, tmp_path: Path
) -> None:
    follow(store, "discord", 1)
    publish(store, 1)
    rig = make(store)
    [delivery] = store.outbox.claim("discord", "lost", datetime.now(UTC), LEASE, 1)
    async with connected(rig.platform):
        await rig.platform.send(ANNA, {"content": "posted, and the answer was lost"}, delivery.key)
    older = copy_of(store, tmp_path)
    older.outbox.release()
    assert await delivered(make(older)) == 1, "its key is the one that it was tried with"
    assert older.outbox.depth() == {"sent": 1}
    older.close()


def claimed(store: Store, owner: str = "me") -> Delivery:
    [delivery] = store.outbox.claim("discord", owner, datetime.now(UTC), LEASE, 1)
    return delivery


@pytest.mark.parametrize("stories", [1, 6])
def test_a_key_is_the_same_at_every_try(both: Store, stories: int) -> None:
    follow(both, "discord", 1)
    for number in range(stories):
        publish(both, number)
    first = claimed(both)
    assert len(first.alerts) == stories
    both.outbox.release()
    again, now = claimed(both, "you"), datetime.now(UTC)
    both.outbox.retry(again, "you", Retry(now, "reset", certain=False), now)
    third = claimed(both)
    assert {first.key, again.key} == {third.key}
    assert (first.ids, again.ids) == (third.ids, third.ids)


def test_a_key_outlives_the_row_that_it_is_named_after(both: Store) -> None:
    """Somebody may have unsubscribed from the first story of a gathered message meanwhile."""
    follow(both, "discord", 1)
    for number in range(6):
        publish(both, number)
    first = claimed(both)
    both.outbox.release()
    with both.database.write() as connection:
        connection.execute(tables.outbox.delete().where(tables.outbox.c.id == min(first.ids)))
    assert claimed(both).key == first.key


def test_rows_that_are_sent_apart_after_all_have_keys_of_their_own(both: Store) -> None:
    follow(both, "discord", 1)
    for number in range(6):
        publish(both, number)
    gathered, now = claimed(both), datetime.now(UTC)
    both.outbox.retry(gathered, "me", Retry(now, "down", regroup=True), now)
    assert claimed(both).key != gathered.key, (
        "it was surely not posted, and may say something else by now"
    )


def test_a_key_fits_however_many_messages_there_were(both: Store) -> None:
    follow(both, "discord", 1)
    publish(both, 1)
    with both.database.write() as connection:
        connection.execute(tables.outbox.update().values(id=10**15))
    key = claimed(both).key
    assert len(key) <= LONGEST
    assert key.startswith(f"{10**15}-")


def test_numbers_never_come_again(both: Store) -> None:
    seen: set[tuple[int, int]] = set()
    for number in range(4):
        follow(both, "discord", 1)
        publish(both, number)
        delivery = claimed(both)
        assert delivery.chat_id not in {chat for chat, _ in seen}
        assert delivery.ids[0] not in {row for _, row in seen}
        seen.add((delivery.chat_id, delivery.ids[0]))
        both.chats.forget(ANNA)
