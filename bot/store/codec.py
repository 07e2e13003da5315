"""Values to and from columns."""

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
#: How the parts of a story begin in the database; an addition is its uid, and the story itself
#: is empty.
REMINDER = "remind:"
PUBLISHING = "publish:"


def dump_item(item: Item) -> str:
    """An item as JSON."""
    return _item.dump_json(item).decode()


def load_item(text: str) -> Item:
    """The item of a JSON text. Raises ValidationError for another text."""
    return _item.validate_json(text)


def dump_change(change: Change) -> str:
    """A change as JSON, as `load_change` reads it."""
    return _change.dump_json(change).decode()


def load_change(text: str) -> Change:
    """The change of a JSON text, as it is written today or as earlier versions wrote it.

    Raises ValidationError for another text.
    """
    try:
        return _change.validate_json(text)
    except ValidationError:
        return _change.validate_json(json.dumps(former.change(json.loads(text))))


def sum_of(secret: str) -> str:
    """What is kept of a secret, so that a copy of the database holds none that works."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def dump_cursor(cursor: Cursor) -> str:
    """A cursor as JSON."""
    return _cursor.dump_json(cursor).decode()


@lru_cache(maxsize=20_000)  # most sources have nothing new, so their cursors stay as they were
def load_cursor(text: str) -> Cursor:
    """The cursor of a JSON text. Raises ValidationError for another text."""
    return _cursor.validate_json(text)


def dump_schedule(schedule: Schedule) -> str:
    """A schedule as JSON; "" where it is the usual one."""
    if schedule == _AS_IT_COMES:
        return ""
    return _schedule.dump_json(schedule).decode()


def load_schedule(text: str) -> Schedule:
    """The schedule of a JSON text; "" is the usual one. Raises ValidationError for another text."""
    if not text:
        return _AS_IT_COMES
    return _schedule.validate_json(text)


def dump_words(words: Iterable[str]) -> str:
    """Words with a space on both sides of each, so that LIKE finds one; "" where there are none."""
    spaced = " ".join(sorted(words))
    return f" {spaced} " if spaced else ""


def dump_part(part: Part) -> str:
    """A part as the outbox keeps it."""
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
    """The part that the outbox keeps."""
    if not text:
        return Part()
    if text.startswith(REMINDER):
        return Part(PartKind.REMINDER, text.removeprefix(REMINDER))
    if text.startswith(PUBLISHING):
        return Part(PartKind.PUBLISHING, text.removeprefix(PUBLISHING))
    return Part(PartKind.ADDITION, text)


def load_wait(why: str) -> tuple[HeldFor | None, str]:
    """Why a row of the outbox waits: for something of ours, or for what the platform said."""
    if why in tuple(HeldFor):
        return HeldFor(why), ""
    return None, why


def pack(hashes: Iterable[int]) -> bytes:
    """64-bit hashes, eight bytes each."""
    ordered = sorted(hashes)
    return struct.pack(f"<{len(ordered)}q", *ordered)


def unpack(blob: bytes) -> frozenset[int]:
    """The hashes that `pack` packed."""
    return frozenset(struct.unpack(f"<{len(blob) // 8}q", blob))


def squeeze(text: str) -> bytes:
    """A text, compressed as UTF-8."""
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def unsqueeze(blob: bytes) -> str:
    """The text that `squeeze` compressed."""
    return zlib.decompress(blob).decode()
