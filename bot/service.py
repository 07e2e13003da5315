"""Running the service: settings, platforms, signals; and copies of its database."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from bot import logs, settings
from bot.adapters.console import Console
from bot.app import App
from bot.chat import Chat
from bot.feeds import sources
from bot.lock import Lock, LockError
from bot.model import Source
from bot.settings import Settings, SettingsError
from bot.store import Store, StoreError

log = structlog.get_logger()

#: For systemd and others: the configuration is wrong, so starting again will not help.
EX_CONFIG = 78


def run() -> int:
    """Run until SIGTERM, SIGINT or, on a console, the end of its input from a keyboard."""
    try:
        config = settings.load()
        listed = sources.listed(config.sources)
    except (SettingsError, sources.SourcesError) as error:
        return _say(str(error), EX_CONFIG)
    logs.set_up(config.log_level, config.log_format, settings.secrets_of(config))
    try:
        asyncio.run(_serve(config, listed))
    except (LockError, StoreError) as error:
        return _say(str(error), 1)
    return 0


def platforms(config: Settings) -> list[Chat]:
    """The platforms for which there is a token; the console where there is none."""
    found: list[Chat] = []
    if config.telegram_token.get_secret_value():
        from bot.adapters.telegram import Telegram

        found.append(Telegram(config.telegram_token.get_secret_value(), config.telegram_api))
    if config.discord_token.get_secret_value():
        from bot.adapters.discord import Discord

        found.append(Discord(config.discord_token.get_secret_value(), config.discord_api))
    return found


def backup(target: Path) -> int:
    """Copy the database while the bot runs."""
    try:
        store = Store(settings.load().database)
        if store.path and not store.path.exists():
            return _say(f"There is no database at {store.path}.", 1)
        store.backup(target)
    except (SettingsError, StoreError) as error:
        return _say(str(error), 1)
    return _say(f"Copied to {target}.", 0)


def restore(copy: Path) -> int:
    """Put a backup in place of the database, keeping the present one beside it."""
    try:
        Store(f"sqlite:///{copy}").check()
        path = Store(settings.load().database).path
        if path is None:
            return _say("Only SQLite files are restored here; for PostgreSQL use pg_restore.", 1)
        with Lock(path):
            if path.exists():
                backup_of = path.with_name(f"{path.name}.before-restore")
                Store(f"sqlite:///{path}").backup(backup_of)
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(copy, path)
    except (SettingsError, StoreError, LockError, OSError) as error:
        return _say(str(error), 1)
    return _say(f"{path} is as it was in {copy}.", 0)


async def _serve(config: Settings, listed: list[Source]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    chats = platforms(config)
    if not chats:
        print("No DISCORD_TOKEN and no TELEGRAM_TOKEN is set, so this console is the chat. Try: help", flush=True)  # noqa: T201
        chats = [Console()]
    log.info("app.starting", platforms=[chat.platform for chat in chats], sources=len(listed))
    await App(config, listed, chats).run(stop)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr if code else sys.stdout)
    return code
