"""A recorded version of a document as a change: what was added and removed, and its weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain

from bot.catalogue.names import Names
from bot.model import Change, Item
from bot.understand import (
    announcements,
    boilerplate,
    effective_dates,
    excerpts,
    hold,
    opt_out,
    places,
    roles,
    topic_model,
    topics,
)
from bot.understand.comparison import Compared, compare
from bot.understand.diff import Pair
from bot.understand.document import sentences
from bot.understand.features import is_newly_dated
from bot.understand.memory import Edition, Held, document_of
from bot.understand.model import Model
from bot.understand.significance import Judgement, judge
from bot.understand.text import Sentence
from bot.verdicts import Doubt, Excerpt, Noise, Origin, Reason, Role, Severity, Verdict

#: The most sentences of a change that are kept to recognise it.
FINGERPRINT_SENTENCES = 500


def understand_change(
    item: Item,
    held: Held,
    text: str,
    edition: Edition,
    names: Names,
    model: Model | None = None,
) -> Change:
    """Compare the text that an item recorded with what its document has held.

    `model` replaces the packaged one. Raises ValueError if the item is no record of a document.
    """
    found = compare(held, text, edition.language, item.pages)
    judged = _judge(found, held, item.when.date(), model)
    bare = replace(
        _bare(item, names),
        verdict=judged.verdict,
        why=judged.why,
        severity=judged.severity,
        probability=judged.probability,
        direction=judged.direction,
        at_once=judged.at_once,
        effective=effective_dates.of(found, item.when.date()),
        language=_language(found, edition),
    )
    if judged.verdict is Verdict.NOISE:
        return bare
    added = [pair.after for pair in judged.counted if pair.after]
    removed = [pair.before for pair in judged.counted if pair.before]
    defined = places.definitions(text)
    shown = excerpts.passages(judged.counted, found, defined)
    return replace(
        bare,
        # Of everything that differs: the counted part is chosen by weight, and may be of one
        # country.
        area=places.area_of(_both_sides(found.pairs), defined, edition.jurisdiction),
        places=_places(judged.counted, defined),
        topics=topic_model.of(judged.counted, bare.terms_type),
        roles=_roles(judged.counted, bare, item),
        opt_out=opt_out.of(found.pairs, found.memory),
        links=opt_out.links(added, _domains(bare, names)),
        excerpts=shown,
        unshown=len(judged.counted) - len(shown),
        fingerprint=_fingerprint(added),
        gone=_fingerprint(removed),
        version=found.version,
        doubt=_doubt(found, judged, held, item.when.date()),
    )


def understand_first(item: Item, text: str, edition: Edition, names: Names) -> Change:
    """A first record as a change: noise, unless it announces a change for a future day.

    Raises ValueError if the item is no record of a document.
    """
    bare = _bare(item, names)
    # A label such as "(effective 29 October)" says nothing about what will change.
    said = [each for each in sentences(text, edition.language) if not each.fragment]
    coming = list(announcements.ahead(said, item.when.date()))
    if not coming:
        return replace(bare, why=(Reason(Noise.NOW_TRACKED),))
    _, day = coming[0]
    told = [sentence for sentence, _ in coming]
    effective = effective_dates.of_text(told, item.when.date(), edition.language)
    shown = [sentence.text[: excerpts.EXCERPT_CHARACTERS] for sentence in told[:3]]
    return replace(
        bare,
        language=edition.language,
        verdict=Verdict.MATERIAL,
        severity=Severity.SHOULD_KNOW,
        why=(_announced(day),),
        effective=effective or day,
        topics=topics.of(sentence.text for sentence in told),
        roles=_roles([Pair(None, sentence) for sentence in told], bare, item),
        excerpts=tuple(Excerpt("", words) for words in shown),
        fingerprint=_fingerprint(told),
    )


def understand_unread(item: Item, names: Names) -> Change:
    """A recorded change whose text was not available: material, because silence would lose it.

    Raises ValueError if the item is no record of a document.
    """
    return replace(
        _bare(item, names),
        verdict=Verdict.MATERIAL,
        severity=Severity.SHOULD_KNOW,
        why=(Reason(Origin.UNREAD),),
    )


def _judge(found: Compared, held: Held, recorded: date, model: Model | None) -> Judgement:
    judged = judge(found, held, recorded, model)
    coming = announcements.news(found.old, found.new, found.memory, recorded)
    if not coming:
        return judged
    told = [sentence for sentence, _ in coming if not _is_newer_side(sentence, judged.counted)]
    return replace(
        judged,
        why=(_announced(coming[0][1]),),
        counted=(*(Pair(None, sentence) for sentence in told), *judged.counted),
        severity=max(judged.severity, Severity.SHOULD_KNOW),
        probability=1.0,
        at_once=True,
    )


def _language(found: Compared, edition: Edition) -> str:
    """The language of a text: the collection's, English, or "" if it seems to be neither."""
    if found.language in (edition.language, "en"):
        return found.language or ""
    return ""


def _is_newer_side(sentence: Sentence, pairs: Iterable[Pair]) -> bool:
    return any(pair.after is sentence for pair in pairs)


def _announced(day: date) -> Reason:
    return Reason(Origin.ANNOUNCED, (day.isoformat(),))


def _doubt(found: Compared, judged: Judgement, held: Held, recorded: date) -> Doubt | None:
    """Why a change is held until it proves lasting, or None. Only material changes are."""
    if judged.verdict is not Verdict.MATERIAL:
        return None
    doubt = hold.why(found, judged.counted, held)
    if doubt or judged.at_once or is_newly_dated(found, recorded):
        return doubt
    return Doubt.UNSURE


def _bare(item: Item, names: Names) -> Change:
    """The change as far as the record describes it, before its text is read."""
    document = document_of(item)
    return Change(
        uid=item.uid,
        services=(names.of_folder(document.service),),
        terms_type=document.terms_type,
        recorded=item.when,
        title=item.title,
        link=item.link,
        record=item.record,
        collection=document.collection,
        verdict=Verdict.NOISE,
        severity=Severity.NOISE,
        why=(),
        roles=roles.of((), document.terms_type, document.service),
    )


def _roles(pairs: Sequence[Pair], bare: Change, item: Item) -> tuple[Role, ...]:
    return roles.of(pairs, bare.terms_type, document_of(item).service)


def _domains(change: Change, names: Names) -> tuple[str, ...]:
    service = names.get(change.services[0])
    if service:
        return tuple(service.domains)
    return ()


def _fingerprint(sentences: Iterable[Sentence]) -> tuple[int, ...]:
    return tuple(sorted(sentence.key for sentence in sentences)[:FINGERPRINT_SENTENCES])


def _both_sides(pairs: Sequence[Pair]) -> list[Sentence]:
    return [side for pair in pairs for side in pair.sides]


def _places(counted: Sequence[Pair], defined: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """The places that a change names, without addresses.

    Of a rewording, only the places that one side names.
    """
    found: dict[str, None] = {}
    for pair in counted[: places.MAX_SENTENCES]:
        sides = [side.text for side in pair.sides if not boilerplate.address(side.text)]
        named = [places.named(text, defined) for text in sides]
        both = set[str]()
        if len(named) == 2:
            both = set(named[0]) & set(named[1])
        for code in chain(*named):
            if code not in both:
                found[code] = None
    return tuple(found)
