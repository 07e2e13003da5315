"""The meaning of Discord's responses for a channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.adapters.http import Answer, seconds, unanswered
from bot.outcomes import Gone, Later, Outcome, Refused, Sent, Unknown

#: Unknown channel or server.
_LEFT = frozenset({10003, 10004})
#: No access, closed direct messages, no permission, archived thread.
_CLOSED = frozenset({50001, 50007, 50013, 50083, 160005})
#: An empty message, a malformed form, an embed or a message that is too large.
_OURS = frozenset({50006, 50035, 40005, 50109, 50045})
#: Opening direct messages too fast.
_TOO_FAST = 40003
#: The rest afterwards, without which Discord would quarantine the bot.
REST = timedelta(minutes=10)
#: The message was already published to the followers of the channel.
PUBLISHED = 40033
#: The most letters of Discord's own words in a reason.
REASON_LETTERS = 200


def outcome_of(answer: Answer) -> Outcome:
    """The outcome of one attempt to post or publish."""
    body = answer.body
    if answer.status == 429:
        return _wait(answer, body or {})
    if body is None or answer.status >= 500:
        return _no_answer(answer)
    if answer.status < 300 and "id" in body:
        return Sent(str(body["id"]))
    if answer.status == 401:
        return Later(None, "Discord refuses the token", everyone=True)
    code = body.get("code")
    said = str(body.get("message", ""))[:REASON_LETTERS]
    return _refusal(code, f"{said} ({code})")


def _no_answer(answer: Answer) -> Later:
    """The outcome without JSON: a 403 page is from Discord's firewall and concerns all sending."""
    if answer.status == 403:
        return Later(REST, "Discord's guard refuses us", everyone=True)
    return unanswered(answer)


def _refusal(code: object, said: str) -> Outcome:
    if code == _TOO_FAST:
        return Later(REST, said)
    if code in _LEFT or code in _CLOSED:
        return Gone(said, left=code in _LEFT)
    if code in _OURS:
        return Refused(said)
    return Unknown(said)


def _wait(answer: Answer, body: Mapping[str, Any]) -> Later:
    """The wait that the body names.

    The header has been seen to say one second when the body said twenty minutes.
    """
    asked = body.get("retry_after", answer.headers.get("Retry-After"))
    everyone = _means_everyone(answer, body)
    return Later(seconds(asked), "Discord asks to wait", everyone=everyone)


def _means_everyone(answer: Answer, body: Mapping[str, Any]) -> bool:
    if "retry_after" not in body or body.get("global") is True:
        return True
    return answer.headers.get("X-RateLimit-Scope", "") == "global"
