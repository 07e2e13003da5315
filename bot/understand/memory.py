"""What a document has held: learnt with each version, and merged where its past is read later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.model import Held, Item
from bot.understand import announcements, significance
from bot.understand.document import differing, moved, sentences, version_of
from bot.understand.text import Sentence


@dataclass(frozen=True, slots=True)
class Edition:
    """What is known of a document besides its texts."""

    jurisdiction: frozenset[str] = frozenset()
    language: str = "en"


def learn(item: Item, text: str, held: Held | None = None, language: str = "en") -> Held:
    """The memory of a document once it has held `text`, cut into sentences as its language is."""
    assert item.document, "only records of a document can be learnt"
    if held is None:
        spoken, version = sentences(text, language), version_of(text, language)
        return Held(
            item.document,
            text,
            item.when,
            _keys(spoken, item),
            frozenset({version}),
            version,
            pages=item.pages,
        )
    found = differing(held.text, text, language)
    version, keys = moved(held.version, found.shift), _keys(found.new, item)
    gone = {
        significance.gone_mark(sentence.key)
        for sentence in found.old
        if sentence.text and sentence.key not in keys
    }
    came_back = version in held.versions and version != held.version
    return Held(
        item.document, text, item.when, held.sentences | keys | gone, held.versions | {version}, version,
        held.lived + 1, held.returns + came_back, item.pages or held.pages,
    )  # fmt: skip


def _keys(spoken: Iterable[Sentence], item: Item) -> frozenset[int]:
    """What memory keeps of sentences: their keys, and the days that they announce."""
    told = [sentence for sentence in spoken if sentence.text]
    marks = {announcements.mark(day) for _, day in announcements.ahead(told, item.when.date())}
    return frozenset({sentence.key for sentence in told} | marks)


def merge(past: Held, held: Held | None, language: str = "en") -> Held:
    """What a document is now known to have held: the past as it was read later, under the text it has now."""
    if held is None or held.recorded <= past.recorded:
        return past
    now = {sentence.key for sentence in sentences(held.text, language)}
    gone = {significance.gone_mark(key) for key in past.sentences - now}
    return replace(
        held, sentences=held.sentences | past.sentences | gone, versions=held.versions | past.versions,
        lived=held.lived + past.lived, returns=held.returns + past.returns,
    )  # fmt: skip
