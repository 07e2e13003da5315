"""Column types: moments, parts of stories and enumerations as Python values."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

from bot.states import Part
from bot.store import codec


def milliseconds(when: datetime) -> int:
    """A moment as milliseconds since 1970."""
    return round(when.timestamp() * 1000)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> str:
        """A moment as a literal in a statement."""
        return str(self.process_bind_param(value, dialect))

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> Any:
        """Encode a moment as milliseconds."""
        if value is None:
            return None
        return milliseconds(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Decode a moment."""
        if value is None:
            return None
        return datetime.fromtimestamp(value / 1000, UTC)


class Parts(TypeDecorator[Part]):
    """A part of a story, as `codec` writes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Part | None, _dialect: Dialect) -> str | None:
        """Encode a part."""
        if value is None:
            return None
        return codec.dump_part(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Part | None:
        """Decode a part."""
        if value is None:
            return None
        return codec.load_part(value)


class Named(TypeDecorator[StrEnum]):
    """A member of an enumeration, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, names: type[StrEnum]) -> None:
        super().__init__()
        self.names = names

    def process_bind_param(self, value: StrEnum | None, _dialect: Dialect) -> str | None:
        """Encode a member. Raises ValueError for another value."""
        if value is None:
            return None
        return str(self.names(value))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        """Decode a member. Raises ValueError for another value."""
        if value is None:
            return None
        return self.names(value)
