"""Running the service: settings, platforms and signals around the bot."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from contextlib import ExitStack, suppress

import structlog

from bot import settings
from bot.adapters.console import Console
from bot.adapters.registry import PLATFORMS
from bot.app import App
from bot.cli._verb import said
from bot.feeds import sources
from bot.model import Source
from bot.platform import Platform
from bot.runtime import logs, reporting
from bot.runtime.lock import LockError, TokenLock
from bot.settings import Settings, SettingsError, variable_of
from bot.store import StoreError
from bot.watch.heart import Heart
from bot.watch.systemd import Notifier

log = structlog.get_logger()

#: The exit code for a wrong configuration, after which service managers should not restart.
EX_CONFIG = 78


#: The mallopt(3) parameter for the number of heaps (arenas) that glibc's threads use.
_M_ARENA_MAX = -8
_HEAPS = 2


def run() -> int:
    """Run until a signal (SIGTERM, SIGINT) or the end of a console's keyboard input.

    Returns the exit code.
    """
    try:
        config = settings.load(PLATFORMS)
        listed = sources.listed(config.sources)
        published = sources.collections(config.sources)
    except (SettingsError, sources.SourcesError) as error:
        return said(str(error), EX_CONFIG)
    patterns = [pattern for each in PLATFORMS for pattern in each.secret_patterns]
    secrets = settings.secrets_of(config)
    chatty = [name for each in PLATFORMS for name in each.chatty_loggers]
    logs.set_up(config.log_level, config.log_format, secrets, patterns=patterns, chatty=chatty)
    _keep_few_heaps()
    try:
        reporting.set_up(config, secrets, patterns)
        asyncio.run(_serve(config, listed, published))
    except reporting.ReportingError as error:
        return said(str(error), EX_CONFIG)
    except (LockError, StoreError) as error:
        return said(str(error), 1)
    except OSError as error:
        if "bind" not in str(error):
            raise
        listens = " or ".join(filter(None, (config.web, config.health)))
        return said(f"Cannot listen at {listens}: {error.strerror}", EX_CONFIG)
    return 0


def _keep_few_heaps() -> None:
    """Let threads share heaps: a heap for each thread keeps its peak memory.

    Measured over six hours of a life: 170 instead of 183 MB, for a lock that few wait for.
    """
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def platforms(config: Settings) -> list[Platform]:
    """The platforms that have a token."""
    return [each.build() for each in config.platforms if each.token.get_secret_value()]


async def _serve(config: Settings, listed: list[Source], published: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    served = platforms(config)
    if not served and config.roles_of & {"send", "chat"}:
        print(_no_token(config), flush=True)
        served = [Console()]
    log.info("app.starting", platforms=[platform.name for platform in served], sources=len(listed))
    with ExitStack() as stack:
        if config.database.startswith("sqlite"):
            _lock_tokens(config, stack)
        heart = Heart(Notifier(os.environ), ends=True)
        await App(config, listed, served, collections=published, heart=heart).run(stop)


def _no_token(config: Settings) -> str:
    variables = sorted(variable_of(type(each), "token") for each in config.platforms)
    missing = " and no ".join(variables)
    return f"No {missing} is set, so this console is the chat. Try: help"


def _lock_tokens(config: Settings, stack: ExitStack) -> None:
    """Lock every token for this process.

    A second process with the same token must not run, even on another database: Discord would let
    both answer.
    """
    for each in config.platforms:
        if secret := each.token.get_secret_value():
            stack.enter_context(TokenLock(f"{each.api} {secret}"))
