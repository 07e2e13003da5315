"""Links from chats to the pages: in alerts and stories, and none without pages."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

import handlers
from bot.adapters.telegram.settings import TelegramSettings
from bot.app import App
from bot.catalogue import Catalogue
from bot.deliveries import Alert, Delivery
from bot.message import LINKABLE
from bot.model import Address, Story
from bot.platform import Request
from bot.preferences import ChatSettings
from bot.render.delivery import Words
from bot.settings import Settings
from bot.states import Part
from bot.store import Store
from tests.jobs.test_deliver import FakeChat
from tests.support.world import CHANGE, NOW, context, tell
from tests.web.conftest import Browser, free_port
from tests.web.test_own_page import check_of

PAGES = "https://smallprint.example"


@pytest.mark.parametrize(("language", "where"), [("de", "UK"), ("", "EU"), ("pl", "CH")])
def test_an_alerts_what_changed_is_its_page(known: Catalogue, language: str, where: str) -> None:
    words = Words(known, known.names, pages=PAGES)
    alert = Alert(1, Story(7, CHANGE), ("linkedin",), Part())
    delivery = _delivery(alert, language, frozenset({where}))
    said = words.of(delivery, FakeChat(), NOW).message
    [url] = [action.url for action in said.actions if "/story/" in action.url]
    assert url == f"{PAGES}/story/7?lang={language or 'en'}&for={where}"
    assert LINKABLE.fullmatch(url)
    without = Words(known, known.names).of(delivery, FakeChat(), NOW).message
    assert "story 7" in [action.command for action in without.actions]


def _delivery(alert: Alert, language: str, where: frozenset[str]) -> Delivery:
    chat = ChatSettings(language=language)
    return Delivery("key", 1, Address("telegram", "1"), (alert,), where, chat=chat)


def test_a_story_in_the_chat_has_its_page(store: Store, known: Catalogue) -> None:
    tell(store)
    here = context(store, known, known.names)
    request = Request("story", "1", Address("telegram", "1"))
    assert not any(action.url for action in handlers.answer(request, here).actions)
    said = handlers.answer(request, replace(here, pages=PAGES))
    [url] = [action.url for action in said.actions if action.url]
    assert url.startswith(f"{PAGES}/story/1?lang=en")


def test_the_sample_of_test_leads_to_no_page(store: Store, known: Catalogue) -> None:
    here = replace(context(store, known, known.names), pages=PAGES)
    said = handlers.answer(Request("test", "", Address("telegram", "1")), here)
    assert not any("/story/0" in action.url for action in said.actions)


@pytest.mark.parametrize(
    ("web", "url", "pages"),
    [
        ("", "", ""),
        ("127.0.0.1:8081", "", "http://127.0.0.1:8081"),
        ("127.0.0.1:8081", "https://s.example/", "https://s.example"),
        ("0.0.0.0:8081", "", ""),
        ("10.0.0.7:8081", "", ""),
        ("", "https://s.example", "https://s.example"),
    ],
)
def test_where_the_pages_are(web: str, url: str, pages: str) -> None:
    assert Settings.model_validate({"web": web, "web_url": url}).pages == pages


def test_who_only_serves_the_catalogue_links_nowhere() -> None:
    """A bot that is connected has readers who cannot open an address of this machine."""
    telegram = TelegramSettings.model_validate({"TELEGRAM_TOKEN": "1:a"})
    given = {"web": "127.0.0.1:8081", "platforms": (telegram,)}
    assert Settings.model_validate(given).pages == ""


@pytest.mark.parametrize("url", ["s.example", "https://s.example/path", "javascript:x", "https://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="web_url"):
        Settings.model_validate({"web_url": url})


async def test_a_bot_with_pages(tmp_path: Path) -> None:
    """The whole: /page is said in a chat, and its link opens the page of that chat."""
    port = free_port()
    given = {
        "database": f"sqlite:///{tmp_path}/x.db",
        "web": f"127.0.0.1:{port}",
        "web_url": f"http://127.0.0.1:{port}",
    }
    app, stop = App(Settings.model_validate(given), [], [FakeChat()]), asyncio.Event()
    running = asyncio.create_task(app.run(stop))
    browser = Browser(f"http://127.0.0.1:{port}")
    try:
        await _until_it_answers(browser)
        here = Address("telegram", "5")
        await app.dispatch(Request("subscribe", "linkedin uk", here))
        said = await app.dispatch(Request("page", "", here))
        [url] = [action.url for action in said.actions]
        status, _text, _headers = await browser.post(url.removeprefix(browser.base), {})
        assert status == 303
        _status, text, _headers = await browser.get("/me")
        assert 'name="follow" value="linkedin" checked' in text
        form = {"check": check_of(text), "line": "unsubscribe linkedin"}
        await browser.post("/me", form)
        assert app.store.subscriptions.of(here) == []
        _status, text, _headers = await browser.get("/service/linkedin")
        assert 'href="https://telegram.example/subscribe linkedin"' in text
    finally:
        await browser.close()
        stop.set()
        await running


async def _until_it_answers(browser: Browser) -> None:
    for _try in range(200):
        with suppress(aiohttp.ClientConnectorError):
            if (await browser.get("/"))[0] == 200:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the pages did not come up")
