"""What an operator sets for a platform, and what there is to know of it without its library."""

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
    """A request that a platform answers with 200 where the token is good."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class DoorState:
    """What a platform says of how it reaches us: where, how much waits, what went wrong last."""

    url: str
    waiting: int
    error: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Where a platform reaches us from outside.

    A stranger's POST to `url` is answered 401. `shown` is as much of it as anybody may see, and
    `listens` where it should lead. `known` asks what the platform knows of it; `read` understands
    the answer, and raises ValueError where it cannot.
    """

    url: str
    shown: str
    listens: str
    known: IdentityQuestion
    read: Callable[[Any], DoorState]


class OperatorSettings(BaseSettings):
    """Settings that are made of what they are given; they do not read the environment again."""

    @classmethod
    def settings_customise_sources(
        cls, *_unnamed: Any, **sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given."""
        return (sources["init_settings"],)


class PlatformSettings(OperatorSettings):
    """What an operator sets for a platform, and what there is to know of it without its library.

    Each platform has a subclass. Its fields are settings with a `description`; their environment
    variables are their alias, or the class's prefix and their name.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    #: The platform as addresses have it: in lower case.
    name: ClassVar[str]
    #: The platform as people write it.
    title: ClassVar[str]
    #: The whole of a chat's address, as a pattern; and one for an operator to imitate.
    chat_pattern: ClassVar[str]
    chat_example: ClassVar[str]
    #: What its secrets look like: no log line shows them, wherever they come from.
    secret_patterns: ClassVar[tuple[str, ...]] = ()
    #: Loggers of its library that say more than an operator wants to read.
    chatty_loggers: ClassVar[tuple[str, ...]] = ()
    #: Where an operator gets a token, as in "copy it again from the developer portal".
    copied_from: ClassVar[str]

    token: SecretStr
    api: str

    def build(self) -> Platform:
        """The platform."""
        raise NotImplementedError

    def identity(self) -> IdentityQuestion:
        """How to ask the platform whether the token is good."""
        raise NotImplementedError

    def door(self) -> Door | None:
        """Where the platform reaches us from outside; None where we ask it."""
        return None


def address_of(typed: str, platforms: Sequence[type[PlatformSettings]]) -> Address | None:
    """The chat that an operator names as PLATFORM:CHAT, None where there can be no such chat."""
    name, _colon, chat = typed.partition(":")
    for each in platforms:
        if each.name == name and re.fullmatch(each.chat_pattern, chat):
            return Address(name, chat)
    return None


def no_address(typed: str, platforms: Sequence[type[PlatformSettings]]) -> str:
    """What to tell an operator whose PLATFORM:CHAT is none."""
    examples = " or ".join(f"{each.name}:{each.chat_example}" for each in platforms)
    return f"{typed!r} is no place; say {examples}"
