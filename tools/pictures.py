"""Draw the pages of ten recorded stories and of five services into `docs/pages`, for viewing.

    python -m tools.pictures

It needs Chromium. Which stories and services is drawn by a seed (`lab/pages`); their quotes are of
at most 300 characters, of the contributors of Open Terms Archive (ODC-BY 1.0).
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bot import catalogue
from bot.feeds import sources
from bot.runtime.http_server import serve
from bot.store import Store
from bot.web.routes import application
from bot.web.site import Invitation, Site
from lab import pages
from lab.pages.draw import SEED

FOLDER = Path(__file__).parents[1] / "docs/pages"
#: Pixels of the window, of what is kept of a long page, and of the picture.
WINDOW = 900
LONGEST = 1500
WIDTH = 600
QUALITY = 60
SERVICES = 5
#: Without these Chromium looks for its maker's servers.
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-sync".split()


def invitations(line: str) -> Iterator[Invitation]:
    """The buttons of a bot that is called so."""
    yield Invitation("Telegram", f"https://t.me/smallprint_bot?start={line.replace(' ', '_')}")


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser of this machine. Exits where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no Chromium.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


async def main() -> None:
    """Draw all pages."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/pages.db")
        store.open()
        now = pages.fill(store)
        known, listed = catalogue.load(), tuple(sources.listed(""))
        base = "https://smallprint.example"
        site = Site(store, known, lambda: now, base, sources=listed, invitations=invitations)
        runner, here = await serve(application(site))
        async with browsing() as browser:
            page = await browser.new_page(viewport={"width": WINDOW, "height": 600})
            for name, path in _drawn(store).items():
                await page.goto(f"{here}{path}")
                keep(name, await _picture(page))
        await runner.cleanup()
        store.close()


def _drawn(store: Store) -> dict[str, str]:
    """The pages by the names of their pictures."""
    stories = sorted(store.archive.published((), pages.COUNT), key=lambda story: story.id)
    found = {f"story-{story.id}": f"story/{story.id}" for story in stories}
    services = sorted({story.lead.services[0] for story in stories})
    for service in random.Random(SEED).sample(services, SERVICES):  # noqa: S311 - a draw
        found[f"service-{service}"] = f"service/{service}"
    return found


async def _picture(page: Page) -> bytes:
    high = await page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": WINDOW, "height": min(high, LONGEST)}
    return await page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]


def keep(name: str, png: bytes) -> None:
    """Write a picture small."""
    image = Image.open(BytesIO(png)).convert("RGB")
    small = image.resize((WIDTH, round(image.height * WIDTH / image.width)))
    small.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    asyncio.run(main())
