"""The passages of a change: which ones carry it, how much is shown, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.understand import boilerplate, clauses, opt_out, places, statements, telling, topics
from bot.understand.comparison import Compared
from bot.understand.diff import Pair
from bot.understand.spotting import Codes
from bot.understand.traits import Place
from bot.verdicts import Excerpt

#: The most passages of a change that are kept, and their most characters together.
MAX_PASSAGES = 200
MAX_CHARACTERS = 60_000
#: The most telling passages that can lead a message, more for those of some places, and the most
#: sentences of the other version in which each is looked for.
STATED = 12
STATED_OF_PLACES = 40
SENTENCES = 3_000
#: The most characters of a sentence in an excerpt; the rest is behind the source link.
EXCERPT_CHARACTERS = 300
#: The most characters of a list's lead before an entry.
LEAD_CHARACTERS = 80
#: The separator between the lead and the entry.
IN_A_LIST = " › "


def passages(
    counted: Sequence[Pair], found: Compared, defined: Mapping[str, Codes]
) -> tuple[Excerpt, ...]:
    """The passages of a change, the most telling first, without duplicates.

    `counted` are the pairs of `found` that count; `defined` are the terms that the document defines
    as places.
    """
    shown: list[Excerpt] = []
    left = MAX_CHARACTERS
    place = Place(found.terms_type, found.texts)
    older = [sentence.text for sentence in found.old[:SENTENCES]]
    newer = [sentence.text for sentence in found.new[:SENTENCES]]
    for pair in telling.ranked(counted, place)[:MAX_PASSAGES]:
        cut = _cut(pair)
        excerpt = _excerpt(cut)
        left -= len(excerpt.before) + len(excerpt.after)
        if left < 0:
            break
        # A contact for people in a country is not a change for them.
        area = None
        if not boilerplate.address(pair.newest.text):
            area = places.area_of([pair.newest], defined, frozenset())
        may_lead = len(shown) < STATED or (area is not None and len(shown) < STATED_OF_PLACES)
        about = replace(
            excerpt,
            topics=tuple(topics.of([pair.newest.text])),
            area=area,
            opt_out=opt_out.of([pair]),
            statement=statements.of(cut, older, newer) if may_lead else statements.quoted(cut),
        )
        shown.append(about)
    return tuple(shown)


def excerpt_of(pair: Pair) -> Excerpt:
    """Both sides of a pair, cut to the difference; list entries follow their leads."""
    return _excerpt(_cut(pair))


def _cut(pair: Pair) -> Pair:
    """The pair with as much of its sentences as is shown: nothing more is said about it."""
    room = EXCERPT_CHARACTERS - max(len(_short_lead(side.lead)) for side in pair.sides)
    before, after = pair.texts
    if before and after:
        before, after = clauses.both(before, after, room)
    else:
        before, after = clauses.around(before, [], room), clauses.around(after, [], room)
    return Pair(
        replace(pair.before, text=before) if pair.before else None,
        replace(pair.after, text=after) if pair.after else None,
    )


def _excerpt(cut: Pair) -> Excerpt:
    before, after = (
        _short_lead(side.lead) + side.text if side else "" for side in (cut.before, cut.after)
    )
    return Excerpt(before, after)


def _short_lead(lead: str) -> str:
    """The lead of a list entry, which alone can say the opposite of what it means."""
    if not lead:
        return ""
    return f"{clauses.ending(lead, LEAD_CHARACTERS)}{IN_A_LIST}"
