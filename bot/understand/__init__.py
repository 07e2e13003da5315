"""Understanding of changes: texts and memory in, a decision and new memory out. Pure."""

from __future__ import annotations

from bot.understand.articles import understand_text
from bot.understand.changes import understand_change, understand_first, understand_unread
from bot.understand.memory import Edition, learn, merge

__all__ = [
    "Edition",
    "learn",
    "merge",
    "understand_change",
    "understand_first",
    "understand_text",
    "understand_unread",
]
