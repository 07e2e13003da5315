"""Settings, read once from the environment or a .env file, and frozen. Importing reads nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import unquote, unquote_plus

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from bot import __version__
from bot.platform_settings import PlatformSettings, address_of, no_address
from bot.watch_settings import LISTENING, WatchSettings

PREFIX = "SMALLPRINT_"
#: The roles that a process can have.
ROLES = frozenset({"poll", "send", "chat", "web"})
#: A shorter password also occurs by chance all over a log, so it is not redacted.
SHORTEST_PASSWORD = 4

Kinds = Sequence[type[PlatformSettings]]
SomeSettings = TypeVar("SomeSettings", bound=BaseSettings)


class SettingsError(Exception):
    """Settings that cannot be used; the message has one line for each, in plain words."""


class Settings(WatchSettings):
    """Every setting, with its meaning; a test compares .env.example with this class.

    The settings of each platform are in `platforms`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    database: str = Field("sqlite:///data/smallprint.db", description="Where everything is kept")
    sources: str = Field(
        "", description="A TOML file of sources in place of the list that comes with Smallprint"
    )
    contact: str = Field(
        "",
        description="A web page or e-mail address of the operator: "
        "sent to the servers we poll, shown by /privacy",
    )
    source_code: str = Field(
        "",
        description="Where the source code of this instance is; "
        "its licence wants that offered, and /about does",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="text for people, json for machines"
    )
    roles: Annotated[
        str, Field(pattern=r"^(all|(poll|send|chat|web)(\s*,\s*(poll|send|chat|web))*)$")
    ] = Field(
        "all",
        description="What this process does: all, or some of poll, send, chat, web; "
        "several processes need PostgreSQL",
    )
    senders: int = Field(
        1,
        ge=1,
        le=64,
        description="How many processes send for a platform together, which needs PostgreSQL and "
        "is worth it for a paid broadcast; the same number in each of them",
    )
    allow_private_networks: bool = Field(
        False,
        description="Whether feeds may lie in private networks and at any port, "
        "such as a test server on this machine",
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
    gather_seconds: float = Field(
        120.0,
        ge=0,
        le=600,
        description="Seconds that an alert waits for other documents of the same service that were "
        "seen with it, to be one message with them; what presses does not wait",
    )
    summary_url: str = Field(
        "",
        description="An OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1, "
        "that may summarise changes; empty is off",
    )
    summary_model: str = Field("", description="The model that is asked for summaries")
    summary_key: SecretStr = Field(
        SecretStr(""), description="The key of the summary endpoint, if it wants one"
    )
    web: Annotated[str, Field(pattern=LISTENING)] = Field(
        "",
        description="Where pages, feeds and the catalogue are served, such as 127.0.0.1:8081, "
        "behind a reverse proxy; empty is off",
    )
    web_url: Annotated[str, Field(pattern=r"^(https?://[^/?#\s]+/?)?$")] = Field(
        "",
        description="The public address of the pages, such as https://smallprint.example.org; "
        "without it neither alerts nor /page lead there",
    )
    #: The settings of each platform, in the order of the registry.
    platforms: tuple[PlatformSettings, ...] = ()

    @field_validator("database")
    @classmethod
    def _is_unambiguous(cls, address: str) -> str:
        """Else a part of the password is taken for the host or the name, and shown in errors."""
        scheme, _sep, rest = address.partition("://")
        name = rest.partition("?")[0].partition("/")[2]
        if not scheme.startswith("sqlite") and "@" in name:
            raise ValueError("write @ in its password as %40, / as %2F and : as %3A")
        return address

    @property
    def roles_of(self) -> frozenset[str]:
        """The roles of this process."""
        if self.roles == "all":
            return ROLES
        return frozenset(role.strip() for role in self.roles.split(","))

    @property
    def pages(self) -> str:
        """The address of the web pages that people are given, without a trailing slash, or "".

        Without a public one it is the local address, for trying the pages on this machine.
        """
        is_here = self.web.startswith(("127.0.0.1:", "localhost:")) and not any(
            each.token.get_secret_value() for each in self.platforms
        )
        if self.web_url or not is_here:
            return self.web_url.rstrip("/")
        return f"http://{self.web}"

    @property
    def user_agent(self) -> str:
        """The User-Agent header that is sent to the servers we poll."""
        contact = self.contact or "no contact set"
        return f"Smallprint/{__version__} (terms change alerts; {contact})"


def load(
    platforms: Kinds,
    env_file: Path | None = Path(".env"),
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings and those of the given platforms; the environment overrides the file.

    Raises SettingsError.
    """
    given = _given(env_file, os.environ if environ is None else environ)
    problems = list(_typos(given, platforms))
    settings = _read(Settings, given, problems)
    found = []
    for kind in platforms:
        read = _read(kind, given, problems)
        if read is not None:
            found.append(read)
    if settings is not None:
        problems += _operator_problems(settings.operator, platforms)
    if problems or settings is None:
        raise SettingsError("\n".join(problems))
    return settings.model_copy(update={"platforms": tuple(found)})


def names_of(platforms: Kinds) -> dict[str, str]:
    """The meaning of every setting, by its environment variable."""
    return {name: str(field.description) for name, field in fields_of(platforms).items()}


def fields_of(platforms: Kinds) -> dict[str, FieldInfo]:
    """The field of every setting, by its environment variable."""
    found = {}
    models: tuple[type[BaseSettings], ...] = (Settings, *platforms)
    for model in models:
        for field in _fields(model):
            found[variable_of(model, field)] = model.model_fields[field]
    return found


def secrets_of(settings: Settings) -> list[str]:
    """Secrets that must never be logged: tokens, keys and passwords, the longest first."""
    fields = [each.token for each in settings.platforms]
    fields += [settings.summary_key, settings.admin_token, settings.sentry_dsn]
    secrets = [field.get_secret_value() for field in fields]
    for address in (settings.database, settings.telemetry_url, settings.summary_url):
        secrets += _passwords(address)
    # The longest first, so that replacing one never leaves a part of another that contains it.
    return sorted(filter(None, secrets), key=len, reverse=True)


def variable_of(model: type[BaseSettings], field: str) -> str:
    """The environment variable that a field is read from."""
    alias = model.model_fields[field].validation_alias
    if isinstance(alias, str):
        return alias
    return f"{model.model_config['env_prefix']}{field.upper()}"


def _fields(model: type[BaseSettings]) -> list[str]:
    """The fields that are each read from an environment variable."""
    return [field for field in model.model_fields if field != "platforms"]


def _given(env_file: Path | None, environ: Mapping[str, str]) -> dict[str, str]:
    """The values that are set, by environment variable."""
    from_file: Mapping[str, str | None] = {}
    if env_file and env_file.is_file():
        from_file = dotenv_values(env_file)
    given = {}
    for name, value in {**from_file, **environ}.items():
        if value is not None:
            given[name] = value.strip()
    return given


def _typos(given: Mapping[str, str], platforms: Kinds) -> Iterator[str]:
    names = names_of(platforms)
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in names:
            nearest = process.extractOne(name, list(names))[0]
            yield f"{name} is not a setting; did you mean {nearest}?"


def _operator_problems(operator: str, platforms: Kinds) -> Iterator[str]:
    if operator and not address_of(operator, platforms):
        yield f"{variable_of(Settings, 'operator')}: {no_address(operator, platforms)}"


def _read(
    model: type[SomeSettings], given: Mapping[str, str], problems: list[str]
) -> SomeSettings | None:
    """The settings of a class, or None, with a line in `problems` for each invalid one."""
    values: dict[str, str] = {}
    variables: dict[str, str] = {}
    meanings: dict[str, str | None] = {}
    for field in _fields(model):
        key = str(model.model_fields[field].validation_alias or field)
        variables[key] = variable_of(model, field)
        meanings[key] = model.model_fields[field].description
        if given.get(variables[key]):
            values[key] = given[variables[key]]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            key = str(detail["loc"][0])
            said = detail["msg"].removeprefix("Value error, ")
            if detail["type"] == "string_pattern_mismatch":
                said = f"cannot be used as it is. {meanings[key]}"
            problems.append(f"{variables[key]}: {said}")
        return None


def _passwords(address: str) -> list[str]:
    """The passwords in an address, as written there and as the server receives them.

    The longest comes first, so that none is only partly redacted.
    """
    written = re.findall(r"://[^/?#:@]*:(.+)@", address)
    written += re.findall(r"[?&]password=([^&#]+)", address)
    forms = set()
    for each in written:
        forms |= {each, unquote(each), unquote_plus(each)}
    told_apart = [form for form in forms if len(form) >= SHORTEST_PASSWORD]
    return sorted(told_apart, key=lambda form: (-len(form), form))
