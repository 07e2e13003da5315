"""The features of a whole change, from which the model judges it, and nothing else.

They are the traits of its differences taken together, its size, the document's past, and the doubts
about it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.understand import announcements, dates, hold
from bot.understand.comparison import Compared, another_edition
from bot.understand.diff import Pair
from bot.understand.memory import Held
from bot.understand.text import Sentence
from bot.understand.traits import Place, Traits, kind_of, of_pair, stems

#: A version is newly dated if its newest date moved on by more; less is a tracker's time zone.
NEWLY_DATED = timedelta(days=3)
#: The most characters of a sentence in which a version's date is searched for.
DATE_CHARACTERS = 300
#: A change that adds more characters than this is a big one.
BIG_CHARACTERS = 8_000

_TERMS = {
    "privacy": re.compile(r"privacy|trackers|cookie", re.I),
    "terms": re.compile(r"terms of service|general conditions|terms$", re.I),
    "community": re.compile(r"community|acceptable|review guid|restricted|content policy", re.I),
    "business": re.compile(
        r"commercial|seller|business|developer|processor|enforcement|advertis|monetis|affiliate"
        r"|brand|api\b|copyright|complaint|imprint",
        re.I,
    ),
    "sale": re.compile(r"purchase|sale|carriage|subscription|premium|payment", re.I),
}


def of_change(found: Compared, pairs: Sequence[Pair], held: Held, recorded: date) -> Traits:
    """The features of a change; `pairs` are those left after all filters, at least one."""
    place = Place(found.terms_type, found.texts)
    traits = [of_pair(pair, place) for pair in pairs]
    features = {
        f"change {name}": float(value) for name, value in _whole(found, pairs, held, recorded)
    }
    features |= _together(traits)
    for pair in pairs:
        features |= dict.fromkeys((f"word {stem}" for stem in stems(pair)), 1.0)
    return {name: value for name, value in features.items() if value}


def is_newly_dated(found: Compared, recorded: date) -> bool:
    """Whether a version has a newer date than the one before, near the day of recording."""
    was, now = (_newest_date(side, recorded) for side in (found.old, found.new))
    if now is None:
        return False
    return was is None or now - was > NEWLY_DATED


def _together(traits: Sequence[Traits]) -> Traits:
    """For each trait its maximum ("any"), its total ("much"), and its mean."""
    strongest: Traits = {}
    total: Traits = {}
    for each in traits:
        for name, value in each.items():
            strongest[name] = max(strongest.get(name, 0.0), value)
            total[name] = total.get(name, 0.0) + value
    found: Traits = {}
    for name, value in total.items():
        found[f"any {name}"] = strongest[name]
        found[f"much {name}"] = math.log1p(value) / 2
        found[f"mean {name}"] = value / len(traits)
    return found


def _whole(
    found: Compared, pairs: Sequence[Pair], held: Held, recorded: date
) -> Iterator[tuple[str, float]]:
    yield from _size(found, pairs)
    yield from _kinds(pairs)
    yield from _past(held)
    yield from _reading(found)
    for name, pattern in _TERMS.items():
        yield f"of {name}", bool(pattern.search(found.terms_type))
    dated = is_newly_dated(found, recorded)
    yield "newly dated", dated
    yield "announced", bool(announcements.news(found.old, found.new, found.memory, recorded))
    yield "restored", found.version in held.versions
    doubt = hold.why(found, tuple(pairs), held)
    if doubt:
        yield f"in doubt: {doubt.value}", 1.0
        yield f"in doubt: {doubt.value}, {'dated' if dated else 'undated'}", 1.0


def _size(found: Compared, pairs: Sequence[Pair]) -> Iterator[tuple[str, float]]:
    old, new = (max(1, len(text)) for text in found.texts)
    came = sum(len(pair.texts[1]) for pair in pairs if not pair.before)
    went = sum(len(pair.texts[0]) for pair in pairs if not pair.after)
    touched = sum(len(pair.newest.text) for pair in pairs)
    yield "pairs", math.log1p(len(pairs)) / 3
    yield "share", min(1.0, touched / new)
    yield "share came", min(1.0, came / new)
    yield "share went", min(1.0, went / old)
    yield "share exchanged", min(1.0, came / new, went / old)
    yield "big", came > BIG_CHARACTERS


def _kinds(pairs: Sequence[Pair]) -> Iterator[tuple[str, float]]:
    kinds = [kind_of(pair) for pair in pairs]
    for kind in ("new", "gone", "reworded"):
        yield f"mostly {kind}", kinds.count(kind) / max(1, len(kinds))
    yield "only gone", bool(kinds) and set(kinds) == {"gone"}


def _past(held: Held) -> Iterator[tuple[str, float]]:
    yield "returns", held.returns / max(1, held.lived)
    yield "flaps", hold.flaps(held)


def _reading(found: Compared) -> Iterator[tuple[str, float]]:
    """How the tracker read it."""
    yield "other pages", found.pages != 0
    yield "english", found.language == "en"
    yield "unknown language", found.language is None
    yield "other edition", another_edition(found)


def _newest_date(side: Sequence[Sentence], recorded: date) -> date | None:
    earliest, latest = recorded - dates.PAST, recorded + dates.FUTURE
    newest = None
    for sentence in side:
        for _, _, day in dates.find(sentence.text[:DATE_CHARACTERS]):
            if earliest <= day <= latest and (newest is None or day > newest):
                newest = day
    return newest
