"""A whole repository lived through as the poller would: memory, holds and stories included, without a database."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from bot import catalogue
from bot.model import Change, Document, Held, Item, Record, Story, Verdict
from bot.replay.archive import GitArchive, Version
from bot.understand import Edition, doubt, learn, understand_change, understand_first
from bot.understand.names import Names
from bot.understand.stories import MEMORY, story_of


@dataclass(frozen=True, slots=True)
class Lived:
    """A recorded version and what came of it in the end. `held` says that it had to wait, `joined` that it
    became part of a story that was told already."""

    version: Version
    change: Change
    held: bool = False
    joined: bool = False

    @property
    def alerted(self) -> bool:
        return self.change.verdict is Verdict.MATERIAL


@dataclass(slots=True)
class Life:
    archive: GitArchive
    hold: timedelta = doubt.HOLD
    names: Names = field(default_factory=lambda: Names(catalogue.load().services))
    _memory: dict[str, tuple[Held, bytes]] = field(default_factory=dict)
    _stories: dict[int, Story] = field(default_factory=dict)
    _waiting: list[tuple[datetime, int, Version, Change]] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    def live(self, wanted: Callable[[Version], bool] = lambda _: True) -> Iterator[Lived]:
        """Everything that was recorded of the wanted documents, each once, as soon as its verdict stands."""
        edition = Edition(frozenset({"IE"}) if self.archive.name.endswith("ie") else frozenset())
        for version in filter(wanted, self.archive.versions):
            yield from self._settle_due(version.when, edition)
            document = Document(self.archive.name, version.service, version.terms_type)
            item = Item(
                f"commit:{version.commit}", self.archive.name, version.record, version.when, version.subject, "", document,
                pages=version.pages,
            )  # fmt: skip
            text, held = self.archive.text(version), self._held(document.key)
            self._keep(learn(item, text, held, edition.language))
            if version.record is Record.CHANGE and held:
                change = understand_change(item, held, text, edition, self.names)
            elif version.record is Record.FIRST:
                change = understand_first(item, text, edition, self.names)
            else:
                continue
            if held and (wait := doubt.hold_for(change, held, self.hold)):
                heapq.heappush(self._waiting, (version.when + wait, next(self._number), version, change))
            else:
                yield self._tell(version, change)
        yield from self._settle_due(None, edition)

    def _settle_due(self, now: datetime | None, edition: Edition) -> Iterator[Lived]:
        while self._waiting and (now is None or self._waiting[0][0] <= now):
            _, _, version, change = heapq.heappop(self._waiting)
            key = Document(self.archive.name, version.service, version.terms_type).key
            held = self._held(key)
            assert held, "what was held was learnt"
            settled = doubt.settle(change, held, edition.language)
            if settled.verdict is Verdict.NOISE:
                self._keep(doubt.forget(change, held))
            yield self._tell(version, settled, held=True)

    def _held(self, key: str) -> Held | None:
        held, text = self._memory.get(key, (None, b""))
        return held and replace(held, text=zlib.decompress(text).decode())

    def _keep(self, held: Held) -> None:
        """Texts are kept small: a collection has hundreds of them."""
        self._memory[held.document.key] = (replace(held, text=""), zlib.compress(held.text.encode("utf-8", "replace")))

    def _tell(self, version: Version, change: Change, held: bool = False) -> Lived:
        if change.verdict is not Verdict.MATERIAL:
            return Lived(version, change, held)
        # As the poller asks its store: stories of other services are not looked at.
        near = [
            story for story in self._stories.values()
            if change.recorded - story.lead.recorded <= MEMORY and any(set(p.services) & set(change.services) for p in story.parts)
        ]  # fmt: skip
        story = story_of(change, near)
        grown = Story(story.id, story.lead, (*story.joined, change)) if story else Story(next(self._number), change)
        self._stories[grown.id] = grown
        return Lived(version, change, held, joined=story is not None)
