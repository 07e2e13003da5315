"""Replay of a whole repository with the service's own decisions, without a database."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from bot import catalogue
from bot.catalogue.names import Names
from bot.model import Change, Document, Item, Record, Story
from bot.understand import Edition
from bot.understand import hold as holding
from bot.understand.decide import Hold, Publish, Reading, Skip, decide, settle
from bot.understand.memory import Held
from bot.understand.model import Model
from bot.understand.stories import could_join, story_from
from bot.verdicts import Verdict
from lab.replay.archive import Archive, Version


@dataclass(frozen=True, slots=True)
class Lived:
    """A recorded version and its final result.

    `held` says that it had to wait, `joined` that it became part of a told story. `story` is the
    number of its story; `when` is the time of the decision.
    """

    version: Version
    change: Change
    held: bool = False
    joined: bool = False
    story: int | None = None
    when: datetime | None = None

    @property
    def alerted(self) -> bool:
        """Whether people are alerted to it."""
        return self.told and not self.noted

    @property
    def noted(self) -> bool:
        """Whether it only ends a story: a quiet note to those who were told."""
        return self.told and self.change.record is Record.TAKEN_BACK

    @property
    def told(self) -> bool:
        """Whether anybody hears of it, by an alert or by a note."""
        return self.change.verdict is Verdict.MATERIAL


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A held change, ordered by due time."""

    until: datetime
    number: int
    document: Document = field(compare=False)
    version: Version = field(compare=False)
    item: Item = field(compare=False)
    change: Change = field(compare=False)


@dataclass(slots=True)
class Life:
    """A replay of a collection's archive, version by version; doubtful changes wait for `hold`.

    `language` is that of its texts. `model_of` returns the model for a version, or None for the
    packaged one. `before` is called with each version and its reading.
    """

    archive: Archive
    hold: timedelta = holding.HOLD
    names: Names = field(default_factory=lambda: catalogue.load().names)
    language: str = "en"
    model_of: Callable[[Version], Model | None] = lambda _version: None
    before: Callable[[Version, Reading], None] = lambda _version, _reading: None
    _memory: dict[Document, tuple[Held, bytes]] = field(default_factory=dict)
    _stories: dict[int, Story] = field(default_factory=dict)
    _waiting: list[Waiting] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    @property
    def edition(self) -> Edition:
        """The edition that the collection sees, inferred from its name."""
        if self.archive.name.endswith("ie"):
            return Edition(frozenset({"IE"}), self.language)
        return Edition(frozenset(), self.language)

    def live(self, wanted: Callable[[Version], bool] = lambda _: True) -> Iterator[Lived]:
        """Each version of the wanted documents with a verdict, as soon as that is final."""
        for version in filter(wanted, self.archive.versions):
            yield from self._settle_due(version.when)
            document = Document(self.archive.name, version.service, version.terms_type)
            reading = self._read(version, document)
            self.before(version, reading)
            decision = decide(reading, self.names, self.hold, self.model_of(version))
            if isinstance(decision, Hold):
                self._keep(version, document, reading.item, decision)
            else:
                yield from self._write(version, decision)
        yield from self._settle_due(None)

    def _read(self, version: Version, document: Document) -> Reading:
        item = Item(
            uid=f"commit:{version.commit}",
            source=document.collection,
            record=version.record,
            when=version.when,
            title=version.subject,
            link="",
            document=document,
            pages=version.pages,
        )
        return Reading(
            item,
            self.edition,
            text=self.archive.text(version),
            memory=self.remembered(document),
            told=self._told(self.names.services_of(item), version.when),
        )

    def _settle_due(self, now: datetime | None) -> Iterator[Lived]:
        """Settle the held changes that are due by `now`, or all if it is None."""
        while self._waiting and (now is None or self._waiting[0].until <= now):
            due = heapq.heappop(self._waiting)
            told = self._told(due.change.services, due.change.recorded)
            memory = self.remembered(due.document)
            settled = settle(due.change, Reading(due.item, self.edition, memory=memory, told=told))
            yield from self._write(due.version, settled, due.until)

    def _keep(self, version: Version, document: Document, item: Item, decision: Hold) -> None:
        """Put a doubtful change aside until it is due."""
        if decision.memory:
            self._remember(decision.memory)
        number = next(self._number)
        due = Waiting(decision.until, number, document, version, item, decision.change)
        heapq.heappush(self._waiting, due)

    def _write(
        self, version: Version, decision: Publish | Skip, until: datetime | None = None
    ) -> Iterator[Lived]:
        """Store the decision about a version, which had to wait until `until`."""
        if decision.memory:
            self._remember(decision.memory)
        if isinstance(decision, Skip):
            return
        change, story = decision.change, decision.story
        number = None
        if change.verdict is Verdict.MATERIAL:
            number = self._tell(change, story)
        held, when = until is not None, until or version.when
        yield Lived(version, change, held, story is not None, number, when)

    def _tell(self, change: Change, story: Story | None) -> int:
        """Store a told change; returns the number of its story."""
        if story is None:
            number = next(self._number)
            self._stories[number] = story_from(number, (change,))
            return number
        self._stories[story.id] = story_from(story.id, (*story.parts, change))
        return story.id

    def _told(self, services: tuple[str, ...], when: datetime) -> list[Story]:
        return [story for story in self._stories.values() if could_join(services, when, story)]

    def remembered(self, document: Document) -> Held | None:
        """The current memory of a document, or None."""
        if document not in self._memory:
            return None
        held, text = self._memory[document]
        return replace(held, text=zlib.decompress(text).decode())

    def _remember(self, held: Held) -> None:
        """Store a memory with its text compressed, because a collection has hundreds."""
        text = zlib.compress(held.text.encode("utf-8", "replace"))
        self._memory[held.document] = (replace(held, text=""), text)
