"""Shards: the division of a platform's chats among several sending processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards that a process sends to: those of `count` shards whose numbers are `held`.

    A chat belongs to the shard whose number is its own id modulo `count`.
    """

    count: int = 1
    held: frozenset[int] = frozenset({0})

    def has(self, chat_id: int) -> bool:
        """Whether a chat is in one of the held shards."""
        return chat_id % self.count in self.held


#: All chats, for a single sending process.
ALL = Shards()


def duty_of(platform: str, shard: int, count: int) -> str:
    """The name of the duty of sending to a shard."""
    if count == 1:
        return f"send:{platform}"
    return f"send:{platform}:{shard + 1}/{count}"
