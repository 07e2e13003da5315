"""A whole repository lived through as the service would: the same decisions, without a database."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import assert_never

from bot import catalogue
from bot.catalogue.names import Names
from bot.model import Change, Document, Held, Item, Record, Story, Verdict
from bot.understand import Edition
from bot.understand import hold as holding
from bot.understand.decide import Decision, Hold, Publish, Reading, Skip, decide, settle
from bot.understand.stories import could_join, story_from
from lab.replay.archive import GitArchive, Version


@dataclass(frozen=True, slots=True)
class Lived:
    """A recorded version and what came of it in the end. `held` says that it had to wait, `joined` that it became part
    of a story that was told already, `noted` that it only ends one: a quiet note to those who were told."""

    version: Version
    change: Change
    held: bool = False
    joined: bool = False

    @property
    def alerted(self) -> bool:
        return self.change.verdict is Verdict.MATERIAL and not self.noted

    @property
    def noted(self) -> bool:
        return self.change.record is Record.TAKEN_BACK and self.change.verdict is Verdict.MATERIAL


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A held change, in the order in which they are due."""

    until: datetime
    number: int
    version: Version = field(compare=False)
    item: Item = field(compare=False)
    change: Change = field(compare=False)


@dataclass(slots=True)
class Life:
    archive: GitArchive
    hold: timedelta = holding.HOLD
    names: Names = field(default_factory=lambda: Names(catalogue.load().services))
    _memory: dict[Document, tuple[Held, bytes]] = field(default_factory=dict)
    _stories: dict[int, Story] = field(default_factory=dict)
    _waiting: list[Waiting] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    @property
    def edition(self) -> Edition:
        seen_from_ireland = self.archive.name.endswith("ie")
        return Edition(frozenset({"IE"}) if seen_from_ireland else frozenset())

    def live(self, wanted: Callable[[Version], bool] = lambda _: True) -> Iterator[Lived]:
        """What was recorded of the wanted documents and got a verdict, each once, as soon as that stands."""
        for version in filter(wanted, self.archive.versions):
            yield from self._settle_due(version.when)
            reading = self._read(version)
            yield from self._write(version, reading.item, decide(reading, self.names, self.hold))
        yield from self._settle_due(None)

    def _read(self, version: Version) -> Reading:
        document = Document(self.archive.name, version.service, version.terms_type)
        uid = f"commit:{version.commit}"
        item = Item(
            uid,
            document.collection,
            version.record,
            version.when,
            version.subject,
            "",
            document,
            pages=version.pages,
        )
        return Reading(
            item,
            self.edition,
            text=self.archive.text(version),
            memory=self._remembered(document),
            told=self._told(self.names.services_of(item), version.when),
        )

    def _settle_due(self, now: datetime | None) -> Iterator[Lived]:
        while self._waiting and (now is None or self._waiting[0].until <= now):
            due = heapq.heappop(self._waiting)
            assert due.item.document, "only changes of a document are held"
            told = self._told(due.change.services, due.change.recorded)
            memory = self._remembered(due.item.document)
            settled = settle(due.change, Reading(due.item, self.edition, memory=memory, told=told))
            yield from self._write(due.version, due.item, settled, held=True)

    def _write(
        self, version: Version, item: Item, decision: Decision, held: bool = False
    ) -> Iterator[Lived]:
        if decision.memory:
            self._remember(decision.memory)
        match decision:
            case Skip():
                return
            case Hold(change, _, until):
                heapq.heappush(
                    self._waiting, Waiting(until, next(self._number), version, item, change)
                )
            case Publish(change, story):
                if change.verdict is Verdict.MATERIAL:
                    self._tell(change, story)
                yield Lived(version, change, held, joined=story is not None)
            case _:
                assert_never(decision)

    def _tell(self, change: Change, story: Story | None) -> None:
        number, parts = (story.id, story.parts) if story else (next(self._number), ())
        self._stories[number] = story_from(number, (*parts, change))

    def _told(self, services: tuple[str, ...], when: datetime) -> list[Story]:
        return [story for story in self._stories.values() if could_join(services, when, story)]

    def _remembered(self, document: Document) -> Held | None:
        held, text = self._memory.get(document, (None, b""))
        return held and replace(held, text=zlib.decompress(text).decode())

    def _remember(self, held: Held) -> None:
        """Texts are kept small: a collection has hundreds of them."""
        self._memory[held.document] = (
            replace(held, text=""),
            zlib.compress(held.text.encode("utf-8", "replace")),
        )
