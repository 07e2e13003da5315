"""Invitation links to the bot, as the pages show them."""

from __future__ import annotations

import base64

import pytest

from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.platform import Telegram

NUMBER = "123456789012345678"


def test_discord_takes_its_number_from_the_token_until_it_is_connected() -> None:
    first = base64.b64encode(NUMBER.encode()).decode().rstrip("=")
    link = f"https://discord.com/oauth2/authorize?client_id={NUMBER}"
    assert Discord(f"{first}.abc.def").invitation("subscribe x") == link


@pytest.mark.parametrize("token", ["", "token", "a.b.c", "____.x", "\u00e9.x", "YWJj.x"])
def test_a_token_without_a_number_has_no_link(token: str) -> None:
    assert Discord(token).invitation("start") == ""


def test_telegram_knows_its_name_once_it_is_connected() -> None:
    telegram = Telegram("1:a")
    assert telegram.invitation("subscribe linkedin") == ""
    telegram._user_name = "a_bot"
    assert (
        telegram.invitation("subscribe linkedin") == "https://t.me/a_bot?start=subscribe_linkedin"
    )
    assert telegram.invitation("too long " * 20) == "https://t.me/a_bot"
