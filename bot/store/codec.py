"""Encoding values for database columns, and decoding them."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import assert_never

from pydantic import TypeAdapter, ValidationError

from bot.model import Change, Cursor, Item
from bot.preferences import Schedule
from bot.states import Part, PartKind
from bot.store import former
from bot.verdicts import HeldFor

_item = TypeAdapter(Item)
_change = TypeAdapter(Change)
_cursor = TypeAdapter(Cursor)
_schedule = TypeAdapter(Schedule)
_AS_IT_COMES = Schedule()
#: Prefixes of parts of a story in the database; an addition is its uid, the story itself is "".
REMINDER = "remind:"
PUBLISHING = "publish:"


def dump_item(item: Item) -> str:
    """An item as JSON."""
    return _item.dump_json(item).decode()


def load_item(text: str) -> Item:
    """Parse an item from JSON. Raises ValidationError."""
    return _item.validate_json(text)


def dump_change(change: Change) -> str:
    """A change as JSON, as `load_change` reads it."""
    return _change.dump_json(change).decode()


def load_change(text: str) -> Change:
    """Parse a change from JSON, in today's format or that of earlier versions.

    Raises ValidationError.
    """
    try:
        return _change.validate_json(text)
    except ValidationError:
        return _change.validate_json(json.dumps(former.change(json.loads(text))))


def sum_of(secret: str) -> str:
    """The SHA-256 of a secret in hexadecimal, stored so that a copied database holds no secrets."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def dump_cursor(cursor: Cursor) -> str:
    """A cursor as JSON."""
    return _cursor.dump_json(cursor).decode()


@lru_cache(maxsize=20_000)  # most sources have nothing new, so their cursors stay as they were
def load_cursor(text: str) -> Cursor:
    """Parse a cursor from JSON. Raises ValidationError."""
    return _cursor.validate_json(text)


def dump_schedule(schedule: Schedule) -> str:
    """A schedule as JSON; "" for the default one."""
    if schedule == _AS_IT_COMES:
        return ""
    return _schedule.dump_json(schedule).decode()


def load_schedule(text: str) -> Schedule:
    """Parse a schedule from JSON; "" is the default one. Raises ValidationError."""
    if not text:
        return _AS_IT_COMES
    return _schedule.validate_json(text)


def dump_words(words: Iterable[str]) -> str:
    """Sorted words, each with a space on both sides, so that LIKE finds one; "" for none."""
    spaced = " ".join(sorted(words))
    return f" {spaced} " if spaced else ""


def dump_part(part: Part) -> str:
    """A part of a story as text for the outbox."""
    match part.kind:
        case PartKind.STORY:
            return ""
        case PartKind.ADDITION:
            return part.key
        case PartKind.REMINDER:
            return REMINDER + part.key
        case PartKind.PUBLISHING:
            return PUBLISHING + part.key
        case _:
            assert_never(part.kind)


@lru_cache(maxsize=4096)
def load_part(text: str) -> Part:
    """Parse a part of a story from the outbox."""
    if not text:
        return Part()
    if text.startswith(REMINDER):
        return Part(PartKind.REMINDER, text.removeprefix(REMINDER))
    if text.startswith(PUBLISHING):
        return Part(PartKind.PUBLISHING, text.removeprefix(PUBLISHING))
    return Part(PartKind.ADDITION, text)


def load_wait(why: str) -> tuple[HeldFor | None, str]:
    """Why an outbox row waits: (our own reason, or None, and what the platform said, or "")."""
    if why in tuple(HeldFor):
        return HeldFor(why), ""
    return None, why


def pack(hashes: Iterable[int]) -> bytes:
    """Pack 64-bit hashes into eight bytes each, sorted, little-endian."""
    ordered = sorted(hashes)
    return struct.pack(f"<{len(ordered)}q", *ordered)


def unpack(blob: bytes) -> frozenset[int]:
    """Unpack the hashes that `pack` packed."""
    return frozenset(struct.unpack(f"<{len(blob) // 8}q", blob))


def squeeze(text: str) -> bytes:
    """Compress a text as UTF-8 with zlib."""
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def unsqueeze(blob: bytes) -> str:
    """Decompress a text that `squeeze` compressed."""
    return zlib.decompress(blob).decode()
