"""Several processes that send with one token: each chat is told once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.store import Store
from lab.bench import processes
from lab.bench.processes import Bot, StandIn, until
from tests.conftest import new_database
from tests.promises.test_crash import address_of, seeded

pytestmark = pytest.mark.slow
CROWD = 300


@dataclass
class Two:
    """Two bots that send together, on a stand-in that keeps the strict limits of one token."""

    standin: StandIn
    first: Bot
    second: Bot
    store: Store

    def both_send(self) -> bool:
        """Whether each has a part of the chats."""
        return all(_parts(each) == 1 for each in (self.first, self.second))


def _parts(bot: Bot) -> int:
    """How many parts of the chats a bot sends to now, as it logged."""
    events = [each["event"] for each in bot.events() if "send:" in str(each.get("names"))]
    return events.count("duty.taken") - events.count("duty.handed_on")


@contextmanager
def two(postgres: str, folder: Path, crowd: int, first_of: str = "2") -> Iterator[Two]:
    store = Store(new_database(postgres))
    store.open()
    address = address_of(store)
    database = seeded(store, "telegram", crowd)
    again = Store(address)
    with (
        processes.standin("telegram") as standin,
        processes.bot(folder / "one", database, settings_of(standin, first_of)) as first,
        processes.bot(folder / "two", database, settings_of(standin, "2")) as second,
    ):
        yield Two(standin, first, second, again)
    again.close()


def settings_of(standin: StandIn, senders: str) -> dict[str, str]:
    return {**standin.settings, "SMALLPRINT_SENDERS": senders}


def test_who_comes_later_is_handed_a_part_and_nothing_is_doubled(
    postgres: str, tmp_path: Path
) -> None:
    with two(postgres, tmp_path, CROWD) as bots:
        bots.first.start()
        until(lambda: bots.standin.report()["accepted"] > 20)
        assert _parts(bots.first) == 2, "alone it sends to all"
        bots.second.start()
        until(bots.both_send)
        until(lambda: bots.standin.report()["distinct"] == CROWD)
        report = bots.standin.report()
        assert report["duplicates"] == 0
        assert report["waits_asked"] <= 2
        assert "alerts.sent" in {each["event"] for each in bots.second.events()}


def test_who_is_killed_is_replaced_by_the_other(postgres: str, tmp_path: Path) -> None:
    with two(postgres, tmp_path, CROWD) as bots:
        bots.first.start()
        bots.second.start()
        until(bots.both_send)
        before = bots.standin.report()["accepted"]
        until(lambda: bots.standin.report()["accepted"] > before + 20)
        bots.first.kill()
        until(lambda: bots.standin.report()["distinct"] == CROWD)
        assert bots.standin.report()["duplicates"] <= 3
        until(lambda: bots.store.outbox.depth() == {"sent": CROWD})


def test_who_was_told_of_another_number_stands_by_until_the_others_are_gone(
    postgres: str, tmp_path: Path
) -> None:
    with two(postgres, tmp_path, 200, first_of="1") as bots:
        bots.first.start()
        until(lambda: bots.standin.report()["accepted"] > 10)
        bots.second.start()
        until(lambda: "duty.standing_by" in {each["event"] for each in bots.second.events()})
        before = bots.standin.report()["accepted"]
        until(lambda: bots.standin.report()["accepted"] > before + 50)
        assert _parts(bots.second) == 0
        bots.first.stop()
        until(lambda: bots.standin.report()["distinct"] == 200)
        assert bots.standin.report()["duplicates"] == 0
        assert _parts(bots.second) == 2
