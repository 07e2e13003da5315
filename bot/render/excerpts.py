"""The passages of a change: their order for a reader, and how they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.locales import _, locale, n_, spoken
from bot.message import Block, Span
from bot.model import Change
from bot.regions import EUROPE, area_of
from bot.render.blocks import bold, line, note
from bot.understand import clauses
from bot.understand.diff import Piece, pieces
from bot.verdicts import Excerpt


def for_reader(change: Change, regions: frozenset[str]) -> tuple[Excerpt, ...]:
    """The passages of a change: those for the reader's regions first, then the most telling.

    Passages only for people elsewhere come last; an area of half the world counts as none in
    particular. `regions` is empty if unknown.
    """
    mine = area_of(regions) if regions else EUROPE

    def rank(excerpt: Excerpt) -> int:
        if excerpt.area is None or (excerpt.area & mine and not excerpt.area <= EUROPE):
            return 1
        return 0 if excerpt.area & mine else 2

    return tuple(sorted(change.excerpts, key=rank))


def quote(excerpt: Excerpt, weight: int, limit: int = 0) -> Block:
    """A passage before and after, told apart by words as well as style.

    Screen readers read no style. With a `limit`, each side of a rewording has at most this many
    characters.
    """
    before, after = excerpt.before, excerpt.after
    if limit and before and after:
        before, after = clauses.both(before, after, limit)
    return Block("quote", tuple(_sides(before, after)), weight)


def how_much(change: Change, shown: int) -> Iterator[Block]:
    """The number of passages, if not all are shown, and their language."""
    count = len(change.excerpts) + change.unshown
    said: list[str] = []
    if count > shown:
        more = n_(
            "{shown} of {count} changed passage",
            "{shown} of {count} changed passages",
            count,
            shown=shown,
        )
        said.append(more)
    language = locale().languages.get(change.language) if change.language else None
    if shown and language and change.language != spoken():
        said.append(_("text in {language}", language=language))
    if said:
        yield note(" · ".join(said), weight=45)


def _sides(before: str, after: str) -> Iterator[tuple[Span, ...]]:
    old, new = pieces(before, after)
    if before and after:
        yield line(bold(_("Before:") + " "), *_marked(old, "strike"))
        yield line(bold(_("Now:") + " "), *_marked(new, "bold"))
    elif after:
        yield line(bold(_("New:") + " "), *_marked(new, ""))
    elif before:
        yield line(bold(_("Before:") + " "), *_marked(old, ""))
        yield line(bold(_("Now:") + " "), _("this is gone."))


def _marked(parts: Sequence[Piece], style: str) -> Iterator[Span]:
    """Runs of words; those that differ have the style."""
    for number, piece in enumerate(parts):
        space = " " if number else ""
        yield Span(space + piece.text, style if piece.differs else "", foreign=True)
