"""The comparison of two versions of a document: the sentences and pairs that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understand import language
from bot.understand.diff import Pair, pairs
from bot.understand.document import differing, moved
from bot.understand.memory import Held
from bot.understand.spelling import british
from bot.understand.text import Sentence

#: A document's language is detected in its first characters, in portions.
HEAD_CHARACTERS = 10_000
PORTION_CHARACTERS = 2_000
#: From this many sentences that switched between British and American English, it is another
#: edition.
EDITION_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a document (`texts`), with the sentences and pairs that differ.

    `old` and `new` are the sentences of the lines that differ. `memory` holds the keys of every
    sentence that the document has had. `language` is the document's, or None if it cannot be told.
    `version` is the checksum of the newer version. `pages` is how many more source documents it
    has.
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


def compare(held: Held, text: str, language_code: str = "en", pages: int = 0) -> Compared:
    """Compare what a document has held with its newest text.

    `pages` is the number of source documents according to the feed, or 0 if it does not say.
    """
    found = differing(held.text, text, language_code)
    return Compared(
        texts=(held.text, text),
        old=found.old,
        new=found.new,
        pairs=pairs(found.old, found.new),
        memory=held.sentences,
        language=_language_of(held.text),
        terms_type=held.document.terms_type,
        version=moved(held.version, found.shift),
        pages=_more_pages(held.pages, pages),
    )


def another_edition(found: Compared) -> bool:
    """Whether one version is in British English and the other in American English.

    Such a version is an edition for other people.
    """
    to_american = to_british = 0
    for before, after in _reworded(found):
        step = british(after) - british(before)
        if step < 0:
            to_american += 1
        elif step > 0:
            to_british += 1
    most = max(to_american, to_british)
    if most < EDITION_SENTENCES:
        return False
    if most <= 3 * min(to_american, to_british):
        return False
    if most > EDITION_SENTENCES * 3:
        return True
    both = set(found.texts[0].splitlines()) & set(found.texts[1].splitlines())
    return most > sum(british(line) > 0 for line in both)


def _more_pages(before: int, now: int) -> int:
    """How many more pages there are; 0 if either number is unknown."""
    if not before or not now:
        return 0
    return now - before


def _language_of(text: str) -> str | None:
    head = text[:HEAD_CHARACTERS]
    starts = range(0, len(head), PORTION_CHARACTERS)
    return language.of(head[start : start + PORTION_CHARACTERS] for start in starts)


def _reworded(found: Compared) -> Iterator[tuple[str, str]]:
    """(before, after) of each sentence whose text changed, including changes of form only."""
    was = {sentence.key: sentence.text for sentence in found.old}
    for sentence in found.new:
        before = was.get(sentence.key)
        if before is not None and before != sentence.text:
            yield before, sentence.text
    for pair in found.pairs:
        if pair.before and pair.after:
            yield pair.before.text, pair.after.text
