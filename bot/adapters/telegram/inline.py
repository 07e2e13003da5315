"""Inline queries: in any chat, `@bot linkedin` offers how-tos as cards that anybody can post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import InlineQuery

from bot.adapters.telegram.asked import Bot, chat_address
from bot.adapters.telegram.layout import deep_link
from bot.adapters.telegram.markup import html_of, size
from bot.locales import _, best, speaking
from bot.message import Message
from bot.platform import Entry, Hint, Request
from bot.render.fit import fit

#: The most cards of an inline query.
CARDS = 5
#: The most UTF-16 units of a card.
CARD_UNITS = 3500
#: The most letters of the line below a card's title.
DESCRIPTION_LETTERS = 100
#: The most letters of a card's id.
ID_LETTERS = 64
#: How long Telegram may cache the cards.
REMEMBERED_SECONDS = 300


class Cards:
    """Answers inline queries with a menu command's answer for each service that may be meant."""

    def __init__(self, bot: Bot, menu: Sequence[Entry]) -> None:
        self._bot = bot
        self._command = next((entry.name for entry in menu if entry.card), "")

    async def take(self, query: InlineQuery) -> None:
        """Answer one query."""
        if not self._command:
            return
        language = query.from_user.language_code or ""
        person = chat_address(query.from_user.id)
        meant = await self._bot.dispatch(Hint("card", query.query, language, None, person.chat))
        cards = []
        for each in meant.actions[:CARDS]:
            request = Request(self._command, each.command, person, language=language, typing=True)
            answer = await self._bot.dispatch(request)
            cards.append(self._card(each.command, each.label, answer, language))
        given = {
            "inline_query_id": query.id,
            "results": cards,
            "cache_time": REMEMBERED_SECONDS,
            "is_personal": True,
        }
        await self._bot.call("answerInlineQuery", given)

    def _card(self, service: str, label: str, message: Message, language: str) -> dict[str, Any]:
        """A card with the answer, which anybody can post; its button leads to the bot."""
        fitted = fit(message, size, CARD_UNITS)
        with speaking(best(language)):
            words = _("Ask Smallprint")
        link = deep_link(self._bot.name, f"{self._command} {service}")
        content = {
            "message_text": html_of(fitted),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        return {
            "type": "article",
            "id": service[:ID_LETTERS],
            "title": label,
            "description": _first_line(fitted)[:DESCRIPTION_LETTERS],
            "input_message_content": content,
            "reply_markup": {"inline_keyboard": [[{"text": words, "url": link}]]},
        }


def _first_line(message: Message) -> str:
    """The first line below the title, or ""."""
    for block in message.blocks[1:]:
        if len(block):
            return "".join(span.text for span in block.lines[0])
    return ""
