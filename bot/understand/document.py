"""A document's sentences, and which of them another version lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from bot.understand.lines import (
    MAX_TEXT_CHARACTERS,
    Identity,
    Line,
    indent_of,
    is_rule,
    lines,
)
from bot.understand.text import Sentence

#: The most lines of each version's own that are read; more are another document.
MAX_LINES = 2_000
#: The most characters of those lines that are read.
MAX_CHANGED_CHARACTERS = 150_000
_WRAP = 1 << 64

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Differing:
    """The sentences of lines that only one of two versions has, each side in order.

    Anchors (sentences without words) stand for lines in between that both versions have. `shift` is
    the difference of the versions' checksums.
    """

    old: tuple[Sentence, ...]
    new: tuple[Sentence, ...]
    shift: int


@lru_cache(maxsize=2)
def sentences(markdown: str, language: str = "en") -> tuple[Sentence, ...]:
    """All sentences of a document, in order. Linear in its length."""
    return tuple(sentence for line in lines(markdown) for sentence in line.sentences(language))


@lru_cache(maxsize=2)
def version_of(markdown: str, language: str = "en") -> int:
    """The checksum of what a version says.

    It is equal for versions that differ only in order, form or dates.
    """
    return _signed(sum(sentence.key for sentence in sentences(markdown, language)))


@lru_cache(maxsize=2)
def differing(old: str, new: str, language: str = "en") -> Differing:
    """Compare two versions line by line, without reading the lines that they share."""
    old = old[:MAX_TEXT_CHARACTERS]
    new = new[:MAX_TEXT_CHARACTERS]
    start, after = _shared(old, new)
    was = list(lines(old[start : len(old) - after]))
    now = list(lines(new[start : len(new) - after]))
    outside = {*old[:start].splitlines(), *old[len(old) - after :].splitlines()}
    was_by_identity = {line.identity: line for line in was}
    now_by_identity = {line.identity: line for line in now}
    shift = _shift(was, now, was_by_identity | now_by_identity, language)
    was_by_identity = _not_in(outside, was_by_identity)
    now_by_identity = _not_in(outside, now_by_identity)
    gone = _at_most(_only(was_by_identity, now_by_identity))
    come = _at_most(_only(now_by_identity, was_by_identity))
    return Differing(tuple(_read(was, gone, language)), tuple(_read(now, come, language)), shift)


def moved(version: int, shift: int) -> int:
    """The checksum of a version from that of another and the `shift` between them."""
    return _signed(version + shift)


def _shared(old: str, new: str) -> tuple[int, int]:
    """The number of characters that both texts share at the start and, in whole lines, at the end.

    The start reaches up to a first-level heading, because nothing above one is context for what is
    below.
    """
    same = _alike(old, new, lambda text, count: text[:count])
    heading = max(_underlined(old, same), old.rfind("\n# ", 0, same) + 1)
    rest_old = old[heading:]
    rest_new = new[heading:]
    after = _alike(rest_old, rest_new, lambda text, count: text[len(text) - count :])
    return heading, len(rest_old) - _past_a_paragraph(rest_old, len(rest_old) - after)


def _underlined(text: str, end: int) -> int:
    """The start of the last line before `end` that "===" makes a heading, or 0."""
    while (end := text.rfind("\n===", 0, end)) > 0:
        start = text.rfind("\n", 0, end) + 1
        bare = text[start:end].strip()
        if bare and not is_rule(bare):
            return start
    return 0


def _past_a_paragraph(text: str, end: int) -> int:
    """The place after the first paragraph from `end` on and a line that may underline it.

    What follows has the same context whatever comes before.
    """
    end = _next_line(text, end)
    passed = False
    while end < len(text) and not passed:
        stop = _next_line(text, end)
        passed = _is_paragraph(text[end:stop])
        end = stop
    return _next_line(text, end)


def _is_paragraph(line: str) -> bool:
    """Whether a line is neither empty nor a rule nor in a list."""
    bare = line.strip()
    if not bare or is_rule(bare):
        return False
    return indent_of(line) < 0


def _next_line(text: str, place: int) -> int:
    """The start of the line after `place`, or the end of the text."""
    return text.find("\n", place) + 1 or len(text)


def _alike(old: str, new: str, part: Callable[[str, int], str]) -> int:
    """The largest count for which both texts have the same part; parts grow with the count."""
    low = 0
    high = min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if part(old, middle) == part(new, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _not_in(outside: set[str], side: dict[Identity, Line]) -> dict[Identity, Line]:
    """The lines that are not also in the shared part; list entries may be."""
    return {key: line for key, line in side.items() if line.raw not in outside or key != line.raw}


def _only(
    side: dict[Identity, Line], other: dict[Identity, Line]
) -> Iterator[tuple[Identity, Line]]:
    return ((key, line) for key, line in side.items() if key not in other)


def _at_most(found: Iterable[tuple[Identity, Value]]) -> dict[Identity, Value]:
    """The first lines, up to the limits of lines and characters; at least one."""
    kept = dict[Identity, Value]()
    room = MAX_CHANGED_CHARACTERS
    for identity, value in islice(found, MAX_LINES):
        room -= _length(identity)
        if room < 0 and kept:
            break
        kept[identity] = value
    return kept


def _length(identity: Identity) -> int:
    """The length of a line in characters."""
    if isinstance(identity, str):
        return len(identity)
    return len(identity[-1])


def _read(side: Sequence[Line], only: dict[Identity, Line], language: str) -> Iterator[Sentence]:
    """The sentences of the lines that only this side has, each once.

    The first and last of a run of other lines are given as anchors.
    """
    last: Line | None = None
    left = dict(only)
    for line in side:
        read = left.pop(line.identity, None)
        if read is None:
            if last is None:
                yield _anchor(line)
            last = line
            continue
        if last:
            yield _anchor(last)
        yield from read.sentences(language)
        last = None
    if last:
        yield _anchor(last)


def _anchor(line: Line) -> Sentence:
    return Sentence("", hash(line.raw), only_link=True)


def _shift(
    was: Sequence[Line], now: Sequence[Line], known: dict[Identity, Line], language: str
) -> int:
    """The difference of the checksums over all sentences.

    Only lines that one side has more often count.
    """
    old = Counter(line.identity for line in was)
    new = Counter(line.identity for line in now)
    come = _at_most((new - old).items())
    gone = _at_most((old - new).items())
    return _sum(come, known, language) - _sum(gone, known, language)


def _sum(counts: dict[Identity, int], known: dict[Identity, Line], language: str) -> int:
    total = 0
    for identity, count in counts.items():
        total += count * sum(sentence.key for sentence in known[identity].sentences(language))
    return total


def _signed(number: int) -> int:
    return (number + _WRAP // 2) % _WRAP - _WRAP // 2
