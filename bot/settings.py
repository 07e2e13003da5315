"""Settings: the environment or a .env file, read once, frozen. Nothing is read on import."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, unquote_plus

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

PREFIX = "SMALLPRINT_"
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]


class SettingsError(Exception):
    """Settings that cannot be used; the message has one line for each, in plain words."""


class Settings(BaseSettings):
    """Every setting, with its meaning: .env.example is written from this table and tested against it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    discord_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="DISCORD_TOKEN",
        description="The Discord bot's token; without it Discord is off",
    )
    telegram_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_TOKEN",
        description="The Telegram bot's token; without it Telegram is off",
    )
    database: str = Field("sqlite:///data/smallprint.db", description="Where everything is kept")
    sources: str = Field(
        "", description="A TOML file of sources in place of the list that comes with Smallprint"
    )
    contact: str = Field(
        "",
        description="A web page or e-mail address of the operator: sent to the servers we poll, shown by /privacy",
    )
    operator: Annotated[str, Field(pattern=r"^((telegram|discord):-?\d+)?$")] = Field(
        "",
        description="Your own chat, such as telegram:123456: told once a month which how-tos need another look",
    )
    source_code: str = Field(
        "",
        description="Where the source code of this instance is; its licence wants that offered, and /about does",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="text for people, json for machines"
    )
    roles: Annotated[str, Field(pattern=r"^(all|(poll|send|chat)(\s*,\s*(poll|send|chat))*)$")] = (
        Field(
            "all",
            description="What this process does: all, or some of poll, send, chat; several processes need PostgreSQL",
        )
    )
    telegram_paid: bool = Field(
        False,
        description="Whether the Telegram bot pays for its broadcasts: up to 1,000 messages a second for Stars",
    )
    allow_private_networks: bool = Field(
        False,
        description="Whether feeds may lie in private networks and at any port, such as a test server on this machine",
    )
    poll_tick: float = Field(
        5.0, ge=0.05, le=60, description="Seconds between two looks at which sources are due"
    )
    hold_hours: float = Field(
        30.0,
        ge=0,
        le=24 * 14,
        description="Hours for which a doubtful change is held; it is told only if it lasts",
    )
    summary_url: str = Field(
        "",
        description="An OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1, that may summarise changes; empty is off",
    )
    summary_model: str = Field("", description="The model that is asked for summaries")
    summary_key: SecretStr = Field(
        SecretStr(""), description="The key of the summary endpoint, if it wants one"
    )
    telegram_webhook: Annotated[str, Field(pattern=r"^(https://[^\s]+)?$")] = Field(
        "",
        description="The public https address at which Telegram reaches this bot; empty asks Telegram by long polling",
    )
    listen: Annotated[str, Field(pattern=r"^[^\s:]+:\d{1,5}$")] = Field(
        "127.0.0.1:8080", description="Where the webhook listens, behind a reverse proxy"
    )
    web: Annotated[str, Field(pattern=r"^([^\s:]+:\d{1,5})?$")] = Field(
        "",
        description="Where the catalogue is served as open data, such as 127.0.0.1:8081; empty is off",
    )
    telegram_api: HttpUrl = Field(
        "https://api.telegram.org", description="The Telegram Bot API server"
    )
    discord_api: HttpUrl = Field(
        "https://discord.com/api/v10", description="The Discord API server"
    )

    @property
    def roles_of(self) -> frozenset[str]:
        """What this process does."""
        return frozenset(
            {"poll", "send", "chat"}
            if self.roles == "all"
            else (role.strip() for role in self.roles.split(","))
        )

    @property
    def user_agent(self) -> str:
        return f"Smallprint/0.1 (terms change alerts; {self.contact or 'no contact set'})"


def load(
    env_file: Path | None = Path(".env"), environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings; the environment wins over the file. Raises SettingsError."""
    environ = os.environ if environ is None else environ
    from_file = dotenv_values(env_file) if env_file and env_file.is_file() else {}
    given = {name: value for name, value in {**from_file, **environ}.items() if value is not None}
    names = names_of()
    typos = [name for name in given if name.startswith(PREFIX) and name not in names]
    problems = [
        f"{name} is not a setting; did you mean {_nearest(name, names)}?" for name in sorted(typos)
    ]
    try:
        # Aliases and plain names: pydantic-settings would read os.environ once more by itself.
        settings = Settings.model_validate(
            {_key(name): given[name].strip() for name in names if given.get(name, "").strip()}
        )
    except ValidationError as error:
        problems += [
            f"{_name(str(detail['loc'][0]))}: {detail['msg']}" for detail in error.errors()
        ]
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def names_of() -> dict[str, str]:
    """The name of every setting in the environment, with what it means."""
    return {_name(field): str(info.description) for field, info in Settings.model_fields.items()}


def secrets_of(settings: Settings) -> list[str]:
    """What must never be written anywhere."""
    tokens = [
        token
        for field in (settings.discord_token, settings.telegram_token, settings.summary_key)
        if (token := field.get_secret_value())
    ]
    return [*tokens, *_passwords(settings.database)]


def _passwords(address: str) -> list[str]:
    """The password of a database address, as it is written there and as the server gets it. The longest comes first,
    so that none is cut short; one of so few characters that it is in every other word is left out."""
    written = re.findall(r"://[^/?#:@]*:(.+)@", address) + re.findall(
        r"[?&]password=([^&#]+)", address
    )
    forms = {
        form
        for each in written
        for form in (each, unquote(each), unquote_plus(each))
        if len(form) > 3
    }
    return sorted(forms, key=lambda form: (-len(form), form))


def _name(field: str) -> str:
    info = Settings.model_fields.get(field)
    alias = info.validation_alias if info else None
    if alias is None:
        return field if field.isupper() else f"{PREFIX}{field.upper()}"
    return alias if isinstance(alias, str) else str(alias)


def _key(name: str) -> str:
    return name.removeprefix(PREFIX).lower() if name.startswith(PREFIX) else name


def _nearest(name: str, names: Mapping[str, str]) -> str:
    return str(process.extractOne(name, list(names))[0])
