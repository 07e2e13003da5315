"""A recorded version of a document as a change: what came, what went, and how much it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.catalogue.names import Names
from bot.model import Change, Excerpt, Held, Item, Verdict
from bot.reasons import Noise, Origin, Reason
from bot.understand import (
    announcements,
    boilerplate,
    dates,
    hold,
    opt_out,
    places,
    significance,
    topics,
)
from bot.understand.diff import Pair
from bot.understand.document import sentences
from bot.understand.memory import Edition
from bot.understand.text import Sentence

#: How much of a sentence an excerpt keeps; the rest is behind the source link.
EXCERPT = 600
#: How much of the words that introduce a list stand before an entry.
INTRODUCED = 120


def understand_change(item: Item, held: Held, text: str, edition: Edition, names: Names) -> Change:
    """Compare the text that an item recorded with what its document has held."""
    assert item.document, "only records of a document can be compared"
    bare = _bare(item, names)
    found = significance.compared(held, text, edition.language, item.pages)
    judged = (
        _announcement(found, item.when.date())
        or _restored(found, held)
        or significance.judge(found)
    )
    verdict, why, counted = judged.verdict, judged.why, judged.counted
    came = [pair.after for pair in found.pairs if pair.after]
    bare = replace(bare, verdict=verdict, why=why, effective=_effective(found, item.when.date()))
    if verdict is Verdict.NOISE:
        return replace(bare, opt_out=opt_out.of(came, (), text))
    added = [pair.after for pair in counted if pair.after]
    removed = [pair.before for pair in counted if pair.before]
    service = names.get(bare.services[0])
    told = significance.telling(counted)
    defined = places.definitions(text)
    return replace(
        bare,
        area=places.area_of(added or removed, defined, edition.jurisdiction),
        places=_places(counted, defined),
        topics=topics.of(_spoken(counted), item.document.terms_type),
        opt_out=opt_out.of(came, removed, text),
        links=opt_out.links(added, service.domains if service else ()),
        excerpts=tuple(_excerpt(pair) for pair in told),
        fingerprint=tuple(sorted(sentence.key for sentence in added)[:500]),
        gone=tuple(sorted(sentence.key for sentence in removed)[:500]),
        version=found.version,
        doubt=hold.why(found, counted, held) if verdict is Verdict.MATERIAL else None,
    )


def understand_first(item: Item, text: str, edition: Edition, names: Names) -> Change:
    """A first record is silent, unless it announces a change with a day to come."""
    bare = _bare(item, names)
    coming = list(announcements.ahead(sentences(text, edition.language), item.when.date()))
    if not coming:
        return replace(bare, why=(Reason(Noise.NOW_TRACKED),))
    told = [sentence for sentence, _ in coming]
    return replace(
        bare,
        verdict=Verdict.MATERIAL,
        why=(_announced(coming[0][1]),),
        effective=coming[0][1],
        topics=topics.of(sentence.text for sentence in told),
        excerpts=tuple(Excerpt("", sentence.text[:EXCERPT]) for sentence in told[:3]),
        fingerprint=tuple(sorted(sentence.key for sentence in told)[:500]),
    )


def understand_unread(item: Item, names: Names) -> Change:
    """A recorded change whose text could not be had: told as it is, because silence would lose it."""
    return replace(_bare(item, names), verdict=Verdict.MATERIAL, why=(Reason(Origin.UNREAD),))


def _restored(found: significance.Compared, held: Held) -> significance.Judgement | None:
    """A version the document has had, and of which nothing was forgotten since."""
    if (
        found.pairs
        and found.version in held.versions
        and all(s.key in found.memory for s in found.new if s.text)
    ):
        return significance.Judgement(Verdict.NOISE, (Reason(Noise.RESTORED),))
    return None


def _announcement(found: significance.Compared, recorded: date) -> significance.Judgement | None:
    """A coming day that the document has not announced before, whatever else the version does."""
    was = {sentence.text for sentence in found.old}
    fresh = [sentence for sentence in found.new if sentence.text not in was]
    coming = [
        (s, day)
        for s, day in announcements.ahead(fresh, recorded)
        if not announcements.known(day, found.memory)
    ]
    if not coming:
        return None
    others = significance.judge(found).counted
    told = tuple(
        Pair(None, sentence)
        for sentence, _ in coming
        if all(p.after is not sentence for p in others)
    )
    return significance.Judgement(Verdict.MATERIAL, (_announced(coming[0][1]),), (*told, *others))


def _announced(day: date) -> Reason:
    return Reason(Origin.ANNOUNCED, (day.isoformat(),))


def _bare(item: Item, names: Names) -> Change:
    assert item.document
    document = item.document
    return Change(
        uid=item.uid, services=(names.of_folder(document.service),), terms_type=document.terms_type,
        recorded=item.when, title=item.title, link=item.link, record=item.record,
        collection=document.collection, verdict=Verdict.NOISE, why=(),
    )  # fmt: skip


def _spoken(counted: Sequence[Pair]) -> list[str]:
    """What the pairs say, the lead of a list entry included."""
    sides = [pair.after or pair.before for pair in counted]
    return [f"{side.lead} {side.text}" if side.fragment else side.text for side in sides if side]


def _places(counted: Sequence[Pair], defined: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """The places that the change names: of a rewording those that only one side names. Addresses name none."""
    found: dict[str, None] = {}
    for pair in counted:
        sides = [
            side.text
            for side in (pair.before, pair.after)
            if side and not boilerplate.address(side.text)
        ]
        named = [places.named(text, defined) for text in sides]
        both = set(named[0]) & set(named[1]) if len(named) == 2 else set[str]()
        found.update(dict.fromkeys(code for codes in named for code in codes if code not in both))
    return tuple(found)


def _effective(found: significance.Compared, recorded: date) -> date | None:
    """From the sentences that came, or whose date moved; else from an announcement that went as its day came."""
    was, now = ({sentence.text for sentence in side} for side in (found.old, found.new))
    came = [sentence.text for sentence in found.new if sentence.text not in was]
    went = [sentence.text for sentence in found.old if sentence.text not in now]
    for texts in (came, went):
        if day := dates.effective(" ".join(filter(dates.YEAR.search, texts)), recorded):
            return day
    lines = [day for text in came if (day := dates.alone(text, recorded))]
    return lines[0] if len(lines) == 1 else None  # several are a list of changes


def _excerpt(pair: Pair) -> Excerpt:
    before, after = (_in_its_list(side) if side else "" for side in (pair.before, pair.after))
    return Excerpt(_around(before, after), _around(after, before))


def _in_its_list(sentence: Sentence) -> str:
    """A list entry behind the words that introduce it: alone it can say the opposite of what it means."""
    lead = (
        sentence.lead
        if len(sentence.lead) <= INTRODUCED
        else "… " + sentence.lead[-INTRODUCED:].partition(" ")[2]
    )
    return f"{lead} › {sentence.text}" if lead else sentence.text


def _around(text: str, other: str) -> str:
    """A long sentence from a little before its first difference on."""
    if len(text) <= EXCERPT:
        return text
    same = next(
        (i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b),
        min(len(text), len(other)),
    )
    start = text.rfind(" ", 0, max(same - EXCERPT // 3, 0)) + 1
    cut = text[start : start + EXCERPT].rsplit(" ", 1)[0]
    return ("… " if start else "") + cut + (" …" if start + len(cut) < len(text) else "")
