"""What a passage says now, as a statement: its telling clause, or the clause that went."""

from __future__ import annotations

from bot.understand.diff import Pair
from bot.verdicts import Statement, Verb


def of(pair: Pair) -> Statement | None:
    """The statement of a pair; every value of it stands in the text."""
    if pair.after:
        return Statement(Verb.SAYS, (pair.after.text,))
    if pair.before:
        return Statement(Verb.NO_LONGER_SAYS, (pair.before.text,))
    return None
