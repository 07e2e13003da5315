"""Noise filters: they remove the parts of a change that nobody decided about the terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.understand import boilerplate, language
from bot.understand.comparison import Compared
from bot.understand.diff import Pair
from bot.understand.memory import gone_mark
from bot.understand.text import Sentence, folded
from bot.verdicts import Noise

Filter = Callable[[list[Pair], Compared], list[Pair]]


def _never_held(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Remove text that returns, and text that is removed again.

    A removed sentence goes too if an older wording of it returns.
    """
    return [pair for pair in pairs if _is_new(pair, found.memory)]


def _is_new(pair: Pair, memory: frozenset[int]) -> bool:
    if pair.after:
        return pair.after.key not in memory
    if pair.before:
        return gone_mark(pair.before.key) not in memory
    return False


def _of_the_terms(pairs: list[Pair], _found: Compared) -> list[Pair]:
    """Remove isolated questions and page widgets: they state no terms."""
    return [pair for pair in pairs if _is_of_the_terms(pair.newest)]


def _is_of_the_terms(sentence: Sentence) -> bool:
    if sentence.alone and sentence.text.endswith(("?", "？")):
        return False
    return not boilerplate.widget(sentence)


def without_links(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """The pairs that are more than a link, or all if none are: a list of links can be the news."""
    return tuple(pair for pair in pairs if not pair.newest.only_link) or pairs


def _in_its_language(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Remove text that a service served in another language by accident."""
    return [pair for pair in pairs if not language.foreign(pair.newest.text, found.language)]


def _of_the_same_pages(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Remove text added or removed only because the tracker reads more or fewer pages."""
    if found.pages > 0:
        return [pair for pair in pairs if pair.before]
    if found.pages < 0:
        return [pair for pair in pairs if pair.after]
    return pairs


def _not_cut_elsewhere(pairs: list[Pair], found: Compared) -> list[Pair]:
    """Remove sentences that the other version has too, split at other places."""
    was = _run_together(found.old)
    now = _run_together(found.new)
    return [pair for pair in pairs if not _stands(pair, was, now)]


def _stands(pair: Pair, was: str, now: str) -> bool:
    """Whether each side of a pair is contained in the other version's joined text."""
    if pair.after and _run_together([pair.after]) not in was:
        return False
    if pair.before is None:
        return True
    return _run_together([pair.before]) in now


def _run_together(sentences: Sequence[Sentence]) -> str:
    return "".join(folded(sentence.text).replace(" ", "") for sentence in sentences)


#: The filters in order, each with the reason for a change of which it leaves nothing.
FILTERS: tuple[tuple[Filter, Noise], ...] = (
    (_never_held, Noise.KNOWN_BEFORE),
    (_of_the_terms, Noise.NO_TERMS),
    (_in_its_language, Noise.OTHER_LANGUAGE),
    (_of_the_same_pages, Noise.OTHER_PAGES),
    (_not_cut_elsewhere, Noise.CUT_ELSEWHERE),
)
