"""`smallprint standin`: one local platform, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from bot.runtime.http_server import serve
from lab.standin.discord import DiscordStandIn
from lab.standin.telegram import TelegramStandIn


def run(platform: str, port: int, round_trip: float, strict: bool) -> int:
    """Serve until a signal; `round_trip` is in seconds."""
    asyncio.run(_serve(platform, port, round_trip, strict))
    return 0


async def _serve(platform: str, port: int, round_trip: float, strict: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    standin: TelegramStandIn | DiscordStandIn
    if platform == "telegram":
        standin = TelegramStandIn(strict, round_trip)
    else:
        standin = DiscordStandIn(strict, round_trip)
    runner, base = await serve(standin.application(), port)
    base = base.rstrip("/")
    variable = platform.upper()
    print(f"{platform} stand-in at {base}")
    print(f"{variable}_TOKEN={standin.token}")
    print(f"SMALLPRINT_{variable}_API={base}")
    print(f"counts: GET {base}/control    faults: POST {base}/control", flush=True)
    await stop.wait()
    await runner.cleanup()
