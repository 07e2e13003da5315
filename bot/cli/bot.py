"""Running the service: settings, platforms, signals; and copies of its database."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import ExitStack, suppress

import structlog

from bot import settings
from bot.adapters.console import Console
from bot.app import App
from bot.feeds import sources
from bot.model import Source
from bot.platform import Platform
from bot.runtime import logs
from bot.runtime.lock import LockError, TokenLock
from bot.settings import Settings, SettingsError
from bot.store import StoreError

log = structlog.get_logger()

#: Where one process answers and another sends, each has its part of the token's pace.
SHARES = {frozenset({"send"}): 0.85, frozenset({"chat"}): 0.15}
#: For systemd and others: the configuration is wrong, so starting again will not help.
EX_CONFIG = 78


def run() -> int:
    """Run until SIGTERM, SIGINT or, on a console, the end of its input from a keyboard."""
    try:
        config = settings.load()
        listed = sources.listed(config.sources)
        published = sources.collections(config.sources)
    except (SettingsError, sources.SourcesError) as error:
        return _say(str(error), EX_CONFIG)
    logs.set_up(config.log_level, config.log_format, settings.secrets_of(config))
    try:
        asyncio.run(_serve(config, listed, published))
    except (LockError, StoreError) as error:
        return _say(str(error), 1)
    except OSError as error:
        if "bind" not in str(error):
            raise
        return _say(f"SMALLPRINT_WEB: cannot listen at {config.web}: {error.strerror}", EX_CONFIG)
    return 0


def platforms(config: Settings) -> list[Platform]:
    """The platforms for which there is a token; the console where there is none."""
    found: list[Platform] = []
    share = SHARES.get(config.roles_of & {"send", "chat"}, 1.0)
    if config.telegram_token.get_secret_value():
        from bot.adapters.telegram.platform import Telegram

        webhook = (config.telegram_webhook, config.listen)
        found.append(
            Telegram(
                config.telegram_token.get_secret_value(),
                config.telegram_api,
                config.telegram_paid,
                share,
                webhook,
            )
        )
    if config.discord_token.get_secret_value():
        from bot.adapters.discord.platform import Discord

        found.append(Discord(config.discord_token.get_secret_value(), config.discord_api, share))
    return found


async def _serve(config: Settings, listed: list[Source], published: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    served = platforms(config)
    if not served:
        print(
            "No DISCORD_TOKEN and no TELEGRAM_TOKEN is set, so this console is the chat. Try: help",
            flush=True,
        )
        served = [Console()]
    log.info("app.starting", platforms=[platform.name for platform in served], sources=len(listed))
    with ExitStack() as stack:
        if config.database.startswith("sqlite"):
            # Another database does not help against a second process with the same token; Discord would let both answer.
            for token, api in (
                (config.telegram_token, config.telegram_api),
                (config.discord_token, config.discord_api),
            ):
                if secret := token.get_secret_value():
                    stack.enter_context(TokenLock(f"{api} {secret}"))
        await App(config, listed, served, collections=published).run(stop)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr if code else sys.stdout)
    return code
