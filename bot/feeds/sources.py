"""The list of sources: a small TOML file, checked with messages for people."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.model import Source, SourceKind

DEFAULT = Path(__file__).with_name("sources.toml")
#: What `extends` may name.
EXTENDED = "default"
NO_ADDRESS = "collections is not an address that begins with https:// or http://"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SECTIONS = frozenset({"source", "extends", "off", "collections"})


class SourcesError(Exception):
    """The list cannot be used; the message has one line for each thing that is wrong."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as a list has it: whether it is asked, why it is there, and how fresh that is.

    `evidence` is an ISO day, month or year, or "".
    """

    source: Source
    enabled: bool = True
    why: str = ""
    evidence: str = ""


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
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    enabled: Annotated[bool, Field(strict=True)] = True
    why: Annotated[str, Field(max_length=200, pattern=r"^[^\n]*$")] = ""
    evidence: Annotated[str, Field(pattern=r"^(\d{4}(-[01]\d(-[0-3]\d)?)?)?$")] = ""

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
    return load(path_of(setting))


def path_of(setting: str) -> Path:
    """The file that the setting names, or the list that comes with Smallprint."""
    return Path(setting) if setting else DEFAULT


def collections(setting: str) -> str:
    """The address of the list by which collections that move are followed; "" where none is.

    Raises SourcesError.
    """
    path = path_of(setting)
    data = _toml(path)
    extended = _toml(DEFAULT) if data.get("extends") == EXTENDED else {}
    said = data.get("collections", extended.get("collections", ""))
    if not _is_address(said):
        raise SourcesError(f"{path}: {NO_ADDRESS}")
    return str(said)


def load(path: Path) -> list[Source]:
    """The sources that are asked, in the order of the list.

    Raises SourcesError with everything that is wrong.
    """
    return [each.source for each in everything(path) if each.enabled]


def everything(path: Path) -> list[Listed]:
    """What a file lists, with what it extends, on and off. Raises SourcesError."""
    data = _toml(path)
    problems = [f"unknown section [{name}]" for name in data if name not in _SECTIONS]
    problems += [] if _is_address(data.get("collections", "")) else [NO_ADDRESS]
    extended = _extended(data, problems)
    rows = data.get("source", [])
    if "extends" not in data and not rows:
        raise SourcesError(f"{path} has no [[source]]")
    own = _own(rows, problems)
    merged = _merged(extended, own)
    found = _without(data.get("off", []), merged, problems)
    if problems:
        raise SourcesError("\n".join(f"{path}: {problem}" for problem in problems))
    return found


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SourcesError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourcesError(f"{path} is not TOML: {error}") from error


def _extended(data: dict[str, Any], problems: list[str]) -> list[Listed]:
    if "extends" not in data:
        return []
    if data["extends"] != EXTENDED:
        problems.append(f'extends can only be "{EXTENDED}", the list that comes with Smallprint')
        return []
    return everything(DEFAULT)


def _own(rows: object, problems: list[str]) -> list[Listed]:
    if not isinstance(rows, list):
        problems.append("a source begins with [[source]]")
        return []
    own: list[Listed] = []
    for number, row in enumerate(rows, 1):
        try:
            own.append(_entry(row))
        except ValidationError as error:
            name = (
                row.get("id", f"number {number}") if isinstance(row, dict) else f"number {number}"
            )
            problems += [f"source {name}: {_plain(detail)}" for detail in error.errors()]
    ids = [each.source.id for each in own]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    problems += [f"source {each}: the id is used twice" for each in twice]
    return own


def _merged(extended: Iterable[Listed], own: Iterable[Listed]) -> list[Listed]:
    """One of the operator's own takes the place of the one with its id."""
    merged = {each.source.id: each for each in extended}
    merged.update({each.source.id: each for each in own})
    return list(merged.values())


def _without(off: object, merged: list[Listed], problems: list[str]) -> list[Listed]:
    if not isinstance(off, list) or not all(isinstance(name, str) for name in off):
        problems.append('off is a list of ids, such as off = ["eff", "edri"]')
        return merged
    known = {each.source.id for each in merged}
    problems += [
        f"off names {name!r}, which is not in the list" for name in off if name not in known
    ]
    return [replace(each, enabled=False) if each.source.id in off else each for each in merged]


def _is_address(said: object) -> bool:
    return isinstance(said, str) and re.fullmatch(r"(https?://\S+)?", said) is not None


def _entry(row: Any) -> Listed:
    entry = _Entry.model_validate(row)
    values = entry.model_dump(exclude={"enabled", "why", "evidence"})
    values |= {"kind": SourceKind(entry.kind), "jurisdiction": frozenset(entry.jurisdiction)}
    return Listed(Source(**values), entry.enabled, entry.why, entry.evidence)


def _plain(detail: Any) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    hints = {
        "extra_forbidden": "is not a setting of a source",
        "missing": "is missing",
        "string_pattern_mismatch": f"{detail.get('input')!r} does not have the right form",
    }
    message = hints.get(detail["type"], str(detail["msg"]).removeprefix("Value error, "))
    return f"{field} {message}" if field else message
