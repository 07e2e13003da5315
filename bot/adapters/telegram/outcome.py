"""The meaning of the Bot API's responses for a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.http import Answer, seconds, unanswered
from bot.model import Address
from bot.outcomes import Gone, Later, Moved, Outcome, Refused, Sent, Unknown

#: The most letters of Telegram's own words in a reason.
REASON_LETTERS = 200
#: Somebody blocked or removed the bot, or the account is gone. Telegram has no codes for these,
#: only sentences.
_LEFT = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked",
    "bot is not a member",
    "bot can't initiate conversation",
    "bot can't send messages to bots",
    "group chat was deactivated",
    "group chat was deleted",
)
#: The bot may not post there now. Telegram has said so for hours to bots that could.
_CLOSED = (
    "chat not found",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "topic closed",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "channel_private",
    "peer_id_invalid",
)
#: A message to be edited is already so.
NOT_MODIFIED = "not modified"
#: Our message is malformed.
_OURS = (
    "can't parse",
    "message is too long",
    "message text is empty",
    "text must be non-empty",
    "button",
    "reply markup",
    "keyboard",
    "entit",
    "wrong parameter",
    "can't find end",
    "unsupported",
    "url host is empty",
    "wrong http url",
)


def outcome_of(answer: Answer, address: Address) -> Outcome:
    """The outcome of one attempt to send."""
    body = answer.body
    if body is None or answer.status >= 500:
        return unanswered(answer)
    if message_id := _message_id(body):
        return Sent(message_id)
    given = body.get("parameters")
    parameters: Mapping[str, Any] = given if isinstance(given, dict) else {}
    if answer.status == 429:
        return Later(seconds(parameters.get("retry_after")), "Telegram asks to wait")
    if "migrate_to_chat_id" in parameters:
        chat = str(parameters["migrate_to_chat_id"])
        return Moved(Address(address.platform, chat, address.thread))
    if answer.status in (401, 404):
        return Later(None, "Telegram refuses the token", everyone=True)
    return _refusal(str(body.get("description", ""))[:REASON_LETTERS])


def _message_id(body: Mapping[str, Any]) -> str:
    """The id of the posted message, or ""."""
    result = body.get("result")
    if body.get("ok") is not True or not isinstance(result, dict):
        return ""
    return str(result.get("message_id", ""))


def _refusal(said: str) -> Outcome:
    words = said.casefold()
    if any(known in words for known in _LEFT):
        return Gone(said, left=True)
    if any(known in words for known in _CLOSED):
        return Gone(said)
    if any(known in words for known in _OURS):
        return Refused(said)
    return Unknown(said or "no reason given")
