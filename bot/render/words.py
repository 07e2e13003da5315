"""Small pieces that messages are made of, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from string import Formatter

from babel.dates import format_date, format_skeleton
from babel.lists import format_list

from bot.chat import KEEP, Action, Block, Message, Span
from bot.locales import N_, _, locale, n_
from bot.understand import regions

Words = str | Span

#: The names of terms that most services have; others stay as Open Terms Archive calls them.
TERMS = (
    N_("Privacy Policy"), N_("Terms of Service"), N_("Community Guidelines"), N_("Developer Terms"), N_("Commercial Terms"),
    N_("Trackers Policy"), N_("Data Processor Agreement"), N_("Copyright Claims Policy"), N_("Acceptable Use Policy"),
    N_("Imprint"), N_("Review Guidelines"), N_("Law Enforcement Guidelines"),
)  # fmt: skip


def terms(name: str) -> str:
    return _(name) if name in TERMS else name


def term_list(names: str, limit: int = 5) -> str:
    """The terms types that a change names, as a list: a, b and c; of many the first."""
    known = [terms(name) for name in names.split(", ")]
    if len(known) > limit:
        return ", ".join(known[:limit]) + " …"
    return join(known)


def bold(text: str) -> Span:
    return Span(text, "bold")


def link(text: str, url: str) -> Span:
    return Span(text, url=url)


def line(*words: Words) -> tuple[Span, ...]:
    return tuple(Span(word) if isinstance(word, str) else word for word in words)


def fill(template: str, **pieces: Words) -> tuple[Span, ...]:
    """A translated sentence whose {places} are links, dates or marked words."""
    found: list[Words] = []
    for before, name, _spec, _conversion in Formatter().parse(template):
        found += [before] if before else []
        found += [pieces[name]] if name else []
    return line(*found)


def title(*words: Words) -> Block:
    return Block("title", (line(*words),), KEEP)


def text(*words: Words, weight: int = KEEP) -> Block:
    return Block("text", (line(*words),), weight)


def labelled(label: str, *words: Words, weight: int = KEEP) -> Block:
    """A paragraph that begins with what it is about: "When:" and the rest."""
    return text(bold(f"{label} "), *words, weight=weight)


def listing(lines: Iterable[Sequence[Words]], weight: int = 50) -> Block:
    return Block("list", tuple(line(*words) for words in lines), weight)


def steps(lines: Iterable[Sequence[Words]]) -> Block:
    return Block("steps", tuple(line(*words) for words in lines), KEEP)


def note(*words: Words, weight: int = 10) -> Block:
    return Block("note", (line(*words),), weight)


def say(*paragraphs: Words | Block, actions: Sequence[Action] = (), private: bool = True) -> Message:
    """An answer: each argument is a paragraph or a block of its own."""
    blocks = tuple(p if isinstance(p, Block) else text(p) for p in paragraphs)
    return Message(blocks, tuple(actions), private)


def day(when: date | datetime) -> str:
    """3 November 2025"""
    return str(format_date(when, "long", locale=locale()))


def moment(when: date | datetime) -> Span:
    """A day, which platforms that can show on the reader's own calendar. A bare day is meant everywhere in Europe,
    so it stands for its noon."""
    exact = when if isinstance(when, datetime) else datetime.combine(when, time(12), UTC)
    return Span(day(when), when=exact)


def month(stamp: str) -> str:
    """August 2026, from 2026-08"""
    return str(format_skeleton("yMMMM", date.fromisoformat(f"{stamp}-01"), locale=locale()))


def in_days(days: int) -> str:
    """today, tomorrow, in 5 days"""
    if days <= 0:
        return _("today")
    return _("tomorrow") if days == 1 else n_("in {count} day", "in {count} days", days)


def join(names: Sequence[str], style: str = "standard") -> str:
    """a, b and c; with the style `or`: a, b or c"""
    return str(format_list(list(names), style=style, locale=locale())) if names else ""  # type: ignore[arg-type]


def places(codes: Iterable[str]) -> str:
    """Region codes as a list; the groups first."""
    order = list(regions.GROUPS)
    ranked = sorted(codes, key=lambda c: (order.index(c) if c in order else len(order), regions.label(c)))
    return ", ".join(regions.label(code) for code in ranked)


def area(countries: frozenset[str]) -> str:
    """An area as a list."""
    return ", ".join(regions.labels(countries)[:8])


def short(label: str, limit: int = 60) -> str:
    """A label that fits on a button."""
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"
