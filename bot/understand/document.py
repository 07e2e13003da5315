"""A whole document: its lines in their context, its sentences, and which of them another version lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.understand.text import SHORT_ENTRY, Sentence, hash_of, of_line, plain

#: Longer texts are cut: the longest policy in a year of one collection has 0.95 MB.
MAX_TEXT = 2_000_000
#: So many characters of the words that introduce a list are kept.
LEAD = 200
_WRAP = 1 << 64

#: A label over a box that says the text again in short. It covers the next paragraph, or list, or table.
SUMMARY = re.compile(
    r"^(?:the |a |policy |quick |plain[- ]language )?(?:summary|short version|key (?:considerations|points|takeaways|facts)|highlights|overview|"
    r"at a glance|in (?:short|brief|a nutshell)|tl;?dr|zusammenfassung|kurz(?:fassung| gesagt| und knapp)|en (?:bref|résumé)|résumé|resumen|in sintesi|samenvatting|w skrócie)[\s:.]*$",
    re.I,
)
_SUMMARY_HINT = re.compile(
    r"summary|short|key |highlights|overview|glance|brief|nutshell|tl;?dr|fassung|gesagt|bref|résumé|resumen|sintesi|samenvatting|skrócie",
    re.I,
)
_LISTED = re.compile(r"[>\s]{0,20}(?:[-*+•|]|\d{1,3}\\?[.)])\s?|\s{2,}")
_MARKS = re.compile(r"^[\s#>*+•-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is written, below which headings and list entries it stands, and the label of its box.

    The context is raw Markdown: most lines are the same in two versions, and nobody looks at theirs.
    """

    raw: str
    headings: tuple[str, ...]
    leads: tuple[str, ...]
    label: str
    level: int

    @property
    def identity(self) -> str | tuple[str, ...]:
        """Equal for lines that say the same. A short entry says something only below its lead."""
        return (*self.leads, self.raw) if self.leads and len(self.raw) <= SHORT_ENTRY + 30 else self.raw

    def sentences(self, language: str) -> tuple[Sentence, ...]:
        section = " › ".join(_heading(raw) for raw in self.headings)
        lead = _words(self.label) if self.label else " ".join(map(_words, self.leads))[-LEAD:]
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
    label, written = "", markdown[:MAX_TEXT].splitlines()
    for number, raw in enumerate(written):
        bare = raw.strip()
        if not bare or (len(bare) >= 3 and bare[0] in "=-" and bare == bare[0] * len(bare)):
            continue
        level = _level(bare, written[number + 1] if number + 1 < len(written) else "")
        if level:
            headings = {above: title for above, title in headings.items() if above < level}
            headings[level] = raw
        indent = len(raw) - len(raw.lstrip(" >\t")) if not level and _LISTED.match(raw) else -1
        while leads and leads[-1][0] >= indent:
            leads.pop()
        yield Line(raw, tuple(headings.values()), tuple(text for _, text in leads), label, level)
        if not level and (indent >= 0 or bare.rstrip("*_")[-1:] in (":", "：")):
            leads.append((indent, raw))
        if level or indent < 0:
            label = raw if not level and _labels(bare) else ""


@lru_cache(maxsize=2)
def sentences(markdown: str, language: str = "en") -> tuple[Sentence, ...]:
    """All sentences of a document, in order. Linear in its length."""
    return tuple(sentence for line in lines(markdown) for sentence in line.sentences(language))


@lru_cache(maxsize=2)
def version_of(markdown: str, language: str = "en") -> int:
    """A sum over what a version says: equal for versions that differ in order, form or dates only."""
    return _signed(sum(_sum_of({line.identity: line for line in lines(markdown)}.values(), language)))


@lru_cache(maxsize=2)
def differing(old: str, new: str, language: str = "en") -> Differing:
    """What two versions do not share; the lines that they share are not even read."""
    sides = (list(lines(old)), list(lines(new)))
    was, now = ({line.identity: line for line in side} for side in sides)
    gone = [line for identity, line in was.items() if identity not in now]
    come = [line for identity, line in now.items() if identity not in was]
    shift = sum(_sum_of(come, language)) - sum(_sum_of(gone, language))
    read = [tuple(_read(side, other, language)) for side, other in zip(sides, (now, was), strict=True)]
    return Differing(read[0], read[1], shift)


def moved(version: int, shift: int) -> int:
    """The sum of the version that differs by `shift`."""
    return _signed(version + shift)


def _read(side: Sequence[Line], other: dict[str | tuple[str, ...], Line], language: str) -> Iterator[Sentence]:
    """The lines that the other side lacks; of a run of the others its first and its last, as anchors."""
    last: Line | None = None
    for line in side:
        if line.identity not in other:
            if last:
                yield _anchor(last)
            yield from line.sentences(language)
            last = None
        else:
            if last is None:
                yield _anchor(line)
            last = line
    if last:
        yield _anchor(last)


def _anchor(line: Line) -> Sentence:
    return Sentence("", hash_of(line.raw), only_link=True)


def _sum_of(found: Iterable[Line], language: str) -> Iterator[int]:
    for line in found:
        for sentence in line.sentences(language):
            yield sentence.key


def _signed(number: int) -> int:
    return (number + _WRAP // 2) % _WRAP - _WRAP // 2


def _level(bare: str, following: str) -> int:
    if bare[0] == "#":
        marks = len(bare) - len(bare.lstrip("#"))
        return marks if marks <= 6 and bare[marks : marks + 1].isspace() else 0
    under = following.strip()
    if len(under) >= 3 and under[0] in "=-" and under == under[0] * len(under):
        return 1 if under[0] == "=" else 2
    return 0


def _labels(bare: str) -> bool:
    """Whether a line is the label of a summary box."""
    return len(bare) < 160 and bool(_SUMMARY_HINT.search(bare)) and bool(SUMMARY.match(plain(bare)))


@lru_cache(maxsize=2_000)
def _heading(raw: str) -> str:
    return plain(_MARKS.sub("", raw))


@lru_cache(maxsize=2_000)
def _words(raw: str) -> str:
    """The last sentence or so of a line that introduces others."""
    return plain(_MARKS.sub("", raw))[-LEAD:]
