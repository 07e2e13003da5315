"""The shortest part of a sentence, in whole clauses, that holds the difference."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understand.diff import Piece, pieces

#: Where a clause may begin or end. The comma in a number does not count.
_BORDER = re.compile(r"(?<=[;:—–])\s+|(?<=\.)\s+(?=[A-ZÀ-Þ])|(?<=[^\d],)\s+")
#: A shorter part says nothing alone; it is shown with the words around it.
LEAST_CHARACTERS = 32
ELLIPSIS = "…"

#: (start, end) in characters; the end is exclusive.
Span = tuple[int, int]


def around(text: str, marked: Sequence[Span], limit: int) -> str:
    """The part of a text, up to `limit` characters, that holds most of the marked spans.

    It consists of whole clauses if they fit, else of whole words; "…" marks omissions.
    """
    return _with_marks(text, *_window(text, marked, limit))


def ending(text: str, limit: int) -> str:
    """The last words of a text, up to `limit` characters."""
    if len(text) <= limit:
        return text
    start = text.find(" ", len(text) - limit + len(ELLIPSIS) + 1) + 1
    return f"{ELLIPSIS} {text[start:]}" if start else text[-limit:]


def both(before: str, after: str, limit: int) -> tuple[str, str]:
    """Both sides of a rewording cut around the difference; both begin with the same words."""
    old, new = pieces(before, after)
    marked = differing(new, after)
    shared = _shared_start(before, after)
    span = _window(after, marked or [(shared, shared + 1)], limit)
    if span[0] > shared:
        return around(before, differing(old, before), limit), _with_marks(after, *span)
    rest = beginning(before[span[0] :], limit - len(ELLIPSIS) - 1)
    if span[0]:
        rest = f"{ELLIPSIS} {rest.lstrip()}"
    return rest, _with_marks(after, *span)


def beginning(text: str, limit: int, to_a_word: bool = False) -> str:
    """The first clauses, or else words, of a text, up to `limit` characters."""
    if len(text) <= limit:
        return text
    room = limit - len(ELLIPSIS) - 1
    ends = [match.start() for match in _BORDER.finditer(text) if match.start() <= room]
    end = text.rfind(" ", 0, room + 1)
    if ends and ends[-1] >= LEAST_CHARACTERS and not to_a_word:
        end = ends[-1]
    return _with_marks(text, 0, end if end > 0 else room)


def differing(pieces: Sequence[Piece], text: str) -> list[Span]:
    """The spans in a text of the pieces that differ; the pieces are the text's own words."""
    found: list[Span] = []
    at = 0
    for piece in pieces:
        first, last = 0, at
        for number, word in enumerate(piece.text.split()):
            place = text.find(word, last)
            if place < 0:
                break
            if number == 0:
                first = place
            last = place + len(word)
        if piece.differs and last > first:
            found.append((first, last))
        at = max(at, last)
    return found


def _window(text: str, marked: Sequence[Span], limit: int) -> Span:
    """The span of a text that is shown."""
    if len(text) <= limit:
        return 0, len(text)
    room = limit - 2 * (len(ELLIPSIS) + 1)
    return _clauses(text, marked, room) or _words(text, marked, room)


def _shared_start(one: str, other: str) -> int:
    """The number of characters that two texts share at their start."""
    for place, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            return place
    return min(len(one), len(other))


def _clauses(text: str, marked: Sequence[Span], room: int) -> Span | None:
    """The run of clauses that holds most of the marked spans, or None if none fits."""
    borders = [0, *(match.end() for match in _BORDER.finditer(text)), len(text)]
    best: tuple[float, int, int, int] | None = None
    for first, start in enumerate(borders[:-1]):
        for end in borders[first + 1 :]:
            length = len(text[start:end].rstrip())
            if length > room:
                break
            # The most of the difference; then the longer part, which says more about its rule.
            rank = (_held(marked, start, end), -start if not marked else 0, length, -start)
            if best is None or rank > best:
                best = rank
                chosen = (start, end)
    if best is None or (marked and best[0] == 0):
        return None
    if chosen[1] - chosen[0] < LEAST_CHARACTERS:
        return None
    return chosen


def _held(marked: Sequence[Span], start: int, end: int) -> float:
    """The number of marked characters within a span."""
    return float(sum(max(0, min(end, last) - max(start, first)) for first, last in marked))


def _words(text: str, marked: Sequence[Span], room: int) -> Span:
    """The span of as many words as fit, from a little before the first marked one."""
    first, last = marked[0] if marked else (0, 0)
    before = max(0, min(room // 3, room - (last - first)))
    start = max(0, first - before)
    if start:
        start = text.find(" ", start, first + 1) + 1 or first
    end = min(len(text), start + room)
    if end < len(text):
        at = text.rfind(" ", start, end + 1)
        # Some languages are written without spaces.
        end = at if at > start + room // 2 else end
    return start, end


def _with_marks(text: str, start: int, end: int) -> str:
    part = text[start:end].strip()
    if start > 0:
        part = f"{ELLIPSIS} {part}"
    if end < len(text.rstrip()):
        part = f"{part.rstrip(' ,;:–—')} {ELLIPSIS}"
    return part
