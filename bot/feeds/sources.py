"""The list of sources: a small TOML file, checked with messages for people."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.model import Source, SourceKind

DEFAULT = Path(__file__).with_name("sources.toml")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class SourcesError(Exception):
    """The list cannot be used; the message has one line for each thing that is wrong."""


def _seconds(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d+)\s*([smhd])", value.strip())):
        return int(match[1]) * _UNITS[match[2]]
    return value


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    kind: Literal["collection", "github", "memos", "news"]
    url: Annotated[str, Field(pattern=r"^(https?://[^\s]+)?$")] = ""
    every: Annotated[int, BeforeValidator(_seconds), Field(ge=1, le=7 * 86_400)] = 1800
    github: Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")] = ""
    jurisdiction: list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = []
    service: str = ""
    terms_type: str = ""
    language: str = "en"

    @model_validator(mode="after")
    def _complete(self) -> _Entry:
        if self.kind == "github" and not self.github:
            raise ValueError('a github source needs github = "owner/repository"')
        if self.kind != "github" and not self.url:
            raise ValueError("this kind of source needs a url")
        if self.kind == "collection" and not self.url.endswith("/"):
            raise ValueError("the url of a collection ends with /")
        return self


def listed(setting: str) -> list[Source]:
    """The operator's list where the setting names one, else ours. Raises SourcesError."""
    return load(Path(setting) if setting else DEFAULT)


def load(path: Path) -> list[Source]:
    """The sources of a file, in its order. Raises SourcesError with everything that is wrong."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SourcesError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourcesError(f"{path} is not TOML: {error}") from error
    rows = data.get("source")
    if not isinstance(rows, list) or not rows:
        raise SourcesError(f"{path} has no [[source]]")
    problems = [f"unknown section [{name}]" for name in data if name != "source"]
    sources: list[Source] = []
    for number, row in enumerate(rows, 1):
        try:
            sources.append(_source(row))
        except ValidationError as error:
            name = row.get("id", f"number {number}") if isinstance(row, dict) else f"number {number}"
            problems += [f"source {name}: {_plain(detail)}" for detail in error.errors()]
    ids = [source.id for source in sources]
    problems += [f"source {twice}: the id is used twice" for twice in sorted({i for i in ids if ids.count(i) > 1})]
    if problems:
        raise SourcesError("\n".join(f"{path}: {problem}" for problem in problems))
    return sources


def _source(row: Any) -> Source:
    entry = _Entry.model_validate(row)
    values = entry.model_dump() | {"kind": SourceKind(entry.kind), "jurisdiction": frozenset(entry.jurisdiction)}
    return Source(**values)


def _plain(detail: Any) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    hints = {
        "extra_forbidden": "is not a setting of a source",
        "missing": "is missing",
        "string_pattern_mismatch": f"{detail.get('input')!r} does not have the right form",
    }
    message = hints.get(detail["type"], str(detail["msg"]).removeprefix("Value error, "))
    return f"{field} {message}" if field else message
