"""A privacy policy, and how a change of it is understood."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.catalogue.names import Names
from bot.model import Change, Document, Item, Record
from bot.understand import (
    Edition,
    learn,
    understand_change,
)

WHEN = datetime(2025, 11, 3, 17, 46, tzinfo=UTC)


IRELAND = Edition(frozenset({"IE"}))


OLD = (
    "Privacy Policy\n==============\n\nEffective May 1, 2024\n\n"
    "We collect your name. We may share your data with partners.\n\n* First\n* Second\n"
)


def item(
    service: str = "LinkedIn", terms_type: str = "Privacy Policy", when: datetime = WHEN
) -> Item:
    return Item(
        "commit:1", "c", Record.CHANGE, when, "t", "https://x", Document("c", service, terms_type)
    )


def judged(
    before: str, after: str, names: Names, *earlier: str, edition: Edition = IRELAND
) -> Change:
    held = None
    for text in (*earlier, before):
        held = learn(item(), text, held)
    assert held
    return understand_change(item(), held, after, edition, names)
