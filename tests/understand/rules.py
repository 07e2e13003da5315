"""Community rules, and how a change of them is understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.catalogue.names import Names
from bot.model import Change, Document, Item, Record
from bot.understand import (
    Edition,
    learn,
    understand_change,
)
from bot.understand.memory import Held
from bot.understand.model import Model

WHEN = datetime(2026, 3, 2, 12, tzinfo=UTC)


EDITION = Edition(frozenset({"IE"}))


OLD = (
    "Community rules\n===============\n\nWe want you to feel safe when you are here with us, and "
    "so we have made these rules.\n\n"
    "You must not post any of the following:\n\n*   weapons\n*   pharmacies\n*   tobacco\n\n"
    "The following need a permit before you may post them:\n\n*   casinos\n*   lotteries\n\n"
    "We keep what you post for 30 days, and we will tell you when we remove any of it.\n"
)


RULE = "You must not sell the account that we gave you to anybody else, whoever it is."


def item(
    terms_type: str = "Community Guidelines",
    pages: int = 0,
    days: float = 0,
    record: Record = Record.CHANGE,
) -> Item:
    document = Document("c", "LinkedIn", terms_type)
    return Item(
        f"commit:{days}",
        "c",
        record,
        WHEN + timedelta(days=days),
        "t",
        "https://x",
        document,
        pages=pages,
    )


def lived(*texts: str, terms_type: str = "Community Guidelines", pages: int = 0) -> Held:
    held = None
    for number, text in enumerate(texts):
        held = learn(item(terms_type, pages, number), text, held)
    assert held
    return held


def judged(
    after: str,
    *before: str,
    terms_type: str = "Community Guidelines",
    pages: tuple[int, int] = (0, 0),
    model: Model | None = None,
) -> Change:
    held = lived(*(before or (OLD,)), terms_type=terms_type, pages=pages[0])
    return understand_change(item(terms_type, pages[1], 9), held, after, EDITION, Names([]), model)
