"""The passages of a change: which carry it, how much of them is shown, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.understand import opt_out, places, statements, topics
from bot.understand.diff import Pair, new_words
from bot.understand.spotting import Codes
from bot.understand.text import Sentence
from bot.verdicts import Excerpt

#: So many passages of a change are kept, of so many characters together; the source has the rest.
MAX_PASSAGES = 200
MAX_CHARACTERS = 60_000

#: How much of a sentence an excerpt keeps; the rest is behind the source link.
EXCERPT_CHARACTERS = 600
#: How much of the words that introduce a list stand before an entry.
LEAD_CHARACTERS = 120
#: Shorter pairs say little on their own.
SHORT_CHARACTERS = 40

_ABOUT_YOU = re.compile(r"\b(?:you|your|members?|we|our)\b", re.I)


def passages(counted: Sequence[Pair], defined: Mapping[str, Codes]) -> tuple[Excerpt, ...]:
    """What changed, the most telling first; a text that stands twice counts once.

    `defined` are the terms that the document defines as places.
    """
    found: dict[tuple[str, str], Excerpt] = {}
    left = MAX_CHARACTERS
    for pair in sorted(counted, key=_weight, reverse=True):
        excerpt = excerpt_of(pair)
        left -= len(excerpt.before) + len(excerpt.after)
        if len(found) == MAX_PASSAGES or left < 0:
            break
        about = replace(
            excerpt,
            topics=tuple(topics.of([pair.newest.text])),
            area=places.area_of([pair.newest], defined, frozenset()),
            opt_out=opt_out.of([pair]),
            statement=statements.of(pair),
        )
        found.setdefault((excerpt.before, excerpt.after), about)
    return tuple(found.values())


def telling(counted: Sequence[Pair], limit: int = 3) -> list[Pair]:
    """The pairs that carry the change, in document order.

    What one can do and what it is about count first.
    """
    ranked = sorted(range(len(counted)), key=lambda index: -_weight(counted[index]))
    return [counted[index] for index in sorted(ranked[:limit])]


def excerpt_of(pair: Pair) -> Excerpt:
    """Both sides of a pair, cut where they are long; entries of lists behind their leads."""
    before = _in_its_list(pair.before)
    after = _in_its_list(pair.after)
    return Excerpt(_around(before, after), _around(after, before))


def _weight(pair: Pair) -> float:
    text = " ".join(side.text for side in pair.sides)
    says = 2.0 * opt_out.offered(text)
    says += bool(_ABOUT_YOU.search(text))
    says += min(len(new_words(pair)), 40) / 20
    weight = _weight_of_topic(pair.newest) + says
    if len(text) < SHORT_CHARACTERS:
        return 0.3 * weight
    return weight


def _weight_of_topic(sentence: Sentence) -> float:
    about = topics.of([sentence.text], limit=1)
    if not about:
        return 0.0
    return 3.0 / (1 + list(topics.TOPICS).index(about[0]))


def _in_its_list(sentence: Sentence | None) -> str:
    """A list entry behind its lead: alone it can say the opposite of what it means."""
    if sentence is None:
        return ""
    lead = sentence.lead
    if not lead:
        return sentence.text
    if len(lead) > LEAD_CHARACTERS:
        lead = "… " + lead[-LEAD_CHARACTERS:].partition(" ")[2]
    return f"{lead} › {sentence.text}"


def _around(text: str, other: str) -> str:
    """A long sentence from a little before its first difference on."""
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    same = _shared_start(text, other)
    start = text.rfind(" ", 0, max(same - EXCERPT_CHARACTERS // 3, 0)) + 1
    cut = text[start : start + EXCERPT_CHARACTERS].rsplit(" ", 1)[0]
    shown = cut
    if start:
        shown = "… " + shown
    if start + len(cut) < len(text):
        shown += " …"
    return shown


def _shared_start(one: str, other: str) -> int:
    """How many characters two texts share at their start."""
    for place, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            return place
    return min(len(one), len(other))
