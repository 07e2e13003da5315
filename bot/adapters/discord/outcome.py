"""What Discord's answers mean for a channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.adapters.http import Answer, seconds, unanswered
from bot.platform import Gone, Later, Outcome, Refused, Sent, Unknown

#: Unknown channel or server, no access, closed direct messages, no permission, archived thread.
_NOBODY = frozenset({10003, 10004, 50001, 50007, 50013, 50083, 160005})
#: An empty message, a wrong form, an embed or a message that is too large.
_OURS = frozenset({50006, 50035, 40005, 50109, 50045})
#: Opening direct messages too fast: rest, or the bot is put in quarantine.
_TOO_FAST, REST = 40003, timedelta(minutes=10)
PUBLISHED = 40033


def outcome(answer: Answer) -> Outcome:
    """The outcome of one try to post or publish."""
    body = answer.body
    if answer.status == 429:
        return _wait(answer, body or {})
    if body is None or answer.status >= 500:
        # A page in place of JSON comes from the guard in front of Discord, and means all of us.
        return (
            Later(REST, "Discord's guard refuses us", everyone=True)
            if answer.status == 403
            else unanswered(answer)
        )
    code, said = body.get("code"), str(body.get("message", ""))[:200]
    if answer.status < 300 and "id" in body:
        return Sent(str(body["id"]))
    if answer.status == 401:
        return Later(None, "Discord refuses the token", everyone=True)
    return _refusal(code, f"{said} ({code})")


def _refusal(code: object, said: str) -> Outcome:
    if code == _TOO_FAST:
        return Later(REST, said)
    if code in _NOBODY:
        return Gone(said)
    return Refused(said) if code in _OURS else Unknown(said)


def _wait(answer: Answer, body: Mapping[str, Any]) -> Later:
    """Trust the body: the header has been seen to say one second where the body said twenty minutes."""
    asked = body.get("retry_after", answer.headers.get("Retry-After"))
    scope = answer.headers.get("X-RateLimit-Scope", "")
    everyone = body.get("global") is True or scope == "global" or "retry_after" not in body
    return Later(seconds(asked), "Discord asks to wait", everyone=everyone)
