"""What an operator does to an instance from outside: look into the outbox, run channels, copy the database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import catalogue, regions, settings
from bot.catalogue.names import Names
from bot.model import Address, Subscription
from bot.runtime import bounded
from bot.runtime.bounded import Limits, OverLimitError
from bot.runtime.lock import Lock, LockError
from bot.settings import SettingsError
from bot.states import DeliveryState
from bot.store import Store, StoreError, copies

_STATES = {
    DeliveryState.QUEUED: "wait to be sent",
    DeliveryState.LEASED: "are being sent",
    DeliveryState.HELD: "wait for a digest, a quiet hour or a chat to come back",
    DeliveryState.SENT: "were sent",
    DeliveryState.DEAD: "were given up",
}


#: A whole database is read to see whether it is sound.
OF_A_COPY = Limits(cpu=600, wall=1200.0)


def outbox(retry: bool) -> int:
    """Print what is in the outbox, and the reasons of what was given up; `retry` queues that again."""
    try:
        store = _opened()
    except (SettingsError, StoreError) as error:
        return _say(str(error), 1)
    if retry:
        print(f"{store.outbox.retry_given_up(datetime.now(UTC))} will be tried again.")
    depth = store.outbox.depth()
    for state, words in _STATES.items():
        print(f"{depth.get(state, 0):8} {words}")
    for each in store.outbox.given_up():
        print(f"         given up, {each.count}: {each.why}")
    store.close()
    return 0


def follow(where: str, service: str, named: Sequence[str], publish: bool, end: bool) -> int:
    """Subscribe a channel, or end it; also while the bot runs."""
    platform, _, chat = where.partition(":")
    found = Names(catalogue.load().services).find(service).service
    codes = {name: regions.parse(name) for name in named}
    if platform not in ("telegram", "discord") or not chat.lstrip("-").isdigit():
        return _say(
            f"{where!r} is no place; say telegram:-1001234567890 or discord:123456789012345678", 1
        )
    if found is None:
        return _say(f"There is no service {service!r}.", 1)
    if wrong := [name for name, code in codes.items() if code is None]:
        return _say(f"{wrong[0]!r} is no region; say EU, EEA, UK, Switzerland or a country.", 1)
    address = Address(platform, chat)
    chosen = frozenset(code for code in codes.values() if code) or frozenset({"EEA", "UK", "CH"})
    try:
        store = _opened()
        if end:
            store.subscriptions.remove(address, found.id)
        else:
            store.subscriptions.add(Subscription(address, found.id, chosen), datetime.now(UTC))
            store.preferences.set_publish(address, publish)
    except (SettingsError, StoreError) as error:
        return _say(str(error), 1)
    store.close()
    return _say(f"{where} {'no longer follows' if end else 'follows'} {found.name}.", 0)


def _opened() -> Store:
    store = Store(settings.load().database)
    if store.path and not store.path.exists():
        raise StoreError(f"There is no database at {store.path}.")
    store.open()
    return store


def backup(target: Path) -> int:
    """Copy the database while the bot runs; the exit code is 1 where that cannot be done, and then nothing is changed."""
    try:
        store = Store(settings.load().database)
        if store.path and not store.path.exists():
            return _say(f"There is no database at {store.path}.", 1)
        store.backup(target)
    except (SettingsError, StoreError, OSError) as error:
        return _say(str(error), 1)
    return _say(f"Copied to {target}.", 0)


def restore(copy: Path) -> int:
    """Put a backup in place of the database, keeping the present one beside it; the exit code is 1 where that cannot be
    done, and then nothing is changed."""
    try:
        path = Store(settings.load().database).path
        if path is None:
            return _say("Only SQLite files are restored here; for PostgreSQL use pg_restore.", 1)
        checked = partial(bounded.call, copies.check, limits=OF_A_COPY)
        with Lock(path):
            kept = copies.restore(copy, path, checked)
    except (SettingsError, StoreError, LockError, OverLimitError, OSError) as error:
        return _say(str(error), 1)
    before = f" What it held before is in {kept}." if kept else ""
    return _say(f"{path} is as it was in {copy}.{before}", 0)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr if code else sys.stdout)
    return code
