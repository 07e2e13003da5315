"""Whether a change matters, and why: the reasons are part of the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from bot.understand import binding, boilerplate, noise, opt_out, rewording, topics
from bot.understand.comparison import Compared, another_edition
from bot.understand.diff import Pair, new_words, words_apart
from bot.understand.text import Sentence
from bot.verdicts import Noise, Reason, Verdict, Weight

#: So many words that the document never had are worth an alert, if they bind somebody;
NEW_WORDS = 14
#: so many are if we cannot tell whether they bind.
MANY_WORDS = 150
#: A removal of more words than this is rather a page that was lost than a promise that was dropped.
LOST_PAGE_WORDS = 400
#: So many differences are weighed: where there are more, the rest does not change the verdict.
MAX_PAIRS = 300
#: So many of the turns of a rule are given as reasons.
MAX_TURNS = 4
#: So many characters of a new rule are given as a reason.
RULE_CHARACTERS = 80
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


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons, and the pairs that count: none of noise."""

    verdict: Verdict
    why: tuple[Reason, ...]
    counted: tuple[Pair, ...] = ()


def judge(found: Compared) -> Judgement:
    """Judge a change by what is left once everything that nobody decided is taken away."""
    left = list(found.pairs)
    if not left:
        return Judgement(Verdict.NOISE, (Reason(Noise.FORMAT_ONLY),))
    for keep, why in noise.FILTERS:
        left = keep(left, found)[:MAX_PAIRS]
        if not left:
            return Judgement(Verdict.NOISE, (Reason(why),))
    verdict, reason = _weigh(left, found)
    return Judgement(verdict, (reason,), tuple(left))


def _weigh(counted: Sequence[Pair], found: Compared) -> tuple[Verdict, Reason]:
    if not any(pair.after for pair in counted):
        return _weigh_removal([pair.newest for pair in counted], found.terms_type)
    if found.terms_type in WHO_IT_IS:
        return Verdict.MINOR, Reason(Weight.WHO_IT_IS)
    return _weigh_new(_prose(counted), found)


def _prose(counted: Sequence[Pair]) -> list[Pair]:
    """The pairs that bring something which neither only names nor repeats something."""
    added = [pair for pair in counted if pair.after]
    return [pair for pair in added if not _is_label(pair)]


def _weigh_new(prose: Sequence[Pair], found: Compared) -> tuple[Verdict, Reason]:
    """Small words that turn a rule round, then new words that bind somebody, then the rest."""
    edition = another_edition(found)
    if not edition:
        turns = list(islice(_turns(prose, found.texts[0]), MAX_TURNS))
        if turns:
            values = tuple(chain(*dict.fromkeys(turns)))
            return Verdict.MATERIAL, Reason(Weight.SMALL_WORD, values)
    rule = _new_rule(prose)
    if rule:
        return Verdict.MATERIAL, Reason(Weight.NEW_RULE, (rule.text[:RULE_CHARACTERS],))
    words = _count_words(prose)
    bound = _count_words([pair for pair in prose if _binds(pair, found.language)])
    needed = NEW_WORDS
    if edition:
        needed = MANY_WORDS
    if bound >= needed or words >= MANY_WORDS:
        return Verdict.MATERIAL, _counted(Weight.NEW_WORDS, max(bound, words))
    if words < NEW_WORDS:
        return Verdict.MINOR, _counted(Weight.FEW_WORDS, words)
    return Verdict.MINOR, _counted(Weight.FEW_BIND, words)


def _counted(weight: Weight, words: int) -> Reason:
    return Reason(weight, (str(words),))


def _is_label(pair: Pair) -> bool:
    """Whether the newer side only names or repeats something."""
    if pair.after is None:
        return False
    if pair.after.fragment and not pair.after.lead:
        return True
    return boilerplate.summary(pair.after)


def _turns(prose: Sequence[Pair], older: str) -> Iterator[rewording.Turn]:
    for pair in prose:
        yield from rewording.turned(pair)
        yield from rewording.entered(pair, older)


def _new_rule(prose: Sequence[Pair]) -> Sentence | None:
    """The first sentence that came without an older wording and gives or takes something."""
    for pair in prose:
        if pair.before or pair.after is None:
            continue
        if binding.strong(pair.after):
            return pair.after
    return None


def _binds(pair: Pair, language: str | None) -> bool:
    if pair.after is None:
        return False
    return binding.says_what_holds(pair.after, language)


def _count_words(pairs: Sequence[Pair]) -> int:
    """New words that are not names and figures of an address; a rewording in many places is one."""
    seen: dict[tuple[str, ...], int] = {}
    for pair in pairs:
        before, after = pair.texts
        if not pair.after:
            continue
        if boilerplate.notice(after):
            continue
        # As they are written: names keep their capitals.
        if boilerplate.contact(after, words_apart(before, after)[1]):
            continue
        words = new_words(pair)
        seen[tuple(words)] = len(words)
    return sum(seen.values())


def _weigh_removal(removed: Sequence[Sentence], terms_type: str) -> tuple[Verdict, Reason]:
    """Text that only vanished: news where it was a promise, a right or a rule."""
    if any(map(boilerplate.came_into_force, _texts(removed))):
        return Verdict.MINOR, Reason(Weight.NOW_IN_FORCE)
    gone = _of_the_terms(removed)
    if sum(sentence.words for sentence in gone) > LOST_PAGE_WORDS:
        return Verdict.MINOR, Reason(Weight.PART_GONE)
    if any(map(opt_out.offered, _texts(gone))):
        return Verdict.MATERIAL, Reason(Weight.CHOICE_GONE)
    listed = terms_type.startswith(LISTS_OF_RULES)
    rules = [sentence.text for sentence in gone if _was_rule(sentence, listed)]
    if rules:
        return Verdict.MATERIAL, _rules_gone(rules)
    return Verdict.MINOR, Reason(Weight.TEXT_GONE)


def _texts(sentences: Sequence[Sentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


def _of_the_terms(removed: Sequence[Sentence]) -> list[Sentence]:
    """Without sentences that speak of the version, or say the terms again in short."""
    return [sentence for sentence in removed if not _is_about_the_text(sentence)]


def _rules_gone(rules: list[str]) -> Reason:
    about = topics.of(rules, limit=1)
    if about:
        return Reason(Weight.TOPIC_GONE, (about[0],))
    return Reason(Weight.RULE_GONE)


def _is_about_the_text(sentence: Sentence) -> bool:
    if boilerplate.notice(sentence.text):
        return True
    return boilerplate.summary(sentence)


def _was_rule(sentence: Sentence, listed: bool) -> bool:
    """Whether a removed sentence was a promise, or an entry of lists that are the rules."""
    if boilerplate.instruction(sentence.text):
        return False
    if listed and sentence.lead:
        return True
    return binding.promise(sentence)
