"""Make a message fit: shorten what matters least, never the opt-out, the link or the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.message import KEEP, Block, Message, Span

#: A block this short is dropped rather than shortened again.
STUMP = 80


def fit(message: Message, size: Callable[[Message], int], limit: int) -> Message:
    """The same message, no larger than `limit` by the platform's own measure, as long as what must be
    kept fits. Of the blocks that weigh least the longest is shortened first."""
    while size(message) > limit:
        loose = [b for b in message.blocks if b.weight < KEEP]
        if not loose:
            return message
        victim = min(loose, key=lambda block: (block.weight, -len(block)))
        blocks = [_shorter(b) if b is victim else b for b in message.blocks]
        message = replace(message, blocks=tuple(b for b in blocks if b is not None))
    return message


def _shorter(block: Block) -> Block | None:
    """The last lines go first; a single line is cut to two thirds; a stump goes."""
    if len(block.lines) > 1:
        return replace(block, lines=block.lines[:-1])
    if len(block) <= STUMP:
        return None
    return replace(block, lines=(_cut(block.lines[0], len(block) * 2 // 3),))


def _cut(line: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in line:
        room = length - sum(len(k.text) for k in kept)
        if len(span.text) <= room:
            kept.append(span)
            continue
        if room > 0:
            kept.append(replace(span, text=span.text[:room].rsplit(" ", 1)[0].rstrip() + " …"))
        break
    return tuple(kept)
