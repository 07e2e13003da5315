"""The list of sources: a small TOML file, validated with messages for people."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.model import Source, SourceKind

DEFAULT = Path(__file__).with_name("sources.toml")
#: The only value of `extends`.
EXTENDED = "default"
NO_ADDRESS = "collections is not an address that begins with https:// or http://"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SECTIONS = frozenset({"source", "extends", "off", "collections"})


class SourcesError(Exception):
    """The list is invalid; the message has one line for each problem."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A source in a list: whether it is on, why it is listed, and when that was checked.

    `evidence` is an ISO day, month or year, or "".
    """

    source: Source
    enabled: bool = True
    why: str = ""
    evidence: str = ""


def _seconds(value: object) -> object:
    """Seconds from a text such as "30m"; anything else is left to the validation."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+)\s*([smhd])", value.strip())
    if match is None:
        return value
    return int(match[1]) * _UNITS[match[2]]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    kind: SourceKind
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
        if self.kind is SourceKind.GITHUB and not self.github:
            raise ValueError('a github source needs github = "owner/repository"')
        if self.kind is not SourceKind.GITHUB and not self.url:
            raise ValueError("this kind of source needs a url")
        if self.kind is SourceKind.COLLECTION and not self.url.endswith("/"):
            raise ValueError("the url of a collection ends with /")
        return self


def listed(setting: str) -> list[Source]:
    """The sources that are on, in the operator's list or else the default. Raises SourcesError."""
    return load(path_of(setting))


def path_of(setting: str) -> Path:
    """The file that the setting names, or the default list."""
    return Path(setting) if setting else DEFAULT


def collections(setting: str) -> str:
    """The URL of the published list by which moved collections are followed, or "".

    Raises SourcesError.
    """
    path = path_of(setting)
    data = _toml(path)
    said = data.get("collections")
    if said is None and data.get("extends") == EXTENDED:
        said = _toml(DEFAULT).get("collections")
    if said is None:
        return ""
    if not _is_address(said):
        raise SourcesError(f"{path}: {NO_ADDRESS}")
    return str(said)


def load(path: Path) -> list[Source]:
    """The sources that are on, in the order of the list.

    Raises SourcesError with all problems.
    """
    return [each.source for each in everything(path) if each.enabled]


def everything(path: Path) -> list[Listed]:
    """All sources of a file and of the list that it extends, on and off. Raises SourcesError."""
    data = _toml(path)
    problems = [f"unknown section [{name}]" for name in data if name not in _SECTIONS]
    if not _is_address(data.get("collections", "")):
        problems.append(NO_ADDRESS)
    extended = _extended(data, problems)
    rows = data.get("source", [])
    if "extends" not in data and not rows:
        raise SourcesError(f"{path} has no [[source]]")
    merged = _merged(extended, _own(rows, problems))
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
    """The sources of the file itself; problems are appended to `problems`."""
    if not isinstance(rows, list):
        problems.append("a source begins with [[source]]")
        return []
    own: list[Listed] = []
    for number, row in enumerate(rows, 1):
        try:
            own.append(_entry(row))
        except ValidationError as error:
            name = _name(row, number)
            problems += [f"source {name}: {_plain(detail)}" for detail in error.errors()]
    ids = Counter(each.source.id for each in own)
    for each in sorted(ids):
        if ids[each] > 1:
            problems.append(f"source {each}: the id is used twice")
    return own


def _name(row: object, number: int) -> object:
    """The name of a source in a message: its id, or else its place in the list."""
    place = f"number {number}"
    if not isinstance(row, dict):
        return place
    return row.get("id", place)


def _merged(extended: Iterable[Listed], own: Iterable[Listed]) -> list[Listed]:
    """Both lists; an operator's source replaces the one with the same id."""
    return list({each.source.id: each for each in (*extended, *own)}.values())


def _without(off: object, merged: list[Listed], problems: list[str]) -> list[Listed]:
    """The list, with the sources that `off` names switched off."""
    ids = _ids(off)
    if ids is None:
        problems.append('off is a list of ids, such as off = ["eff", "edri"]')
        return merged
    known = {each.source.id for each in merged}
    for name in ids:
        if name not in known:
            problems.append(f"off names {name!r}, which is not in the list")
    return [replace(each, enabled=each.enabled and each.source.id not in ids) for each in merged]


def _ids(off: object) -> list[str] | None:
    """A list of ids, or None for anything else."""
    if not isinstance(off, list):
        return None
    ids = [name for name in off if isinstance(name, str)]
    return ids if len(ids) == len(off) else None


def _is_address(said: object) -> bool:
    return isinstance(said, str) and re.fullmatch(r"(https?://\S+)?", said) is not None


def _entry(row: Any) -> Listed:
    entry = _Entry.model_validate(row)
    values = entry.model_dump(exclude={"enabled", "why", "evidence"})
    values["jurisdiction"] = frozenset(entry.jurisdiction)
    return Listed(Source(**values), entry.enabled, entry.why, entry.evidence)


def _plain(detail: Any) -> str:
    """A validation error in words for people."""
    field = ".".join(str(part) for part in detail["loc"])
    hints = {
        "extra_forbidden": "is not a setting of a source",
        "missing": "is missing",
        "string_pattern_mismatch": f"{detail.get('input')!r} does not have the right form",
    }
    message = hints.get(detail["type"], str(detail["msg"]).removeprefix("Value error, "))
    if not field:
        return message
    return f"{field} {message}"
