"""The memory of a document: learnt with each version, and merged with a past read later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Document, Item
from bot.understand import announcements
from bot.understand.document import differing, moved, sentences, version_of
from bot.understand.text import Sentence
from bot.verdicts import Readers

_GONE = 0x2545F4914F6CDD1D


@dataclass(frozen=True, slots=True)
class Held:
    """The memory of a document: its last text, and hashes of what it has held.

    `sentences` and `versions` are hashes; `version` is that of `text`. Of `lived` versions,
    `returns` came back to an earlier one. `pages` is the number of source documents of the last
    version. `readers` are those for whom it is written, or None if not yet determined.
    """

    document: Document
    text: str
    recorded: datetime
    sentences: frozenset[int]
    versions: frozenset[int]
    version: int
    lived: int = 1
    returns: int = 0
    pages: int = 0
    readers: Readers | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """What is known about a document besides its texts: whose edition it is, and its language.

    `jurisdiction` are the countries (ISO codes) whose edition the collection sees. `controllers`
    are the companies responsible to people in Europe. `noted` is for whom the text is according to
    the facts. `europe_is_read` says that the edition for people in Europe is read elsewhere.
    """

    jurisdiction: frozenset[str] = frozenset()
    language: str = "en"
    controllers: tuple[str, ...] = ()
    noted: Readers = Readers.UNKNOWN
    europe_is_read: bool = False


def document_of(item: Item) -> Document:
    """The document that an item recorded. Raises ValueError for a memo or an article."""
    if item.document is None:
        raise ValueError(f"{item.uid} is no record of a document")
    return item.document


def learn(item: Item, text: str, held: Held | None = None, language: str = "en") -> Held:
    """The memory of a document after it has held `text`, split into sentences by its language.

    Raises ValueError if the item is no record of a document.
    """
    document = document_of(item)
    if held is None:
        return _learn_first(document, item, text, language)
    found = differing(held.text, text, language)
    version = moved(held.version, found.shift)
    keys = _keys(found.new, item)
    came_back = version in held.versions and version != held.version
    return Held(
        document,
        text,
        item.when,
        sentences=held.sentences | keys | _gone(found.old, keys),
        versions=held.versions | {version},
        version=version,
        lived=held.lived + 1,
        returns=held.returns + came_back,
        pages=item.pages or held.pages,
        readers=held.readers,
    )


def merge(past: Held, held: Held | None, language: str = "en") -> Held:
    """Merge the memory of a document's past, read later, into its current memory."""
    if held is None:
        return past
    if held.recorded <= past.recorded:
        return past
    now = {sentence.key for sentence in sentences(held.text, language)}
    gone = {gone_mark(key) for key in past.sentences - now}
    return replace(
        held,
        sentences=held.sentences | past.sentences | gone,
        versions=held.versions | past.versions,
        lived=held.lived + past.lived,
        returns=held.returns + past.returns,
    )


def gone_mark(key: int) -> int:
    """The key in memory of a sentence that was removed."""
    return key ^ _GONE


def _learn_first(document: Document, item: Item, text: str, language: str) -> Held:
    keys = _keys(sentences(text, language), item)
    version = version_of(text, language)
    versions = frozenset({version})
    return Held(document, text, item.when, keys, versions, version, pages=item.pages)


def _gone(old: Iterable[Sentence], kept: frozenset[int]) -> set[int]:
    """The marks of removed sentences that are not kept."""
    gone = set[int]()
    for sentence in old:
        if sentence.text and sentence.key not in kept:
            gone.add(gone_mark(sentence.key))
    return gone


def _keys(spoken: Iterable[Sentence], item: Item) -> frozenset[int]:
    """The keys of sentences in memory, and of the days that they announce."""
    told = [sentence for sentence in spoken if sentence.text]
    marks = {announcements.mark(day) for _, day in announcements.ahead(told, item.when.date())}
    return frozenset({sentence.key for sentence in told} | marks)
