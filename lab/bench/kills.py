"""kill -9 at random moments of a bot's work; a file keeps each result, to resume from.

python -m lab.bench.kills FILE [--count 200] [--database postgresql://user@host/{}]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bot.model import Address, Change, Record
from bot.preferences import Schedule
from bot.regions import area_of
from bot.states import DeliveryState
from bot.store import Store
from bot.verdicts import Origin, Reason, Verdict
from lab.bench import crowd, processes

#: The number of chats of each kill.
CHATS = 60
#: The longest that a bot runs before it is killed, after its first message.
MOST_SECONDS = 1.2
#: The time within which the rest must be sent after the kill.
PATIENCE_SECONDS = 90.0
#: The time within which people who left must be answered after the rest was sent.
ANSWERED_SECONDS = 20.0
#: Words that only alerts contain; all other messages are answers.
ALERTS = ("LinkedIn ·", "LinkedIn: in ", "changes ·")


@dataclass(frozen=True, slots=True)
class Scene:
    """The state in which the kill happens."""

    store: Store
    standin: processes.StandIn
    first: processes.Bot
    second: processes.Bot
    platform: str
    dice: random.Random


def fan_out(scene: Scene) -> None:
    """A story during its fan-out."""
    crowd.publish(scene.store, 1)


def digest(scene: Scene) -> None:
    """Two stories that everybody gets in a daily digest."""
    crowd.publish(scene.store, 1)
    crowd.publish(scene.store, 2)
    soon = datetime.now(UTC) + timedelta(seconds=75)  # it must lie ahead when everything is set up
    daily = Schedule("daily", at=soon.hour * 60 + soon.minute, zone="UTC")
    for number in range(1, CHATS + 1):
        here = Address(scene.platform, str(number))
        scene.store.preferences.set_schedule(here, daily, datetime.now(UTC))


def reminder(scene: Scene) -> None:
    """A date of which everybody is reminded a week before."""
    now = datetime.now(UTC)
    day = now + timedelta(days=6)
    change = Change(
        uid="control:linkedin/ai-training/soon",
        services=(crowd.SERVICE,),
        terms_type="",
        recorded=day,
        title="Data for Generative AI Improvement",
        link="",
        verdict=Verdict.MATERIAL,
        record=Record.DEADLINE,
        why=(Reason(Origin.ACT_UNTIL),),
        area=area_of(frozenset({"EEA"})),
        effective=day.date(),
    )
    scene.store.reminders.add_deadline(change, now)
    scene.store.reminders.begin_due(now, "UTC")


def catching_up(scene: Scene) -> None:
    """Alerts that everybody missed while unreachable."""
    everybody = [Address(scene.platform, str(number)) for number in range(1, CHATS + 1)]
    scene.store.reach.lose(everybody, "closed", datetime.now(UTC), left=False)
    for number in range(1, 4):
        crowd.publish(scene.store, number)
    scene.store.reach.regain(everybody, datetime.now(UTC))


def leaving(words: str, scene: Scene) -> None:
    """A story during its fan-out, while half of the people leave."""
    crowd.publish(scene.store, 1)
    people = range(1, CHATS + 1, 2)
    says = [{"text": words, "chat": number, "user": number} for number in people]
    scene.standin.told(says=says)


def hand_over(scene: Scene) -> None:
    """A story during its fan-out, with a second process on standby."""
    crowd.publish(scene.store, 1)
    scene.second.start()


MOMENTS: dict[str, Callable[[Scene], None]] = {
    "fan-out": fan_out,
    "digest": digest,
    "reminder": reminder,
    "catching-up": catching_up,
    "unsubscribe": partial(leaving, "/unsubscribe linkedin"),
    "forget": partial(leaving, "/forget yes"),
    "hand-over": hand_over,
}


def killed(number: int, address: str) -> dict[str, Any]:
    """Perform one kill; returns the result."""
    dice = random.Random(number)
    database = address if address and number % 2 else ""
    moments = [name for name in MOMENTS if database or name != "hand-over"]
    moment = moments[number // 2 % len(moments)]
    platform = "telegram"
    if moment not in ("unsubscribe", "forget") and number // (2 * len(MOMENTS)) % 2:
        platform = "discord"
    with _scene(platform, database, dice) as scene:
        scene.first.start()
        MOMENTS[moment](scene)
        before = scene.standin.report()["accepted"]
        processes.until(lambda: scene.standin.report()["accepted"] > before, PATIENCE_SECONDS)
        time.sleep(dice.random() * MOST_SECONDS)
        scene.first.kill()
        if moment != "hand-over":
            scene.first.start()
        processes.until(partial(_is_settled, scene), PATIENCE_SECONDS)
        # The process that answers may start later than the one that sends. Whatever never arrives
        # is counted below.
        with suppress(processes.BenchError):
            processes.until(lambda: not _judged(scene, moment)["unanswered"], ANSWERED_SECONDS)
        time.sleep(1.0)  # duplicates that may still arrive
        found = _judged(scene, moment)
    return {"kill": number, "moment": moment, "platform": platform, "pg": bool(database), **found}


@contextmanager
def _scene(platform: str, database: str, dice: random.Random) -> Iterator[Scene]:
    with ExitStack() as stack:
        if database:
            database = stack.enter_context(_new(database, dice.getrandbits(32)))
        store = stack.enter_context(crowd.database(database))
        crowd.gather(store, platform, CHATS)
        standin = stack.enter_context(processes.standin(platform))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = store.database.url.render_as_string(hide_password=False)
        bots = []
        for name in ("first", "second"):
            made = processes.bot(folder / name, address, standin.settings)
            bots.append(stack.enter_context(made))
        yield Scene(store, standin, bots[0], bots[1], platform, dice)


@contextmanager
def _new(server: str, number: int) -> Iterator[str]:
    """The address of an empty database on a server, which is dropped afterwards."""
    name = f"kills_{number}"
    maintenance = server.format("postgres").replace("+psycopg", "")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield server.format(name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _is_settled(scene: Scene) -> bool:
    """Whether nothing waits in the outbox any more."""
    depth = scene.store.outbox.depth()
    waiting = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.HELD)
    return not any(depth.get(state) for state in waiting)


def _judged(scene: Scene, moment: str) -> dict[str, int]:
    """The number of messages that were lost, duplicate, or sent to people who had left."""
    order = scene.standin.order()
    alerts = [(chat, words) for chat, words in order if _is_alert(words)]
    reached = {chat for chat, _words in alerts}
    gone = {chat for chat, words in order if not _is_alert(words)}
    leaving_now = moment in ("unsubscribe", "forget")
    people = set(map(str, range(1, CHATS + 1)))
    leavers = set(map(str, range(1, CHATS + 1, 2))) if leaving_now else set()
    heard_after = 0
    for chat in gone:
        last = max(place for place, each in enumerate(order) if each[0] == chat)
        heard_after += _is_alert(order[last][1])
    return {
        "lost": len(people - leavers - reached),
        "unanswered": len(leavers - gone),
        "heard_after_leaving": heard_after,
        "twice": sum(Counter(alerts).values()) - len(set(alerts)),
    }


def _is_alert(words: str) -> bool:
    return any(mark in words for mark in ALERTS)


def main() -> None:
    """Perform the kills that are not in the file yet, and sum them up."""
    parser = argparse.ArgumentParser(prog="python -m lab.bench.kills")
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--database", default="", help="for every other kill, with {} for its name")
    given = parser.parse_args()
    done = []
    if given.file.exists():
        done = [json.loads(line) for line in given.file.read_text().splitlines()]
    for number in range(len(done), given.count):
        found = killed(number, given.database)
        done.append(found)
        with given.file.open("a") as kept:
            kept.write(json.dumps(found) + "\n")
        print(json.dumps(found), flush=True)
    sums = ("lost", "unanswered", "heard_after_leaving", "twice")
    print(
        json.dumps(
            {"kills": len(done), **{name: sum(each[name] for each in done) for name in sums}}
        )
    )


if __name__ == "__main__":
    main()
