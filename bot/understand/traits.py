"""The traits of one difference: its form, its words, and who may do what with whose data.

Traits are named numbers, mostly from 0 to 1, from which the model learns. Added text is "new",
removed text "gone"; a rewording has "more" and "less" of a class of words, or the same "beside".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from bot.understand import binding, boilerplate, concepts, dates, opt_out, rewording
from bot.understand.diff import Pair, differing_words, words_apart
from bot.understand.text import Sentence, folded

Traits = dict[str, float]

#: With at most this many differing words an edit is a touch, or a small edit.
TOUCH_WORDS = 2
SMALL_WORDS = 5
#: A text with fewer words is short.
SHORT_WORDS = 6
#: A short text with this share of capitalised words is a name.
NAME_SHARE = 0.5
#: The most differing words that are hashed.
HASHED_WORDS = 80
#: The letters of a word that tell it from others.
STEM_LETTERS = 7

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MONEY = re.compile(r"[€$£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|EUR\b|USD\b|GBP\b|CHF\b|%)")
_TIME = re.compile(
    r"\b\d+\s?-?(?:(?:business|calendar|working)\s)?(?:hours?|days?|weeks?|months?|years?|tage?n?"
    r"|wochen?|monate?n?|jahre?n?|jours?|mois|ans|días?|mes(?:es)?|años?|giorni|mesi|anni|dagen"
    r"|maanden|jaar|dni|miesięcy|lat|dias|anos)\b",
    re.I,
)
#: Numbering of clauses.
_NUMBERING = re.compile(
    r"^(?:section\s+|art(?:icle|\.)?\s*|§\s*)?"
    r"(?:\(?(?:[a-z]|[ivx]{1,5}|\d{1,3})(?:[.)](?:[a-z]{1,4}|\d{1,3}))*[.)]\)?"
    r"|\d{1,3}(?:\.\d{1,3})*)\s*(?=\S)",
    re.I,
)
_URL = re.compile(r"(?:https?://|www\.)\S+")
_NAME = re.compile(r"^[A-ZÀ-Þ][\w&.'’-]*$")
#: The name of a company: capitalised words before its legal form.
_COMPANY = re.compile(
    r"(?:\b[A-ZÀ-Þ][\w&.'’-]*,?\s){1,4}(?:Inc|LLC|L\.L\.C|LLP|LP|L\.P|Ltd|Limited|GmbH|AG|SE|KG|B\.?V"
    r"|N\.?V|S\.?A\.?S?|S\.?à\.?r\.?l|S\.?r\.?l|S\.?p\.?A|S\.?L|plc|PLC|Corp(?:oration)?|Company"
    r"|Unlimited|Pte|Pty|AB|AS|A/S|Oy|Sp\. z o\.o|OpCo)\b"
)
#: Contexts in which companies are recipients of data.
_RECIPIENTS = re.compile(
    r"sub-?processors?|cookies?|third[- ]part|partners?|vendors?|providers?|recipients?"
    r"|affiliates?|processors?|controllers?",
    re.I,
)
#: Actors and acts: classes of words that say more together.
_ACTORS = ("ours", "you", "modal", "party", "data", "sensitive")
_ACTS = (
    "collect",
    "use",
    "share",
    "sell",
    "train",
    "retain",
    "ads",
    "monitor",
    "close",
    "price",
    "forbid",
)
#: Classes of words that say what a name in a sentence is the name of.
_NAMED = ("entity", "share", "party", "contact", "liable", "dispute", "legal_basis", "data")


@dataclass(frozen=True, slots=True)
class Place:
    """The context of a pair: the terms type and both whole texts."""

    terms_type: str
    texts: tuple[str, str]


def of_pair(pair: Pair, place: Place) -> Traits:
    """The traits of a pair."""
    found: Traits = {}
    for name, value in _all(pair, place):
        if value:
            found[name] = max(found.get(name, 0.0), float(value))
    return found


def stems(pair: Pair) -> set[str]:
    """The stems of added and removed words, and of pairs of added words."""
    went, came = (concepts.words(" ".join(words))[:HASHED_WORDS] for words in differing_words(pair))
    found = {f"new {word[:STEM_LETTERS]}" for word in came}
    found |= {f"gone {word[:STEM_LETTERS]}" for word in went}
    for one, other in pairwise(came):
        found.add(f"new {one[:STEM_LETTERS]} {other[:STEM_LETTERS]}")
    return found


def unnumbered(text: str) -> str:
    """A clause without its number and addresses, folded."""
    return folded(_URL.sub("", _NUMBERING.sub("", text.strip(), count=1)))


def kind_of(pair: Pair) -> str:
    """Whether a sentence is "new", "gone" or "reworded"."""
    if not pair.before:
        return "new"
    return "reworded" if pair.after else "gone"


def _all(pair: Pair, place: Place) -> Iterator[tuple[str, float]]:
    yield kind_of(pair), 1.0
    yield from _form(pair)
    yield from _page(pair.newest)
    yield from _force(pair)
    if pair.before and pair.after:
        yield from _rewording(pair)
        yield from _renaming(pair)
    else:
        yield from _whole(pair, place)
    yield from _numbers(pair)
    yield from _around(pair.newest, place)


def _form(pair: Pair) -> Iterator[tuple[str, float]]:
    """The length and form of the sentence."""
    side, kind = pair.newest, kind_of(pair)
    yield "length", _log(side.words, 4)
    yield f"{kind} length", _log(side.words, 4)
    yield f"{kind} short", side.words < SHORT_WORDS
    yield f"{kind} label", side.fragment and not side.lead
    yield f"{kind} entry", bool(side.lead)
    yield f"{kind} alone", side.alone
    yield "fragment", side.fragment
    yield "link", side.only_link
    yield "question", side.text.endswith(("?", "？"))
    yield "open end", not side.text.endswith((".", ";", ":", "!", "。"))


def _page(side: Sentence) -> Iterator[tuple[str, float]]:
    """Whether it belongs to the page around the terms."""
    yield "widget", boilerplate.widget(side)
    yield "pointer", boilerplate.pointer(side.text)
    yield "instruction", boilerplate.instruction(side.text)
    yield "notice", boilerplate.notice(side.text)
    yield "address", boilerplate.address(side.text)
    yield "summary", boilerplate.summary(side)
    heading = side.section.rpartition(" › ")[2]
    yield "heading", bool(heading) and folded(heading) == folded(side.text)


def _force(pair: Pair) -> Iterator[tuple[str, float]]:
    """Whether it binds."""
    side, kind = pair.newest, kind_of(pair)
    yield f"{kind} rule", binding.rule(side)
    yield f"{kind} promise", binding.promise(side)
    yield f"{kind} strong", binding.strong(side)
    yield f"{kind} choice", opt_out.offered(side.text)


def _rewording(pair: Pair) -> Iterator[tuple[str, float]]:
    """The extent of a rewording, and which classes of words were added or removed."""
    before, after = (folded(text) for text in pair.texts)
    went, came = differing_words(pair)
    count = len(went) + len(came)
    both = len(before.split()) + len(after.split())
    yield "alike", fuzz.ratio(before, after) / 100
    yield "same words", 1 - count / max(1, both)
    yield "touch", count <= TOUCH_WORDS
    yield "small", count <= SMALL_WORDS
    yield "same", count == 0
    yield "only numbering", unnumbered(pair.texts[0]) == unnumbered(pair.texts[1])
    yield "more words", _log(len(came), 4)
    yield "less words", _log(len(went), 4)
    yield "only more", not went
    yield "only less", not came
    yield "scope out", not came and len(went) >= TOUCH_WORDS
    yield "scope in", not went and len(came) >= TOUCH_WORDS
    turns = len(list(rewording.turned(pair)))
    yield "turned", turns > 0
    yield "turns", min(turns, 3) / 3
    yield from _classes_moved(concepts.counted(pair.texts[0]), concepts.counted(pair.texts[1]))


def _classes_moved(was: Counter[str], now: Counter[str]) -> Iterator[tuple[str, float]]:
    for name in now.keys() | was.keys():
        if now[name] > was[name]:
            yield f"more {name}", 1.0
        elif now[name] < was[name]:
            yield f"less {name}", 1.0
        else:
            yield f"beside {name}", 0.5


def _renaming(pair: Pair) -> Iterator[tuple[str, float]]:
    """Whether names were exchanged, and beside which words."""
    went, came = words_apart(*pair.texts)
    names = [word for word in (*went, *came) if _NAME.match(word)]
    yield "names", len(names) / max(1, len(went) + len(came))
    exchanged = (
        bool(any(map(_NAME.match, went)) and any(map(_NAME.match, came)))
        and len(went) + len(came) <= 2 * SHORT_WORDS
    )
    was, now = (set(_COMPANY.findall(text)) for text in pair.texts)
    yield "other company", was != now
    yield "company exchanged", bool(was - now and now - was)
    if not exchanged:
        return
    yield "name exchanged", 1.0
    yield "only names", len(names) == len(went) + len(came)
    counts = concepts.counted(pair.texts[1])
    for name in _NAMED:
        yield f"name beside {name}", counts[name] > 0


def _whole(pair: Pair, place: Place) -> Iterator[tuple[str, float]]:
    """The classes of words of an added or removed sentence, alone and combined."""
    side, kind = pair.newest, kind_of(pair)
    counts = concepts.counted(side.text)
    for name in counts:
        yield f"{kind} {name}", 1.0
    for act in _ACTS:
        if not counts[act]:
            continue
        for actor in _ACTORS:
            yield f"{kind} {actor} {act}", counts[actor] > 0
    text = _NUMBERING.sub("", side.text.strip(), count=1)
    other = place.texts[0] if kind == "new" else place.texts[1]
    yield f"{kind} stands elsewhere", len(text) > 3 and text in other
    yield f"{kind} number", len(folded(text)) < 2
    is_name = _is_name(side.text)
    yield f"{kind} name", is_name
    yield f"{kind} recipient", is_name and _is_of_recipients(side, place)
    yield f"{kind} company", bool(_COMPANY.search(side.text))


def _is_name(text: str) -> bool:
    words = text.split()
    if not 0 < len(words) <= SHORT_WORDS or text.endswith("."):
        return False
    return sum(bool(_NAME.match(word)) for word in words) > NAME_SHARE * len(words)


def _numbers(pair: Pair) -> Iterator[tuple[str, float]]:
    """The numbers, amounts and durations that differ."""
    kind = kind_of(pair)
    before, after = (dates.mask(text) for text in pair.texts)
    for name, pattern in (("number", _NUMBER), ("money", _MONEY), ("time", _TIME)):
        was, now = set(pattern.findall(before)), set(pattern.findall(after))
        yield f"{kind} other {name}", was != now
    yield f"{kind} year", bool(dates.YEAR.search(pair.newest.text))


def _around(side: Sentence, place: Place) -> Iterator[tuple[str, float]]:
    """The classes of words in the lead and the heading of the sentence."""
    for name in concepts.counted(side.lead):
        yield f"lead {name}", 1.0
    for name in concepts.counted(side.section.rpartition(" › ")[2]):
        yield f"heading {name}", 1.0
    yield "of recipients", 0.5 * _is_of_recipients(side, place)


def _is_of_recipients(side: Sentence, place: Place) -> bool:
    about = f"{place.terms_type} {side.section[-120:]} {side.lead}"
    return bool(_RECIPIENTS.search(about))


def _log(count: int, scale: float) -> float:
    return math.log1p(count) / scale
