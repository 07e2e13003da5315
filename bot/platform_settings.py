"""Operator settings of a chat platform, and facts about it that need no platform library."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.model import Address
from bot.platform import Platform


@dataclass(frozen=True, slots=True)
class IdentityQuestion:
    """A request that the platform answers with status 200 if the token is good."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class DoorState:
    """A platform's report on its webhook: the URL, how many updates wait, and the last error."""

    url: str
    waiting: int
    error: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """A webhook: the address at which a platform reaches us.

    A stranger's POST to `url` is answered 401. `shown` is the part of the URL that anybody may see;
    `listens` is the local address that it should lead to. `known` asks the platform what it knows
    of the webhook; `read` parses the answer, and raises ValueError if it cannot.
    """

    url: str
    shown: str
    listens: str
    known: IdentityQuestion
    read: Callable[[Any], DoorState]


class OperatorSettings(BaseSettings):
    """Settings that are built from given values only; they do not read the environment again."""

    @classmethod
    def settings_customise_sources(
        cls, *_unnamed: Any, **sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read only the given values."""
        return (sources["init_settings"],)


class PlatformSettings(OperatorSettings):
    """Operator settings of a platform, and facts about it that need no platform library.

    Each platform has a subclass. Its fields are settings with a `description`; their environment
    variables are their alias, or the class's prefix and their name.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    #: The platform's name in addresses, in lower case.
    name: ClassVar[str]
    #: The platform's name as people write it.
    title: ClassVar[str]
    #: A pattern for a whole chat id, and an example for operators.
    chat_pattern: ClassVar[str]
    chat_example: ClassVar[str]
    #: Patterns of the platform's secrets: no log line shows a match, wherever it comes from.
    secret_patterns: ClassVar[tuple[str, ...]] = ()
    #: Loggers of its library that log more than an operator wants to read.
    chatty_loggers: ClassVar[tuple[str, ...]] = ()
    #: Where an operator gets a token, as in "copy it again from the developer portal".
    copied_from: ClassVar[str]

    token: SecretStr
    api: str

    def build(self) -> Platform:
        """Build the platform."""
        raise NotImplementedError

    def identity(self) -> IdentityQuestion:
        """The request that tells whether the token is good."""
        raise NotImplementedError

    def door(self) -> Door | None:
        """The platform's webhook, or None if we poll the platform."""
        return None


def address_of(typed: str, platforms: Sequence[type[PlatformSettings]]) -> Address | None:
    """Parse PLATFORM:CHAT as an operator types it; None if there can be no such chat."""
    name, _colon, chat = typed.partition(":")
    for each in platforms:
        if each.name == name and re.fullmatch(each.chat_pattern, chat):
            return Address(name, chat)
    return None


def no_address(typed: str, platforms: Sequence[type[PlatformSettings]]) -> str:
    """The error message for an operator whose PLATFORM:CHAT is invalid."""
    examples = " or ".join(f"{each.name}:{each.chat_example}" for each in platforms)
    return f"{typed!r} is no place; say {examples}"
