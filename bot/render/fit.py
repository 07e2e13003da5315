"""Make a message fit: shorten what matters least, never the opt-out, the link or the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.message import KEEP, Block, Message, Span

#: Characters. A block this short is dropped rather than shortened again.
STUMP = 80
#: A quote that weighs as much is cut before it goes.
WEIGHTY = 50


def fit(message: Message, size: Callable[[Message], int], limit: int) -> Message:
    """The same message, no larger than `limit` by the platform's own measure.

    It is larger only where what must be kept does not fit. Of the blocks that weigh least the
    longest is shortened first.
    """
    while size(message) > limit:
        loose = [block for block in message.blocks if block.weight < KEEP]
        if not loose:
            return message
        victim = min(loose, key=lambda block: (block.weight, -len(block)))
        message = replace(message, blocks=tuple(_with_shorter(message.blocks, victim)))
    return message


def _with_shorter(blocks: tuple[Block, ...], victim: Block) -> Iterator[Block]:
    for block in blocks:
        kept = _shorter(block) if block is victim else block
        if kept is not None:
            yield kept


def _shorter(block: Block) -> Block | None:
    """The last lines go first; a single line is cut to two thirds; a stump goes.

    Of a quote both sides are cut, for one without the other would say something else; one that
    weighs little goes as a whole.
    """
    is_cut = block.weight >= WEIGHTY and len(block) > STUMP * len(block.lines)
    if block.kind == "quote" and is_cut:
        lines = tuple(_cut(line, _size(line) * 2 // 3) for line in block.lines)
        return replace(block, lines=lines)
    if block.kind == "quote":
        return None
    if len(block.lines) > 1:
        return replace(block, lines=block.lines[:-1])
    if len(block) <= STUMP:
        return None
    return replace(block, lines=(_cut(block.lines[0], len(block) * 2 // 3),))


def _size(line: tuple[Span, ...]) -> int:
    return sum(len(span.text) for span in line)


def _cut(line: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    """The first `length` characters of a line, cut between two words where there are two."""
    kept: list[Span] = []
    room = length
    for span in line:
        if len(span.text) <= room:
            kept.append(span)
            room -= len(span.text)
            continue
        if room > 0:
            words = span.text[:room].rsplit(" ", 1)[0].rstrip()
            kept.append(replace(span, text=words + " …"))
        break
    return tuple(kept)
