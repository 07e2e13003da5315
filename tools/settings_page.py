"""The page of all settings, made from the code: what each means, its default and its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.adapters.registry import PLATFORMS
from bot.settings import fields_of

HEAD = """\
# Settings

Smallprint reads its settings once, when it starts. After a change, start it again.

- Settings come from environment variables and from a file `.env` in the folder in which
  Smallprint is started. If both have a setting, the environment wins.
- A variable that is empty counts as not set.
- `.env.example` lists every setting in the order of this page. Copy it to `.env`, and change its
  rights so that only you can read it: `chmod 600 .env`.
- `./run smallprint check` names settings that are misspelt or have a wrong value. The bot does not
  start with such settings; its exit code is then 78.
- Secrets (tokens, keys, passwords in addresses) are taken out of every log line.

Nothing has to be set to try Smallprint: without a token the console is the chat. To run it for
others you need a token, `SMALLPRINT_CONTACT` and `SMALLPRINT_OPERATOR`;
[The first hour](index.md) says how you get them. This page is made from the code each time the
documentation is built."""


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together: a heading, where to read on, and their variables in order."""

    title: str
    words: str
    variables: tuple[str, ...]


GROUPS = (
    Group(
        "Tokens and platforms",
        "How you get the tokens: [Telegram](index.md#get-a-telegram-token),\n"
        "[Discord](index.md#get-a-discord-token). The webhook is explained in\n"
        "[Deploying](deploy.md#telegram-by-webhook).",
        (
            "TELEGRAM_TOKEN",
            "DISCORD_TOKEN",
            "SMALLPRINT_TELEGRAM_WEBHOOK",
            "SMALLPRINT_LISTEN",
            "SMALLPRINT_TELEGRAM_PAID",
            "SMALLPRINT_TELEGRAM_PACE",
            "SMALLPRINT_TELEGRAM_API",
            "SMALLPRINT_DISCORD_API",
        ),
    ),
    Group(
        "Storage",
        "[Which database to choose](index.md#choose-a-database); how\n"
        "[backups](copies.md#backups) are made.",
        ("SMALLPRINT_DATABASE", "SMALLPRINT_BACKUPS"),
    ),
    Group(
        "Reading",
        "What Smallprint reads, and how you change the list: [Sources](sources.md).",
        ("SMALLPRINT_SOURCES", "SMALLPRINT_POLL_TICK", "SMALLPRINT_ALLOW_PRIVATE_NETWORKS"),
    ),
    Group(
        "Telling",
        "The default values suit most instances.",
        (
            "SMALLPRINT_HOLD_HOURS",
            "SMALLPRINT_GATHER_SECONDS",
            "SMALLPRINT_SUMMARY_URL",
            "SMALLPRINT_SUMMARY_MODEL",
            "SMALLPRINT_SUMMARY_KEY",
        ),
    ),
    Group(
        "Pages",
        "What the pages are, and what has to stand in front of them:\n"
        "[Deploying](deploy.md#pages).",
        ("SMALLPRINT_WEB", "SMALLPRINT_WEB_URL"),
    ),
    Group(
        "Operating",
        "Who runs the instance, how it is watched, and which work a process does. See\n"
        "[health and metrics](deploy.md#health-and-metrics),\n"
        "[the operator's pages](deploy.md#the-operators-pages) and\n"
        "[several processes](deploy.md#postgresql-and-several-processes).",
        (
            "SMALLPRINT_CONTACT",
            "SMALLPRINT_OPERATOR",
            "SMALLPRINT_ADMINS",
            "SMALLPRINT_SOURCE_CODE",
            "SMALLPRINT_LOG_LEVEL",
            "SMALLPRINT_LOG_FORMAT",
            "SMALLPRINT_HEALTH",
            "SMALLPRINT_ADMIN_TOKEN",
            "SMALLPRINT_ROLES",
            "SMALLPRINT_SENDERS",
            "SMALLPRINT_SENTRY_DSN",
            "SMALLPRINT_TELEMETRY_URL",
        ),
    ),
)
#: Values for an operator to imitate, where the meaning has none.
EXAMPLES = {
    "SMALLPRINT_TELEGRAM_WEBHOOK": "https://bot.example.org",
    "SMALLPRINT_DATABASE": "postgresql://smallprint:password@127.0.0.1/smallprint",
    "SMALLPRINT_BACKUPS": "/mnt/other-disk/smallprint",
    "SMALLPRINT_SOURCES": "data/sources.toml",
    "SMALLPRINT_CONTACT": "https://example.org/smallprint",
    "SMALLPRINT_SOURCE_CODE": "https://example.org/smallprint.git",
    "SMALLPRINT_ADMINS": "telegram:123456,discord:123456789012345678",
    "SMALLPRINT_ROLES": "poll,send",
}


def settings_page() -> str:
    """Every setting with its meaning, its default, what it may be, and an example."""
    known = fields_of(PLATFORMS)
    lines = [HEAD]
    for group in GROUPS:
        lines += ["", f"## {group.title}", "", group.words]
        for variable in group.variables:
            lines += ["", f"### {variable}", "", *_entry(variable, known[variable])]
    return "\n".join([*lines, ""])


def _entry(variable: str, field: FieldInfo) -> Iterator[str]:
    yield sentence(str(field.description))
    yield ""
    yield f"- Default: {_default(field.default)}"
    if allowed := _allowed(field):
        yield f"- Allowed: {allowed}"
    if variable in EXAMPLES:
        yield f"- Example: `{variable}={EXAMPLES[variable]}`"


def sentence(description: str) -> str:
    """A description as a sentence of Markdown, in which commands and addresses are as typed."""
    return f"{description[0].upper()}{description[1:]}.".replace("_", r"\_").replace("[", r"\[")


def _default(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{_typed(value)}`" if value != "" else "not set"


def _typed(value: Any) -> str:
    """A value as it is written in `.env`."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(field: FieldInfo) -> str:
    """The values that a setting may have, where there are few or they have bounds."""
    choices: tuple[Any, ...] = ()
    if get_origin(field.annotation) is Literal:
        choices = get_args(field.annotation)
    elif field.annotation is bool:
        choices = (True, False)
    if choices:
        return ", ".join(f"`{_typed(each)}`" for each in choices)
    bounds = [_bound(field, name) for name in ("ge", "le")]
    return f"{bounds[0]} to {bounds[1]}" if all(bounds) else ""


def _bound(field: FieldInfo, name: str) -> str:
    for each in field.metadata:
        if hasattr(each, name):
            return _typed(getattr(each, name))
    return ""
