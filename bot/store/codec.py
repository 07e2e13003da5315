"""Values to and from columns."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache

from pydantic import TypeAdapter

from bot.habits import Pace
from bot.model import Change, Cursor, Item

_item, _change, _cursor, _pace = TypeAdapter(Item), TypeAdapter(Change), TypeAdapter(Cursor), TypeAdapter(Pace)
_AS_IT_COMES = Pace()


def dump_item(item: Item) -> str:
    return _item.dump_json(item).decode()


def load_item(text: str) -> Item:
    return _item.validate_json(text)


def dump_change(change: Change) -> str:
    return _change.dump_json(change).decode()


def load_change(text: str) -> Change:
    return _change.validate_json(text)


def dump_cursor(cursor: Cursor) -> str:
    return _cursor.dump_json(cursor).decode()


@lru_cache(maxsize=4096)  # most sources have nothing new, so their cursors stay as they were
def load_cursor(text: str) -> Cursor:
    return _cursor.validate_json(text)


def dump_pace(pace: Pace) -> str:
    return "" if pace == _AS_IT_COMES else _pace.dump_json(pace).decode()


def load_pace(text: str) -> Pace:
    return _pace.validate_json(text) if text else _AS_IT_COMES


def pack(hashes: Iterable[int]) -> bytes:
    """64-bit hashes, eight bytes each."""
    ordered = sorted(hashes)
    return struct.pack(f"<{len(ordered)}q", *ordered)


def unpack(blob: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(blob) // 8}q", blob))


def squeeze(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def unsqueeze(blob: bytes) -> str:
    return zlib.decompress(blob).decode()
