"""Draw the alert of the demonstration, much as Telegram shows it, for the README.

    python -m tools.alert_picture

It needs Chromium. The words, links and buttons are those that are sent; only the frame is ours.
"""

from __future__ import annotations

import asyncio
from html import escape
from typing import Any

from bot import catalogue
from bot.adapters.telegram import layout
from bot.model import Change, Story
from bot.render.alert import alert
from bot.render.reader import Reader
from bot.verdicts import Verdict
from lab.demo import archive
from lab.eval.life import Life
from tools.pictures import browsing, keep

NAME = "alert"
SERVICE = "linkedin"
#: Pixels of the message, and how many of the screen's each has.
WIDTH = 420
SCALE = 2
STYLE = """
body { margin: 0; padding: 12px; background: #dfe7ec; font: 15px/1.35 "Noto Sans", sans-serif }
div { background: #fff; border-radius: 12px; padding: 10px 14px; white-space: pre-wrap }
blockquote { margin: 0; padding: 4px 8px; border-left: 3px solid #3390ec; background: #eef5fd }
a { color: #3390ec; text-decoration: none }
s { color: #777 }
table { width: 100%; border-spacing: 4px; margin-top: 4px }
td { background: #a9bac6; color: #fff; border-radius: 8px; padding: 7px; text-align: center }
"""


def body() -> dict[str, Any]:
    """What is sent to Telegram."""
    known, change = catalogue.load(), _change()
    reader = Reader(frozenset({"EU"}), change.recorded.date())
    said = alert(Story(1, change), change.services, reader, known, known.names)
    return layout.body_of(said, "smallprint_bot", plain=False, shared=False)


def _change() -> Change:
    """The change of the demonstration that is told of the service."""
    for lived in Life(archive()).live():
        if SERVICE in lived.change.services and lived.change.verdict is Verdict.MATERIAL:
            return lived.change
    raise LookupError(SERVICE)


def page(sent: dict[str, Any]) -> str:
    """A message as a page; its text is Telegram's HTML already."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(button['text'])}</td>" for button in row) + "</tr>"
        for row in sent["reply_markup"]["inline_keyboard"]
    )
    # A block has its own lines: the empty ones around it are those that Telegram leaves out.
    text = sent["text"].replace("\n\n<blockquote", "\n<blockquote")
    text = text.replace("</blockquote>\n\n", "</blockquote>\n")
    return f"<style>{STYLE}</style><body><div>{text}</div><table>{rows}</table></body>"


async def main() -> None:
    """Draw it."""
    async with browsing() as browser:
        shown = await browser.new_page(
            viewport={"width": WIDTH, "height": 100}, device_scale_factor=SCALE
        )
        await shown.set_content(page(body()))
        keep(NAME, await shown.screenshot(full_page=True))


if __name__ == "__main__":
    asyncio.run(main())
