"""The lines of a Markdown document with their headings, list leads and summary boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.understand.text import SHORT_ENTRY_CHARACTERS, Sentence, of_line, plain

#: Longer texts are cut: the longest policy in a year of one collection has 0.95 MB.
MAX_TEXT_CHARACTERS = 2_000_000
#: The most characters that are kept of the words that introduce a list.
LEAD_CHARACTERS = 200
#: The number of heading levels in Markdown.
MAX_LEVEL = 6

#: The label of a box that summarises the text. It covers the next paragraph, list or table.
SUMMARY = re.compile(
    r"^(?:the |a |policy |quick |plain[- ]language )?(?:summary|short version|"
    r"key (?:considerations|points|takeaways|facts)|highlights|overview|"
    r"at a glance|in (?:short|brief|a nutshell)|tl;?dr|zusammenfassung"
    r"|kurz(?:fassung| gesagt| und knapp)|en (?:bref|résumé)|résumé|resumen|in sintesi"
    r"|samenvatting|w skrócie)[\s:.]*$",
    re.I,
)
_LISTED = re.compile(r"[>\s]{0,20}(?:[-*+•]\s|\||\d{1,3}\\?[.)]\s)|\s{2,}")
#: Characters with which a list entry can begin.
_BULLETS = frozenset(" >\t-*+•|0123456789")
#: Characters with which a line that introduces a list can end.
_OPENS = frozenset(":：*_")
_MARKS = re.compile(r"^[\s#>*+•-]*")

Identity = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A raw line with the headings, list entries and short line above it.

    The context is raw Markdown, because most lines are the same in two versions and theirs is never
    needed. `identity` is equal for lines that say the same.
    """

    raw: str
    headings: tuple[str, ...]
    leads: tuple[str, ...]
    label: str
    identity: Identity

    def sentences(self, language: str) -> tuple[Sentence, ...]:
        """The sentences of the line, split as is usual in the language."""
        section = " › ".join(_heading(raw) for raw in self.headings)
        lead = _summary(self.label)
        if not lead:
            lead = " ".join(map(_words, self.leads))[-LEAD_CHARACTERS:]
        return of_line(self.raw, section, lead, language)


def lines(markdown: str) -> Iterator[Line]:
    """The lines that hold words; both `# one` and `one` over `===` are headings."""
    headings: dict[int, str] = {}
    leads: list[tuple[int, str]] = []
    above = tuple[str, ...]()
    below = tuple[str, ...]()
    label = ""
    written = [*markdown[:MAX_TEXT_CHARACTERS].splitlines(), ""]
    for raw, following in pairwise(written):
        bare = raw.strip()
        if not bare or is_rule(bare):
            continue
        level = _level(bare, following)
        if level:
            headings = _above(level, headings) | {level: raw}
            above = tuple(headings.values())
            leads, below = [], ()
            yield Line(raw, above, below, label, _identity(raw, below, label))
            label = ""
            continue
        indent = indent_of(raw)
        if leads and leads[-1][0] >= indent:
            leads = _outside(indent, leads)
            below = tuple(text for _, text in leads)
        yield Line(raw, above, below, label, _identity(raw, below, label))
        if indent >= 0 or _introduces(bare):
            leads.append((indent, raw))
            below = (*below, raw)
        if indent < 0:
            label = ""
            if _is_label(bare):
                label = raw


def is_rule(bare: str) -> bool:
    """Whether a stripped line is only a rule: "---", "===="."""
    if bare[0] not in "=-" or len(bare) < 3:
        return False
    return bare == bare[0] * len(bare)


def indent_of(raw: str) -> int:
    """The indentation of a line in a list, or -1 outside a list.

    A line outside can introduce a list but not be introduced.
    """
    if raw[0] not in _BULLETS or not _LISTED.match(raw):
        return -1
    return len(raw) - len(raw.lstrip(" >\t"))


def _above(level: int, headings: dict[int, str]) -> dict[int, str]:
    """The headings above a heading of a level."""
    return {deep: title for deep, title in headings.items() if deep < level}


def _outside(indent: int, leads: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The list entries above a line with this indentation."""
    return [(depth, text) for depth, text in leads if depth < indent]


def _identity(raw: str, leads: tuple[str, ...], label: str) -> Identity:
    """The key of a line: its text, and for a short entry its leads and box, too."""
    if not leads and not label:
        return raw
    if len(raw) > SHORT_ENTRY_CHARACTERS + 30 and "](" not in raw:
        return raw
    box = _summary(label)
    if not box and not leads:
        return raw
    return (box, *leads, raw)


def _introduces(bare: str) -> bool:
    """Whether a line outside a list ends like one that introduces a list."""
    if bare[-1] not in _OPENS:
        return False
    return bare.rstrip("*_")[-1:] in (":", "：")


def _is_label(bare: str) -> bool:
    if len(bare) >= LEAD_CHARACTERS:
        return False
    return bare[-1] not in ".!?;,"


def _level(bare: str, following: str) -> int:
    """The level of a heading; 0 for any other line."""
    if bare[0] == "#":
        marks = len(bare) - len(bare.lstrip("#"))
        if marks > MAX_LEVEL or not bare[marks : marks + 1].isspace():
            return 0
        return marks
    if following[:1] in ("=", "-") and is_rule(following.strip()):
        if following[0] == "=":
            return 1
        return 2
    return 0


@lru_cache(maxsize=2_000)
def _summary(raw: str) -> str:
    """The words of a line if it is the label of a summary box, else ""."""
    words = plain(raw)
    if SUMMARY.match(words):
        return words
    return ""


@lru_cache(maxsize=2_000)
def _heading(raw: str) -> str:
    return plain(_MARKS.sub("", raw))


@lru_cache(maxsize=2_000)
def _words(raw: str) -> str:
    """The last characters of a line that introduces others."""
    return plain(_MARKS.sub("", raw))[-LEAD_CHARACTERS:]
