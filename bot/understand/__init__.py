"""What a change means. Pure: texts and memory in, a change and a new memory out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.model import Area, Change, Excerpt, Held, Item, OptOut, Record, Verdict
from bot.understand import dates, optout, regions, significance, topics
from bot.understand.diff import Pair, pairs
from bot.understand.names import Names
from bot.understand.text import Sentence, hash_of, plain, sentences

#: How much of a sentence an excerpt keeps; the rest is behind the source link.
EXCERPT = 600

_NEWS_CUE = re.compile(
    r"privacy polic|terms of (?:service|use)|user agreement|opt[- ]?out|opting out|train\w* (?:\w+ ){0,4}(?:AI|models?)|"
    r"your data|legitimate interest|datenschutz|conditions générales|confidentialité|informativa|privacidad",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What is known of a document besides its texts."""

    jurisdiction: frozenset[str] = frozenset()
    language: str = "en"


def learn(item: Item, text: str, held: Held | None = None, language: str = "en") -> Held:
    """The memory of a document once it has held `text`, cut into sentences as its language is."""
    assert item.document, "only records of a document can be learnt"
    keys = frozenset(sentence.key for sentence in sentences(text, language))
    known = (held.sentences, held.versions) if held else (frozenset(), frozenset())
    return Held(item.document, text, item.when, known[0] | keys, known[1] | {hash_of(text)})


def understand_change(item: Item, held: Held, text: str, edition: Edition, names: Names) -> Change:
    """Compare the text that an item recorded with what its document has held."""
    assert item.document, "only records of a document can be compared"
    bare = _bare(item, names)
    if hash_of(text) in held.versions:
        return replace(bare, verdict=Verdict.NOISE, why=("it restores an earlier version, word for word",))
    old, new = sentences(held.text, edition.language), sentences(text, edition.language)
    verdict, why, counted = significance.judge(pairs(old, new), held.sentences, old, new)
    if verdict is Verdict.NOISE:
        return replace(bare, verdict=verdict, why=why)
    added = [pair.after for pair in counted if pair.after]
    removed = [pair.before for pair in counted if pair.before]
    service = names.get(bare.services[0])
    told = significance.telling(counted)
    return replace(
        bare,
        verdict=verdict,
        why=why,
        area=_area(added or removed, text, edition),
        effective=_effective(added, old, new, item.when.date()),
        topics=topics.of(sentence.text for sentence in added or removed),
        opt_out=optout.of(added, removed, new),
        links=optout.links(added, service.domains if service else ()),
        excerpts=tuple(_excerpt(pair) for pair in told),
        fingerprint=tuple(sorted(sentence.key for sentence in added)[:500]),
    )


def understand_unread(item: Item, names: Names) -> Change:
    """A recorded change whose text could not be had: told as it is, because silence would lose it."""
    why = ("the text could not be fetched, so this is told as it was recorded",)
    return replace(_bare(item, names), verdict=Verdict.MATERIAL, why=why)


def understand_text(item: Item, names: Names) -> Change:
    """A memo or an article: the services, dates and places that its words give."""
    known = tuple(dict.fromkeys(names.of_folder(name) for name in item.services))
    services = known or _services_in(item, names)
    spoken = sentences(f"{item.title}\n\n{item.text}")
    body = " ".join(sentence.text for sentence in spoken)
    relevant = bool(known) or bool(services and _NEWS_CUE.search(body))
    verdict = Verdict.MATERIAL if relevant else Verdict.NOISE
    why = "a memo of Open Terms Archive" if known else "an article about what this service does with data"
    effective = dates.effective(body, item.when.date()) or _stated(item, body)
    return Change(
        uid=item.uid, services=services, terms_type=", ".join(item.terms_types), recorded=item.when,
        title=plain(item.title)[:300], link=item.link, record=item.record, commits=item.commits,
        verdict=verdict, why=(why if relevant else "not about the terms of a service we know",),
        area=regions.stated(item.title, [sentence.text for sentence in spoken[1:]]), effective=effective, topics=topics.of(s.text for s in spoken),
        opt_out=OptOut.AVAILABLE if optout.offered(body) else OptOut.NONE,
        excerpts=tuple(Excerpt("", s.text[:EXCERPT]) for s in _gist(spoken)),
    )  # fmt: skip


def _bare(item: Item, names: Names) -> Change:
    assert item.document
    document = item.document
    return Change(
        uid=item.uid, services=(names.of_folder(document.service),), terms_type=document.terms_type,
        recorded=item.when, title=item.title, link=item.link, record=item.record,
        collection=document.collection, verdict=Verdict.NOISE, why=(),
    )  # fmt: skip


def _area(changed: list[Sentence], text: str, edition: Edition) -> Area:
    return regions.area_of(changed, regions.definitions(plain(text)), edition.jurisdiction)


def _effective(added: Sequence[Sentence], old: Sequence[Sentence], new: Sequence[Sentence], recorded: date) -> date | None:
    """From what was added; else from a date that moved; else from the head of the document, where policies state it."""
    was = {sentence.text for sentence in old}
    moved = [sentence for sentence in new if sentence.text not in was]
    for texts in (added, moved, new[:12]):
        if found := dates.effective(" ".join(sentence.text for sentence in texts), recorded):
            return found
    return None


def _stated(item: Item, body: str) -> date | None:
    """An article that names one future day means that one."""
    ahead = {day for _, _, day in dates.find(body) if day >= item.when.date()}
    return ahead.pop() if len(ahead) == 1 else None


def _services_in(item: Item, names: Names) -> tuple[str, ...]:
    """An article is about the services its title names; what it mentions in passing does not count."""
    return names.in_text(item.title)[:3]


def _gist(spoken: Sequence[Sentence]) -> list[Sentence]:
    """Up to two sentences of an article that say the most."""
    pairs_of_one = [Pair(None, sentence) for sentence in spoken[1:] if len(sentence.text) > 40]
    return [pair.after for pair in significance.telling(pairs_of_one[:60], limit=2) if pair.after]


def _excerpt(pair: Pair) -> Excerpt:
    before, after = (side.text if side else "" for side in (pair.before, pair.after))
    return Excerpt(_around(before, after), _around(after, before))


def _around(text: str, other: str) -> str:
    """A long sentence from a little before its first difference on."""
    if len(text) <= EXCERPT:
        return text
    same = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = text.rfind(" ", 0, max(same - EXCERPT // 3, 0)) + 1
    cut = text[start : start + EXCERPT].rsplit(" ", 1)[0]
    return ("… " if start else "") + cut + (" …" if start + len(cut) < len(text) else "")


__all__ = ["Edition", "Record", "learn", "understand_change", "understand_text", "understand_unread"]
