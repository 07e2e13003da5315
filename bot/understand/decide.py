"""The decision about an item: publish, hold or skip it, with the reasons.

Everything read is passed in; nothing is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.catalogue.names import Names
from bot.model import Change, Item, Record, Story
from bot.understand import hold as holding
from bot.understand.articles import understand_text
from bot.understand.changes import understand_change, understand_first, understand_unread
from bot.understand.memory import Edition, Held, learn
from bot.understand.model import Model
from bot.understand.narrowing import for_readers
from bot.understand.readers import readers_of
from bot.understand.stories import Mark, story_of, taken_back
from bot.verdicts import Noise, Readers, Unread, Verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read to judge an item.

    `text` is the version that the item recorded, or None if it was not available. `before` is the
    version that it replaced, which matters only if the document has no `memory`. `pages_before` is
    the number of source documents of the earlier version, 0 if unknown. `told` are the stories that
    the item could be a part of, as of `mark`.
    """

    item: Item
    edition: Edition = Edition()
    text: str | None = None
    before: str | None = None
    pages_before: int = 0
    memory: Held | None = None
    told: Sequence[Story] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """The decision to publish: the change joins `story`, or starts one if it matters.

    Noise is published too, to nobody.
    """

    change: Change
    story: Story | None = None
    memory: Held | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The decision to hold: the change is told at `until` if it lasts."""

    change: Change
    memory: Held
    until: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """The decision to tell nothing; the memory may still change."""

    why: Noise | Unread
    memory: Held | None = None


Decision = Publish | Hold | Skip


def decide(
    read: Reading, names: Names, hold: timedelta = holding.HOLD, model: Model | None = None
) -> Decision:
    """Judge an item.

    `hold` is how long a doubtful change waits; `model` replaces the packaged one. Slow for large
    texts: call it in a thread.
    """
    item = read.item
    if item.document is None:
        return _published(understand_text(item, names), read.told)
    if read.text is None:
        return _published(_unread(read, names), read.told)
    match item.record:
        case Record.CHANGE:
            return _changed(read, read.text, names, hold, model)
        case Record.FIRST:
            return _first_seen(read, read.text, names)
        case _:
            return Skip(Noise.TRACKER_CHANGED, _learnt(read, read.text))


def settle(change: Change, read: Reading) -> Publish:
    """Decide on a held change whose time is over: tell it if the document still bears it out."""
    memory = read.memory
    if memory is None:
        return _published(change, read.told)
    settled = holding.settle(change, memory, read.edition.language)
    if settled.verdict is Verdict.NOISE:
        return _published(settled, read.told, holding.forget(change, memory))
    return _published(settled, read.told)


def _first_seen(read: Reading, text: str, names: Names) -> Decision:
    """Judge a first record, which is silent unless it announces a coming change."""
    change = understand_first(read.item, text, read.edition, names)
    learnt = _learnt(read, text)
    if change.verdict is Verdict.MATERIAL:
        narrowed = for_readers(change, learnt.readers or Readers.UNKNOWN, read.edition)
        return _published(narrowed, read.told, learnt)
    return Skip(Noise.NOW_TRACKED, learnt)


def _changed(
    read: Reading, text: str, names: Names, hold: timedelta, model: Model | None
) -> Decision:
    item = read.item
    language = read.edition.language
    memory = _memory(read)
    if memory is None:
        return Skip(Unread.NOTHING_BEFORE, _learnt(read, text))
    change = understand_change(item, memory, text, read.edition, names, model)
    readers = memory.readers
    if change.verdict is not Verdict.NOISE or readers is None:
        readers = _readers(read, text)
    change = for_readers(change, readers, read.edition)
    learnt = replace(learn(item, text, memory, language), readers=readers)
    if change.verdict is not Verdict.MATERIAL:
        change = taken_back(change, learnt, read.told, language) or change
    wait = holding.hold_for(change, memory, hold)
    if wait:
        return Hold(change, learnt, item.when + wait)
    return _published(change, read.told, learnt)


def _memory(read: Reading) -> Held | None:
    """The document's memory before the item, or None if nothing is known."""
    if read.memory is not None:
        return replace(read.memory, pages=read.pages_before or read.memory.pages)
    if read.before is None:
        return None
    learnt = learn(read.item, read.before, None, read.edition.language)
    return replace(learnt, pages=read.pages_before)


def _learnt(read: Reading, text: str) -> Held:
    learnt = learn(read.item, text, read.memory, read.edition.language)
    return replace(learnt, readers=_readers(read, text))


def _readers(read: Reading, text: str) -> Readers:
    """The readers for whom a version is written."""
    terms_type = read.item.document.terms_type if read.item.document else ""
    return readers_of(text, terms_type, read.edition)


def _unread(read: Reading, names: Names) -> Change:
    """A change whose text was not available; its readers are the document's earlier ones."""
    change = understand_unread(read.item, names)
    if read.memory and read.memory.readers:
        return replace(change, readers=read.memory.readers)
    return change


def _published(change: Change, told: Sequence[Story], memory: Held | None = None) -> Publish:
    """The decision to publish; only a material change joins a story."""
    story = None
    if change.verdict is Verdict.MATERIAL:
        story = story_of(change, told)
    return Publish(change, story, memory)
