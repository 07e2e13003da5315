"""A line that a person might type, with its meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Utterance:
    """A typed line (`text`, in the language `lang`), said after `context`, with its meaning.

    `wanted` are further conditions, by intent: `days`, `until`, `quiet`, `level` and so on; `any`
    makes one of the services enough, `also` are intents that serve as well. `must_not` names what
    must not be done unasked. `given` is the whole row, for the report.
    """

    id: str
    lang: str
    text: str
    context: str
    intent: str
    services: tuple[str, ...]
    regions: tuple[str, ...]
    wanted: dict[str, Any]
    must_not: frozenset[str]
    given: dict[str, Any] = field(repr=False)

    @property
    def means(self) -> str:
        """The intent and its conditions in one line."""
        wanted = json.dumps(self.wanted) if self.wanted else ""
        said = (self.intent, ",".join(self.services), ",".join(self.regions), wanted)
        return " ".join(filter(None, said))

    def each(self, command: str) -> list[str]:
        """A command line for each of the services."""
        return [f"{command} {service}" for service in self.services]


def read(path: Path) -> Iterator[Utterance]:
    """The utterances of a file, one JSON object per line. Raises ValueError, naming the line."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield parse(json.loads(line))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: {error!r}") from error


def parse(row: dict[str, Any]) -> Utterance:
    """The utterance that a row describes. Raises KeyError if a field is missing."""
    banned = {each.strip() for each in row["must_not"].split(",")}
    return Utterance(
        id=row["id"],
        lang=row["lang"],
        text=row["text"],
        context=row["context"] or "",
        intent=row["intent"],
        services=tuple(row["services"]),
        regions=tuple(row["regions"]),
        wanted=dict(row["args"]),
        must_not=frozenset(banned - {""}),
        given=row,
    )
