"""Gathering of examples: each labelled change as the product saw it, and whether it lasted."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.model import Document
from bot.understand import features, hold
from bot.understand.comparison import compare
from bot.understand.decide import Reading
from bot.understand.diff import Pair
from bot.understand.document import sentences
from bot.understand.significance import undecided
from bot.understand.traits import Traits
from bot.verdicts import Noise
from lab.eval.life import Life
from lab.replay.archive import GitArchive, Version
from lab.train.examples import Example, Label

#: The languages of collections that are not in English.
LANGUAGES = {"france": "fr"}


@dataclass(frozen=True, slots=True, order=True)
class _Pending:
    """An example that is checked again at the time when it would be told."""

    until: datetime
    number: int
    document: Document = field(compare=False)
    came: frozenset[int] = field(compare=False)
    went: frozenset[int] = field(compare=False)


def gather(bundle: Path, labels: Sequence[Label]) -> list[Example]:
    """The examples of a collection: its labelled changes that got a verdict."""
    archive = GitArchive(bundle)
    language = LANGUAGES.get(archive.name, "en")
    gathering = _Gathering({label["sha"]: label for label in labels}, language)
    documents = {label["document"] for label in labels}
    life = Life(archive, language=language, before=gathering.look)
    gathering.life = life

    def is_wanted(version: Version) -> bool:
        return f"{version.service}/{version.terms_type}" in documents

    for _ in life.live(is_wanted):
        pass
    gathering.settle(None)
    return gathering.found


@dataclass(slots=True)
class _Gathering:
    """Collects examples from the versions of a replay."""

    labels: dict[str, Label]
    language: str
    life: Life | None = None
    found: list[Example] = field(default_factory=list)
    _pending: list[_Pending] = field(default_factory=list)

    def look(self, version: Version, reading: Reading) -> None:
        """Make an example of a labelled version; settle those whose time has come."""
        self.settle(version.when)
        label = self.labels.get(version.commit)
        if label is None or reading.memory is None or reading.text is None:
            return
        item = reading.item
        compared = compare(reading.memory, reading.text, self.language, item.pages)
        recorded = item.when.date()
        left = undecided(compared, reading.memory, recorded)
        if isinstance(left, Noise):
            self.found.append(Example(label, {}, left.value))
            return
        seen = features.of_change(compared, left, reading.memory, recorded)
        self.found.append(Example(label, seen, pairs=left, terms_type=version.terms_type))
        if not _is_sure_to_last(seen):
            self._wait(version, left)

    def settle(self, now: datetime | None) -> None:
        """Determine whether waiting examples lasted until `now`, or until the end if it is None."""
        while self._pending and (now is None or self._pending[0].until <= now):
            due = heapq.heappop(self._pending)
            held = self.life.remembered(due.document) if self.life else None
            if held is None:
                continue
            keys = {sentence.key for sentence in sentences(held.text, self.language)}
            if not _stands(due, keys):
                self.found[due.number] = replace(self.found[due.number], lasted=False)

    def _wait(self, version: Version, left: Sequence[Pair]) -> None:
        came = frozenset(pair.after.key for pair in left if pair.after)
        went = frozenset(pair.before.key for pair in left if pair.before and not pair.after)
        name = self.life.archive.name if self.life else ""
        document = Document(name, version.service, version.terms_type)
        until = version.when + hold.LONGER * hold.HOLD
        number = len(self.found) - 1
        heapq.heappush(self._pending, _Pending(until, number, document, came, went))


def _is_sure_to_last(seen: Traits) -> bool:
    """Whether it has a new date or an announced day, which do not flap."""
    return bool(seen.get("change newly dated") or seen.get("change announced"))


def _stands(due: _Pending, keys: set[int]) -> bool:
    """Whether at least half of a change is still in place."""
    if due.came:
        return 2 * len(due.came & keys) >= len(due.came)
    return 2 * len(due.went - keys) >= len(due.went)
