"""Whether a change matters, and why: the reasons are part of the verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.model import Verdict
from bot.understand import language, optout, topics
from bot.understand.dates import mask
from bot.understand.diff import Pair, new_words, pieces
from bot.understand.text import Sentence, folded

#: This many words that the document never had make a change worth an alert on their own.
NEW_WORDS = 8

#: One such word can be the whole change: duties, permissions, choices, numbers, prices, ages.
_SMALL_WORDS = re.compile(
    r"^(?:may|must|will|shall|can|cannot|not|no|never|always|only|opt(?:[- ]?(?:in|out))?|in|out|consent"
    r"|affiliates?|partners?|sell|share|train|free|paid|[€$£]?\d[\d.,%]*)$",
    re.I,
)

_ABOUT_YOU = re.compile(r"\b(?:you|your|members?|we|our)\b", re.I)


def judge(
    pairs: Sequence[Pair], memory: frozenset[int], old: Sequence[Sentence], new: Sequence[Sentence]
) -> tuple[Verdict, tuple[str, ...], list[Pair]]:
    """The verdict, its reasons in words, and the pairs that count.

    `memory` holds the keys of every sentence the document has had: text that comes back is not news.
    """
    if not pairs:
        return Verdict.NOISE, ("only the order, the format, the spelling or dates differ",), []
    counted = [pair for pair in pairs if _counts(pair, memory)]
    if not counted:
        return Verdict.NOISE, ("every sentence in it has stood in this document before, or is navigation",), []
    counted = _in_its_language(counted, old)
    if not counted:
        return Verdict.NOISE, ("what is new is in another language than the document",), []
    counted = _cut_elsewhere(counted, old, new)
    if not counted:
        return Verdict.NOISE, ("the same text was only cut into other sentences",), []
    added = [pair for pair in counted if pair.after]
    words = sum(len(new_words(pair)) for pair in added)
    if words >= NEW_WORDS:
        return Verdict.MATERIAL, (f"{words} words that this document never had",), counted
    if small := _small_words(added):
        return Verdict.MATERIAL, (f"a small word can be the whole change: {', '.join(small)}",), counted
    if added:
        return Verdict.MINOR, (f"only {words} new words, none of them a duty, a choice or a number",), counted
    return (*_judge_removal(counted), counted)


def _counts(pair: Pair, memory: frozenset[int]) -> bool:
    """Links, and questions that stand alone, lead somewhere; they do not say what holds."""
    sentence = pair.after or pair.before
    if sentence is None or sentence.only_link or (sentence.alone and sentence.text.endswith(("?", "？"))):
        return False
    return pair.after is None or pair.after.key not in memory


def _in_its_language(pairs: Sequence[Pair], old: Sequence[Sentence]) -> list[Pair]:
    """Without what a service served in another language by accident."""
    usual = language.of(sentence.text for sentence in old)
    return [pair for pair in pairs if not (pair.after and language.foreign(pair.after.text, usual))]


def _cut_elsewhere(pairs: Sequence[Pair], old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """Without sentences that the other version holds as well, only with their ends in other places."""
    was, now = (_run_together(side) for side in (old, new))

    def stands(pair: Pair) -> bool:
        return (pair.after is None or _run_together([pair.after]) in was) and (
            pair.before is None or _run_together([pair.before]) in now
        )

    return [pair for pair in pairs if not stands(pair)]


def _run_together(sentences: Sequence[Sentence]) -> str:
    return "".join(folded(sentence.text).replace(" ", "") for sentence in sentences)


def _judge_removal(removed: Sequence[Pair]) -> tuple[Verdict, tuple[str, ...]]:
    """Text that only vanished is often a page the tracker lost, so it takes a promise to make it news."""
    texts = [pair.before.text for pair in removed if pair.before]
    if any(optout.offered(text) for text in texts):
        return Verdict.MATERIAL, ("a choice was taken out",)
    about = topics.of(texts, limit=1)
    if about and 20 <= sum(len(text.split()) for text in texts) <= 400:
        return Verdict.MATERIAL, (f"text about {topics.words(about[0])} was taken out",)
    return Verdict.MINOR, ("text was only taken out",)


def _small_words(added: Sequence[Pair]) -> list[str]:
    found: dict[str, None] = {}
    for pair in added:
        if not (pair.before and pair.after):
            continue
        left, right = pieces(mask(pair.before.text), mask(pair.after.text))
        for piece in (*left, *right):
            if piece.differs:
                found.update({w: None for word in piece.text.split() if _SMALL_WORDS.match(w := word.strip('.,;:()"'))})
    return list(found)[:4]


def telling(counted: Sequence[Pair], limit: int = 3) -> list[Pair]:
    """The pairs that carry the change, in document order: what one can do and what it is about first."""
    ranked = sorted(range(len(counted)), key=lambda index: -_weight(counted[index]))
    return [counted[index] for index in sorted(ranked[:limit])]


def _weight(pair: Pair) -> float:
    text = " ".join(side.text for side in (pair.before, pair.after) if side)
    about = topics.of([text], limit=1)
    weight = 3.0 / (1 + list(topics.TOPICS).index(about[0])) if about else 0.0
    weight += 2.0 * optout.offered(text) + bool(_ABOUT_YOU.search(text)) + min(len(new_words(pair)), 40) / 20
    return weight * (0.3 if len(text) < 40 else 1.0)
