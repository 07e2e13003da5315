"""The demonstration: the whole product without a token or internet, on feeds it serves itself."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import yaml

from bot.adapters.console import ME, Console
from bot.app import App, utc_now
from bot.model import Source, SourceKind, Subscription
from bot.platform import Dispatch, Entry
from bot.runtime.http_server import serve
from bot.settings import Settings
from lab.replay.archive import MemoryArchive
from lab.replay.clock import Clock
from lab.replay.server import application

FOLDER = Path(__file__).parent
SESSION = FOLDER / "session.txt"
FOLLOWED = ("linkedin", "whatsapp", "spotify")
START = datetime(2025, 11, 2, 22, tzinfo=UTC)
END = datetime(2025, 11, 3, 20, tzinfo=UTC)
#: The demonstration's day passes in half a minute.
SPEED = 3600.0

WELCOME = (
    "Smallprint, the demonstration: no token, no internet. A small server inside\n"
    "this process plays the feeds; its texts are samples made up for this, of\n"
    "3 November 2025. You follow LinkedIn, WhatsApp and Spotify in the EU. Changes\n"
    "arrive by themselves. Try: subscribe linkedin eu, howto linkedin, recent,\n"
    "help. Ctrl-D ends it.\n"
)


class DemoConsole(Console):
    """A console whose script begins after the first alert.

    Piped input then finds something.
    """

    async def run(self, menu: tuple[Entry, ...] | Any, dispatch: Dispatch | None) -> None:
        """Greet, and answer until the input ends."""
        self._print(WELCOME)
        if not self._typing:
            await self.wait_for_alert()
        await super().run(menu, dispatch)


async def run(script: Iterable[str] | None) -> None:
    """Run the demonstration until the script, or the person, ends it."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="smallprint-demo-"))
        runner, base = await serve(application(archive(), Clock(START, END, SPEED), pages()))
        stack.push_async_callback(runner.cleanup)
        given = {
            "database": f"sqlite:///{folder}/demo.db",
            "allow_private_networks": True,
            "poll_tick": 0.2,
            "gather_seconds": 0,
        }
        console = DemoConsole(script)
        app = App(Settings.model_validate(given), sources(base), [console])
        await asyncio.to_thread(app.store.open)
        for service in FOLLOWED:
            app.store.subscriptions.add(Subscription(ME, service, frozenset({"EU"})), utc_now())
        await app.run(console.ended)


def sources(base: str) -> list[Source]:
    """A collection, memos and news, all on one server."""
    ireland = frozenset({"IE"})
    return [
        Source("vlopses-ie", SourceKind.COLLECTION, base, every=1, jurisdiction=ireland),
        Source("memos", SourceKind.MEMOS, f"{base}memos.xml", every=1),
        Source("news", SourceKind.NEWS, f"{base}news.xml", every=1),
    ]


def archive() -> MemoryArchive:
    """The sample versions."""
    made = MemoryArchive("vlopses-ie")
    for version in _samples()["versions"]:
        made.add(version["at"], version["service"], version["type"], version["text"])
    return made


def pages() -> dict[str, Any]:
    """The feeds of memos and news, by path."""
    return {
        "/memos.xml": lambda now: _rss("memos", now),
        "/news.xml": lambda now: _rss("articles", now),
    }


def _rss(kind: str, now: datetime) -> bytes:
    """The feed of everything written up to a time."""
    items = "".join(_item(entry) for entry in _samples()[kind] if entry["at"] <= now)
    about = "<link>https://example.org/</link><description>Samples</description>"
    channel = f"<channel><title>Samples</title>{about}{items}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'.encode()


def _item(entry: dict[str, Any]) -> str:
    link = "https://example.org/" + entry["title"].lower().replace(" ", "-").replace(":", "")
    body = f"<p>{escape(entry['text'])}</p>"
    if "head" in entry:
        body = f"<p>{escape(entry['head'])}</p>{body}"
    when = entry["at"]
    if "day" in entry:
        when = datetime.combine(entry["day"], datetime.min.time(), UTC)
    return (
        f"<item><title>{escape(entry['title'])}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
        f"<description>{escape(body)}</description></item>"
    )


def _samples() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / "samples.yaml").read_text("utf-8"))
    return data
