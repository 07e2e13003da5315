"""A feed server with a manual clock, and a bot that serves the given platforms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from aiohttp import web

from bot.app import App
from bot.model import Source, SourceKind
from bot.platform import Platform
from bot.settings import Settings
from lab.replay.archive import MemoryArchive
from lab.replay.server import Clock, application

START = datetime(2025, 11, 1, tzinfo=UTC)
END = datetime(2025, 11, 30, tzinfo=UTC)
CHANGED = datetime(2025, 11, 3, 17, 46, 40, tzinfo=UTC)
BEFORE = """Privacy Policy
==============

_Effective September 18, 2024_

European Regional Privacy Notice
--------------------------------

We use automated systems to recommend jobs to you.
"""
AFTER = """Privacy Policy
==============

_Effective November 3, 2025_

European Regional Privacy Notice
--------------------------------

We use automated systems to recommend jobs to you. \
We train generative AI models on the data of members in the EU, EEA, UK and Switzerland.

You can [opt out](https://www.linkedin.com/mypreferences/d/settings/data-for-ai-improvement) \
at any time in your settings.
"""


class World:
    """A feed server whose clock the test moves, and a bot that serves the given platforms."""

    def __init__(self, folder: Path) -> None:
        self.archive = MemoryArchive("vlopses-ie")
        self.clock = Clock(START, END, speed=0)
        self.entries: list[str] = []
        self.archive.add(datetime(2025, 10, 1, tzinfo=UTC), "LinkedIn", "Privacy Policy", BEFORE)
        self.change = self.archive.add(CHANGED, "LinkedIn", "Privacy Policy", AFTER)
        self.settings = Settings.model_validate(
            {
                "database": f"sqlite:///{folder}/world.db",
                "allow_private_networks": True,
                "poll_tick": 0.05,
                "gather_seconds": 0,
            }
        )

    def application(self) -> web.Application:
        """The feed server."""
        feeds = {
            "/news.xml": lambda _request: self._rss(""),
            "/memos.xml": lambda _request: self._rss("m"),
        }
        return application(self.archive, self.clock, feeds)

    def adds(
        self, kind: str, title: str, html: str, day: str = "Mon, 03 Nov 2025 00:00:00 +0000"
    ) -> None:
        """Publish a memo or an article."""
        link = f"https://example.org/{kind}/{len(self.entries)}"
        self.entries.append(
            f"<!--{kind}--><item><title>{escape(title)}</title><link>{link}</link>"
            f"<guid>{link}</guid><pubDate>{day}</pubDate>"
            f"<description>{escape(html)}</description></item>"
        )

    def _rss(self, kind: str) -> bytes:
        mine = [entry for entry in self.entries if entry.startswith("<!--m") == (kind == "m")]
        channel = f"<channel><title>t</title>{''.join(mine)}</channel>"
        return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()

    @asynccontextmanager
    async def running(self, base: str, *platforms: Platform) -> AsyncIterator[App]:
        """The bot, once it has read each source."""
        sources = [
            Source(
                "vlopses-ie",
                SourceKind.COLLECTION,
                base,
                every=1,
                jurisdiction=frozenset({"IE"}),
                github="o/r",
            ),
            Source("memos", SourceKind.MEMOS, f"{base}memos.xml", every=1),
            Source("news", SourceKind.NEWS, f"{base}news.xml", every=1),
        ]
        app, stop = App(self.settings, sources, platforms), asyncio.Event()
        task = asyncio.create_task(app.run(stop))
        try:
            async with asyncio.timeout(15):
                while not task.done() and _learned(app) < len(sources):
                    await asyncio.sleep(0.05)
            yield app
        finally:
            stop.set()
            await task


def _learned(app: App) -> int:
    """Sources that were read."""
    try:
        return sum(source.ok_at is not None for source in app.store.sources.status())
    except Exception:  # noqa: BLE001 - the tables are not there yet
        return 0
