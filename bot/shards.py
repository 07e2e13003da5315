"""Shards: the parts into which a platform's chats are divided where several processes send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shards:
    """Those of `count` parts of the chats that a process sends to, by the number of the part.

    A chat is in the part that its own number leaves when divided by their count.
    """

    count: int = 1
    held: frozenset[int] = frozenset({0})

    def has(self, chat_id: int) -> bool:
        """Whether a chat is in one of the parts."""
        return chat_id % self.count in self.held


#: All chats, where one process sends.
ALL = Shards()


def duty_of(platform: str, shard: int, count: int) -> str:
    """What the duty of sending to a part is called."""
    if count == 1:
        return f"send:{platform}"
    return f"send:{platform}:{shard + 1}/{count}"
