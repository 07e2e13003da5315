"""What a document has held: learnt with each version, and merged where its past is read later."""

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
    """What we hold of a document: its last text and the memory of what it has had.

    `sentences` and `versions` are hashes; `version` is that of `text`. Of `lived` versions,
    `returns` came back to an earlier one. `pages` are the source documents of the last one.
    `readers` are those for whom it is written, None where nobody has looked.
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
    """What is known of a document besides its texts: whose edition it is, and its language.

    `jurisdiction` are the countries, as ISO codes, whose edition the collection sees.
    `controllers` are the companies that answer to people in Europe, `noted` is for whom the text
    is as somebody noted it. `europe_is_read` says that the edition for people in Europe is read
    elsewhere.
    """

    jurisdiction: frozenset[str] = frozenset()
    language: str = "en"
    controllers: tuple[str, ...] = ()
    noted: Readers = Readers.UNKNOWN
    europe_is_read: bool = False


def document_of(item: Item) -> Document:
    """The document that an item recorded a version of. Raises ValueError for what people wrote."""
    if item.document is None:
        raise ValueError(f"{item.uid} is no record of a document")
    return item.document


def learn(item: Item, text: str, held: Held | None = None, language: str = "en") -> Held:
    """The memory of a document once it has held `text`, cut into sentences as its language is.

    Raises ValueError where the item is no record of a document.
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
    """Merge what a document held in the past, as it was read later, into its memory of today."""
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
    """The key that memory keeps of a sentence that went for good."""
    return key ^ _GONE


def _learn_first(document: Document, item: Item, text: str, language: str) -> Held:
    keys = _keys(sentences(text, language), item)
    version = version_of(text, language)
    versions = frozenset({version})
    return Held(document, text, item.when, keys, versions, version, pages=item.pages)


def _gone(old: Iterable[Sentence], kept: frozenset[int]) -> set[int]:
    """The marks of the sentences that went, and are not among those kept."""
    gone = set[int]()
    for sentence in old:
        if sentence.text and sentence.key not in kept:
            gone.add(gone_mark(sentence.key))
    return gone


def _keys(spoken: Iterable[Sentence], item: Item) -> frozenset[int]:
    """What memory keeps of sentences: their keys, and the days that they announce."""
    told = [sentence for sentence in spoken if sentence.text]
    marks = {announcements.mark(day) for _, day in announcements.ahead(told, item.when.date())}
    return frozenset({sentence.key for sentence in told} | marks)
