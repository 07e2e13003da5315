"""Recorded reasons in the language of the reader: they are kept in English, as `understand` gave them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from bot.locales import N_, _
from bot.understand.significance import SMALL
from bot.understand.topics import TOPICS

#: Every sentence that a reason can be; what stands in {places} is taken over, and translated where it is one of these.
REASONS = (
    N_("only the order, the format, the spelling or dates differ"),
    N_("every sentence in it has stood in this document before"),
    N_("only links, questions, banners or other parts of the page differ"),
    N_("what differs is in another language than the document"),
    N_("the tracker reads another number of pages of it; the pages themselves are the same"),
    N_("the same text was only cut into other sentences"),
    N_("it says who the service is and what it is built on, not what holds"),
    N_("a small word can be the whole change: {words}"),
    N_("a new rule, however short: “{rule}”"),
    N_("{number} words that this document never had"),
    N_("only {number} new words; no duty, choice, price or number among them"),
    N_("{number} new words, of which few say what holds; no duty, choice, price or number among them"),
    N_("what was announced is now in force, and the older text is gone"),
    N_("a whole part of the page is gone"),
    N_("a choice was taken out"),
    N_("a rule was taken out"),
    N_("text about {topic} was taken out"),
    N_("text was only taken out"),
    N_("now tracked"),
    N_("the tracker changed, not the terms"),
    N_("it announces a change for {day}"),
    N_("the text could not be fetched, so this is told as it was recorded"),
    N_("a memo of Open Terms Archive"),
    N_("an article about what this service does with data"),
    N_("not about the terms of a service we know"),
    N_("it restores an earlier version"),
    N_("it was held because {doubt}, and it lasted"),
    N_("it was held because {doubt}, and it was taken back"),
    N_("this document often changes and changes back"),
    N_("text only vanished"),
    N_("the whole text is in the spelling of another edition"),
    N_("much of the document was exchanged at once"),
    N_("a whole page came at once"),
    N_("what was told on {day} is no longer in the text"),
    N_("you can act until this day"),
    N_("from this day it applies to you unless you act"),
)
assert REASONS[7].startswith(SMALL)


def reasons(why: Iterable[str]) -> str:
    """All reasons of a verdict, as one phrase."""
    return "; ".join(reason(each) for each in why)


def reason(recorded: str) -> str:
    """One recorded reason; one that we do not know stays as it is."""
    for sentence, pattern in _patterns():
        if match := pattern.fullmatch(recorded):
            return _(sentence, **{name: _topic(reason(value)) for name, value in match.groupdict().items()})
    return recorded


def _topic(words: str) -> str:
    return _(words) if words in {said for said, _pattern in TOPICS.values()} else words


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The fixed sentences first, then those with places."""
    ordered = sorted(REASONS, key=lambda sentence: "{" in sentence)
    return tuple((each, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(each)), re.S)) for each in ordered)
