"""Whether a change matters, and why: the reasons are part of the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.model import Held, Verdict
from bot.reasons import Noise, Reason, Weight
from bot.understand import binding as binding_words
from bot.understand import boilerplate, language, opt_out, topics
from bot.understand.diff import Pair, new_words, pairs, words_apart
from bot.understand.document import differing, moved
from bot.understand.spelling import british
from bot.understand.text import Sentence, folded

#: So many words that the document never had make a change worth an alert on their own, if they bind somebody;
NEW_WORDS = 14
#: so many do if we cannot tell whether they bind.
MANY_WORDS = 150
#: A removal of more words than this is rather a page that was lost than a promise that was dropped.
LOST_PAGE = 400
#: So many differences are weighed: where there are more, the rest does not change the verdict.
MAX_PAIRS = 300
#: The language of a document is seen in so many characters.
HEAD = 10_000
#: So many sentences that went from British to American English, or back, make it another edition.
EDITION = 3
#: Terms whose lists are the rules: an entry that goes is a rule that goes.
LISTS_OF_RULES = (
    "Community Guidelines",
    "Acceptable Use Policy",
    "Review Guidelines",
    "Restricted Use Policy",
    "Advertising Content Policy",
)
#: Terms that say who the service is and where, not what holds.
WHO_IT_IS = ("Imprint",)
_GONE = 0x2545F4914F6CDD1D


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a document (`texts`), the sentences of the lines in which they differ, and the pairs.

    `memory` holds the keys of every sentence that the document has had; `pages` is how many more source
    documents the newer version was made of; `version` is the newer one's sum.
    """

    texts: tuple[str, str]
    old: Sequence[Sentence]
    new: Sequence[Sentence]
    pairs: Sequence[Pair]
    memory: frozenset[int]
    language: str | None
    terms_type: str
    version: int
    pages: int


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    why: tuple[Reason, ...]
    counted: tuple[Pair, ...] = ()


def compared(held: Held, text: str, language_code: str = "en", pages: int = 0) -> Compared:
    """What a document has held beside its newest text; `pages` as the feed gives it, 0 where it does not."""
    found = differing(held.text, text, language_code)
    more = pages - held.pages if pages and held.pages else 0
    head = held.text[:HEAD]
    usual = language.of(head[start : start + 2_000] for start in range(0, len(head), 2_000))
    version = moved(held.version, found.shift)
    return Compared(
        (held.text, text), found.old, found.new, pairs(found.old, found.new), held.sentences, usual,
        held.document.terms_type, version, more,
    )  # fmt: skip


def judge(found: Compared) -> Judgement:
    """The verdict, its reasons in words, and the pairs that count: what is left once everything is taken away
    that nobody decided."""
    left = list(found.pairs)
    if not left:
        return Judgement(Verdict.NOISE, (Reason(Noise.FORMAT_ONLY),))
    for keep, why in _FILTERS:
        left = keep(left, found)[:MAX_PAIRS]
        if not left:
            return Judgement(Verdict.NOISE, (Reason(why),))
    return _weigh(left, found)


def telling(counted: Sequence[Pair], limit: int = 3) -> list[Pair]:
    """The pairs that carry the change, in document order: what one can do and what it is about first."""
    ranked = sorted(range(len(counted)), key=lambda index: -_weight(counted[index]))
    return [counted[index] for index in sorted(ranked[:limit])]


def gone_mark(key: int) -> int:
    """What memory keeps of a sentence that went for good."""
    return key ^ _GONE


def another_edition(found: Compared) -> bool:
    """Whether one version is in British, the other in American English: an edition for other people."""
    was = {sentence.key: sentence.text for sentence in found.old}
    same = [(was[s.key], s.text) for s in found.new if s.key in was and was[s.key] != s.text]
    reworded = [
        (pair.before.text, pair.after.text) for pair in found.pairs if pair.before and pair.after
    ]
    steps = [british(after) - british(before) for before, after in (*same, *reworded)]
    went, came = sum(step < 0 for step in steps), sum(step > 0 for step in steps)
    most, least = max(went, came), min(went, came)
    if most < EDITION or most <= 3 * least:
        return False
    both = set(found.texts[0].splitlines()) & set(found.texts[1].splitlines())
    return most > EDITION * 3 or most > sum(british(line) > 0 for line in both)


# -- what does not count


def _unknown(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Text that comes back is not news, nor is text that goes once more. A sentence that goes where an older
    wording of it returns went with it."""
    return [
        pair for pair in pairs
        if (pair.after.key not in found.memory if pair.after else pair.before and gone_mark(pair.before.key) not in found.memory)
    ]  # fmt: skip


def _terms(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Links, and questions that stand alone, lead somewhere; widgets serve the page: none says what holds."""

    def says(pair: Pair) -> bool:
        sides = [side for side in (pair.after, pair.before) if side]
        first = sides[0]
        question = first.alone and first.text.endswith(("?", "？"))
        return not (first.only_link or question or boilerplate.widget(first))

    return [pair for pair in pairs if says(pair)]


def _in_its_language(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Without what a service served in another language by accident, coming or going."""
    newest = ((pair, pair.after or pair.before) for pair in pairs)
    return [
        pair for pair, side in newest if not (side and language.foreign(side.text, found.language))
    ]


def _not_cut_elsewhere(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Without sentences that the other version holds as well, only with their ends in other places."""
    was, now = (_run_together(side) for side in (found.old, found.new))

    def stands(pair: Pair) -> bool:
        return (pair.after is None or _run_together([pair.after]) in was) and (
            pair.before is None or _run_together([pair.before]) in now
        )

    return [pair for pair in pairs if not stands(pair)]


def _of_the_same_pages(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Without text that came or went because the tracker reads more or fewer pages than before."""
    if found.pages > 0:
        return [pair for pair in pairs if pair.before]
    return [pair for pair in pairs if pair.after] if found.pages < 0 else pairs


_FILTERS: tuple[tuple[Callable[[list[Pair], Compared], list[Pair]], Noise], ...] = (
    (_unknown, Noise.KNOWN_BEFORE),
    (_terms, Noise.NO_TERMS),
    (_in_its_language, Noise.OTHER_LANGUAGE),
    (_of_the_same_pages, Noise.OTHER_PAGES),
    (_not_cut_elsewhere, Noise.CUT_ELSEWHERE),
)


def _run_together(sentences: Sequence[Sentence]) -> str:
    return "".join(folded(sentence.text).replace(" ", "") for sentence in sentences)


# -- what does


def _weigh(counted: list[Pair], found: Compared) -> Judgement:
    """Of what is left: small words that turn a rule round, then new words that bind somebody, then the rest."""
    told = tuple(counted)
    added = [pair for pair in counted if pair.after]
    if not added:
        return _judge_removal(told, found.terms_type)
    if found.terms_type in WHO_IT_IS:
        return Judgement(Verdict.MINOR, (Reason(Weight.WHO_IT_IS),), told)
    needed = MANY_WORDS if another_edition(found) else NEW_WORDS
    prose = [pair for pair in added if not _label(pair)]
    turns = [
        turn
        for pair in prose
        for turn in (*binding_words.turned(pair), *binding_words.entered(pair, found.texts[0]))
    ]
    if turns and needed == NEW_WORDS:
        few = dict.fromkeys(turns[:4])
        return Judgement(Verdict.MATERIAL, (Reason(Weight.SMALL_WORD, tuple(chain(*few))),), told)
    if strong := next(
        (
            pair.after
            for pair in prose
            if not pair.before and pair.after and binding_words.strong(pair.after)
        ),
        None,
    ):
        return Judgement(Verdict.MATERIAL, (Reason(Weight.NEW_RULE, (strong.text[:80],)),), told)
    binding = _words(
        [
            pair
            for pair in prose
            if pair.after and binding_words.says_what_holds(pair.after, found.language)
        ]
    )
    words = _words(prose)
    if binding >= needed or words >= MANY_WORDS:
        return Judgement(Verdict.MATERIAL, (_counted(Weight.NEW_WORDS, max(binding, words)),), told)
    if words < NEW_WORDS:
        return Judgement(Verdict.MINOR, (_counted(Weight.FEW_WORDS, words),), told)
    return Judgement(Verdict.MINOR, (_counted(Weight.FEW_BIND, words),), told)


def _counted(weight: Weight, words: int) -> Reason:
    return Reason(weight, (str(words),))


def _label(pair: Pair) -> bool:
    return bool(
        pair.after
        and ((pair.after.fragment and not pair.after.lead) or boilerplate.summary(pair.after))
    )


def _words(pairs: Sequence[Pair]) -> int:
    """New words that are not names and figures of an address; the same rewording in many places is one."""
    seen: dict[tuple[str, ...], int] = {}
    for pair in pairs:
        words = new_words(pair)
        if pair.after and not (
            boilerplate.notice(pair.after.text)
            or boilerplate.contact(pair.after.text, _written(pair))
        ):
            seen[tuple(words)] = len(words)
    return sum(seen.values())


def _written(pair: Pair) -> list[str]:
    """The new words as they are written: names keep their capitals."""
    return words_apart(
        pair.before.text if pair.before else "", pair.after.text if pair.after else ""
    )[1]


def _judge_removal(removed: tuple[Pair, ...], terms_type: str) -> Judgement:
    """Text that only vanished: news where it was a promise, a right or a rule."""
    gone = [
        pair.before for pair in removed
        if pair.before and not (boilerplate.notice(pair.before.text) or boilerplate.summary(pair.before))
    ]  # fmt: skip
    if any(pair.before and boilerplate.came_into_force(pair.before.text) for pair in removed):
        return Judgement(Verdict.MINOR, (Reason(Weight.NOW_IN_FORCE),), removed)
    if sum(sentence.words for sentence in gone) > LOST_PAGE:
        return Judgement(Verdict.MINOR, (Reason(Weight.PART_GONE),), removed)
    if any(opt_out.offered(sentence.text) for sentence in gone):
        return Judgement(Verdict.MATERIAL, (Reason(Weight.CHOICE_GONE),), removed)
    listed = terms_type.startswith(LISTS_OF_RULES)
    rules = [
        s
        for s in gone
        if (binding_words.promise(s) or (listed and s.lead)) and not boilerplate.instruction(s.text)
    ]
    about = topics.of([sentence.text for sentence in rules], limit=1)
    if rules:
        what = Reason(Weight.TOPIC_GONE, (about[0],)) if about else Reason(Weight.RULE_GONE)
        return Judgement(Verdict.MATERIAL, (what,), removed)
    return Judgement(Verdict.MINOR, (Reason(Weight.TEXT_GONE),), removed)


_ABOUT_YOU = re.compile(r"\b(?:you|your|members?|we|our)\b", re.I)


def _weight(pair: Pair) -> float:
    text = " ".join(side.text for side in (pair.before, pair.after) if side)
    newest = pair.after or pair.before
    about = topics.of([newest.text], limit=1) if newest else ()
    weight = 3.0 / (1 + list(topics.TOPICS).index(about[0])) if about else 0.0
    weight += (
        2.0 * opt_out.offered(text)
        + bool(_ABOUT_YOU.search(text))
        + min(len(new_words(pair)), 40) / 20
    )
    return weight * (0.3 if len(text) < 40 else 1.0)
