"""A whole document: its lines in their context, its sentences, and which of them another version lacks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import TypeVar

from bot.understand.text import SHORT_ENTRY, Sentence, of_line, plain

#: Longer texts are cut: the longest policy in a year of one collection has 0.95 MB.
MAX_TEXT = 2_000_000
#: Of the lines that one version has and the other lacks, so many (and so many characters) are read; more is
#: another document.
MAX_LINES, MAX_CHANGED = 2_000, 150_000
#: So many characters of the words that introduce a list are kept.
LEAD = 200
_WRAP = 1 << 64

#: A label over a box that says the text again in short. It covers the next paragraph, or list, or table.
SUMMARY = re.compile(
    r"^(?:the |a |policy |quick |plain[- ]language )?(?:summary|short version|"
    r"key (?:considerations|points|takeaways|facts)|highlights|overview|"
    r"at a glance|in (?:short|brief|a nutshell)|tl;?dr|zusammenfassung"
    r"|kurz(?:fassung| gesagt| und knapp)|en (?:bref|résumé)|résumé|resumen|in sintesi"
    r"|samenvatting|w skrócie)[\s:.]*$",
    re.I,
)
_LISTED = re.compile(r"[>\s]{0,20}(?:[-*+•]\s|\||\d{1,3}\\?[.)]\s)|\s{2,}")
#: With what a line of a list, and the end of a line that introduces one, can begin.
_BULLETS, _OPENS = frozenset(" >\t-*+•|0123456789"), frozenset(":：*_")
_MARKS = re.compile(r"^[\s#>*+•-]*")


Identity = str | tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is written, below which headings and list entries it stands, and the short line above it.

    The context is raw Markdown: most lines are the same in two versions, and nobody looks at theirs. The
    identity is equal for lines that say the same.
    """

    raw: str
    headings: tuple[str, ...]
    leads: tuple[str, ...]
    label: str
    identity: Identity

    def sentences(self, language: str) -> tuple[Sentence, ...]:
        section = " › ".join(_heading(raw) for raw in self.headings)
        lead = _summary(self.label) or " ".join(map(_words, self.leads))[-LEAD:]
        return of_line(self.raw, section, lead, language)


@dataclass(frozen=True, slots=True)
class Differing:
    """The sentences of lines that only one of two versions has, each side in order, with anchors (sentences
    without words) where lines that both have stand between. `shift` is by how much the version's sum moved."""

    old: tuple[Sentence, ...]
    new: tuple[Sentence, ...]
    shift: int


def lines(markdown: str) -> Iterator[Line]:
    """The lines that hold words; both `# one` and `one` over `===` are headings."""
    headings: dict[int, str] = {}
    leads: list[tuple[int, str]] = []
    above, below, label = tuple[str, ...](), tuple[str, ...](), ""
    written = [*markdown[:MAX_TEXT].splitlines(), ""]
    for raw, following in pairwise(written):
        bare = raw.strip()
        if not bare or _is_rule(bare):
            continue
        level = _level(bare, following)
        if level:
            headings = {deep: title for deep, title in headings.items() if deep < level} | {
                level: raw
            }
            above = tuple(headings.values())
        indent = _indent(raw) if not level else -1
        if leads and leads[-1][0] >= indent:
            leads = [(depth, text) for depth, text in leads if depth < indent]
            below = tuple(text for _, text in leads)
        yield Line(raw, above, below, label, _identity(raw, below, label))
        if not level and (
            indent >= 0 or (bare[-1] in _OPENS and bare.rstrip("*_")[-1:] in (":", "："))
        ):
            leads.append((indent, raw))
            below = (*below, raw)
        if indent < 0:
            label = raw if not level and len(bare) < LEAD and bare[-1] not in ".!?;," else ""


def _identity(raw: str, leads: tuple[str, ...], label: str) -> Identity:
    """The line itself; a short entry says something only below its lead, or in its box."""
    if not (leads or label) or (len(raw) > SHORT_ENTRY + 30 and "](" not in raw):
        return raw
    box = _summary(label)
    return (box, *leads, raw) if box or leads else raw


def _is_rule(bare: str) -> bool:
    return bare[0] in "=-" and len(bare) >= 3 and bare == bare[0] * len(bare)


def _indent(raw: str) -> int:
    """How deep a line stands in a list; -1 outside of one, where it can introduce a list but not be introduced."""
    if raw[0] not in _BULLETS or not _LISTED.match(raw):
        return -1
    return len(raw) - len(raw.lstrip(" >\t"))


@lru_cache(maxsize=2)
def sentences(markdown: str, language: str = "en") -> tuple[Sentence, ...]:
    """All sentences of a document, in order. Linear in its length."""
    return tuple(sentence for line in lines(markdown) for sentence in line.sentences(language))


@lru_cache(maxsize=2)
def version_of(markdown: str, language: str = "en") -> int:
    """A sum over what a version says: equal for versions that differ in order, form or dates only."""
    return _signed(sum(sentence.key for sentence in sentences(markdown, language)))


@lru_cache(maxsize=2)
def differing(old: str, new: str, language: str = "en") -> Differing:
    """What two versions do not share; the lines that they share are not even read."""
    old, new = old[:MAX_TEXT], new[:MAX_TEXT]
    start, after = _shared(old, new)
    sides = [list(lines(text[start : len(text) - after])) for text in (old, new)]
    outside = {*old[:start].splitlines(), *old[len(old) - after :].splitlines()}
    was, now = ({line.identity: line for line in side} for side in sides)
    shift = _shift(sides, was | now, language)
    was, now = (
        {i: line for i, line in side.items() if line.raw not in outside or i != line.raw}
        for side in (was, now)
    )
    gone = _at_most((identity, line) for identity, line in was.items() if identity not in now)
    come = _at_most((identity, line) for identity, line in now.items() if identity not in was)
    read = [
        tuple(_read(side, only, language)) for side, only in zip(sides, (gone, come), strict=True)
    ]
    return Differing(read[0], read[1], shift)


def moved(version: int, shift: int) -> int:
    """The sum of the version that differs by `shift`."""
    return _signed(version + shift)


def _shared(old: str, new: str) -> tuple[int, int]:
    """How many characters at the start, up to a heading of the first level, and at the end, in whole lines,
    both texts share. Above such a heading nothing is context for what is below it."""
    same = _alike(old, new, lambda text, count: text[:count])
    heading = max(_underlined(old, same), old.rfind("\n# ", 0, same) + 1)
    rest_old, rest_new = old[heading:], new[heading:]
    after = _alike(rest_old, rest_new, lambda text, count: text[len(text) - count :])
    return heading, len(rest_old) - _past_a_paragraph(rest_old, len(rest_old) - after)


def _underlined(text: str, end: int) -> int:
    """Where the last line before `end` begins that "===" makes a heading; 0 where there is none."""
    while (end := text.rfind("\n===", 0, end)) > 0:
        start = text.rfind("\n", 0, end) + 1
        if (bare := text[start:end].strip()) and not _is_rule(bare):
            return start
    return 0


def _past_a_paragraph(text: str, end: int) -> int:
    """The place behind the first paragraph from `end` on, and behind a line that may make it a heading: what
    follows has the same context whatever stood before."""
    end, passed = text.find("\n", end) + 1 or len(text), False
    while end < len(text) and not passed:
        stop = text.find("\n", end) + 1 or len(text)
        bare = text[end:stop].strip()
        passed = bool(bare) and not _is_rule(bare) and _indent(text[end:stop]) < 0
        end = stop
    return text.find("\n", end) + 1 or len(text)


def _alike(old: str, new: str, part: Callable[[str, int], str]) -> int:
    """The largest count for which both have the same part; the parts grow with the count."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if part(old, middle) == part(new, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _at_most(found: Iterable[tuple[Identity, T]]) -> dict[Identity, T]:
    """The first lines, so many and so long; the rest of a change as large as that is not read."""
    kept, room = dict[Identity, T](), MAX_CHANGED
    for identity, value in islice(found, MAX_LINES):
        room -= len(identity if isinstance(identity, str) else identity[-1])
        if room < 0 and kept:
            break
        kept[identity] = value
    return kept


def _read(side: Sequence[Line], only: dict[Identity, Line], language: str) -> Iterator[Sentence]:
    """The lines that only this side has, each once; of a run of the others its first and its last, as anchors."""
    last: Line | None = None
    left = dict(only)
    for line in side:
        if read := left.pop(line.identity, None):
            if last:
                yield _anchor(last)
            yield from read.sentences(language)
            last = None
        else:
            if last is None:
                yield _anchor(line)
            last = line
    if last:
        yield _anchor(last)


def _anchor(line: Line) -> Sentence:
    return Sentence("", hash(line.raw), only_link=True)


def _shift(sides: Sequence[Sequence[Line]], known: dict[Identity, Line], language: str) -> int:
    """By how much the sum over all sentences moved: only lines that one side has more often count."""
    old, new = (Counter(line.identity for line in side) for side in sides)
    more, less = _at_most((new - old).items()), _at_most((old - new).items())
    return sum(
        sign * count * sum(sentence.key for sentence in known[identity].sentences(language))
        for counts, sign in ((more, 1), (less, -1))
        for identity, count in counts.items()
    )


def _signed(number: int) -> int:
    return (number + _WRAP // 2) % _WRAP - _WRAP // 2


def _level(bare: str, following: str) -> int:
    if bare[0] == "#":
        marks = len(bare) - len(bare.lstrip("#"))
        return marks if marks <= 6 and bare[marks : marks + 1].isspace() else 0
    if following[:1] in ("=", "-") and _is_rule(following.strip()):
        return 1 if following[0] == "=" else 2
    return 0


@lru_cache(maxsize=2_000)
def _summary(raw: str) -> str:
    """The words of a line if they are the label of a summary box, else nothing."""
    words = plain(raw)
    return words if SUMMARY.match(words) else ""


@lru_cache(maxsize=2_000)
def _heading(raw: str) -> str:
    return plain(_MARKS.sub("", raw))


@lru_cache(maxsize=2_000)
def _words(raw: str) -> str:
    """The last sentence or so of a line that introduces others."""
    return plain(_MARKS.sub("", raw))[-LEAD:]
