"""Fitting messages to a limit: the least important parts are shortened, never the opt-out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.message import KEEP, Block, Message, Span

#: A block of at most this many characters is dropped rather than shortened again.
STUMP = 80
#: A quote of at least this weight is cut before it is dropped.
WEIGHTY = 50


def fit(message: Message, size: Callable[[Message], int], limit: int) -> Message:
    """The same message, no larger than `limit` by the platform's own measure.

    It stays larger only if the parts to keep do not fit. Among the blocks of the least weight, the
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
    """A block shortened by a step: without its last line, or cut to two thirds; else None.

    Both sides of a quote are cut, because one without the other would say something else; one of
    little weight is dropped as a whole.
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
    """The first `length` characters of a line, cut between two words if possible."""
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
