"""Doubtful changes: they are held for a while, and told only if they last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from rapidfuzz import fuzz, process

from bot.model import Change
from bot.understand.comparison import Compared, another_edition
from bot.understand.diff import Pair
from bot.understand.document import sentences
from bot.understand.memory import Held, gone_mark
from bot.understand.text import Sentence
from bot.verdicts import Doubt, Origin, Reason, Severity, Verdict

#: Trackers look about twice a day; whatever is still there after two looks lasts.
HOLD = timedelta(hours=30)
#: A document flaps if it returned to an earlier version at least this many times,
RETURNS = 3
#: and in at least this share of its versions.
OFTEN = 0.08
#: Changes of flapping documents, and those told only in a digest, are held this many times longer.
LONGER = 3
#: If this share of a document is exchanged at once, it is another text, not an edit.
REPLACED = 0.4
#: A sentence at least this alike (0 to 100) is a told one, reworded since.
REWORDED = 70.0
#: This many new words in a row are a separate page.
NEW_PAGE_WORDS = 400


def why(found: Compared, counted: tuple[Pair, ...], held: Held) -> Doubt | None:
    """Why a change is doubtful, possibly an accident of the page or tracker; None if it is not."""
    if flaps(held):
        return Doubt.FLAPS
    if not any(pair.after for pair in counted):
        return Doubt.ONLY_GONE
    if another_edition(found):
        return Doubt.OTHER_EDITION
    if _is_replaced(found):
        return Doubt.EXCHANGED
    if any(run >= NEW_PAGE_WORDS for run in _runs(found)):
        return Doubt.WHOLE_PAGE
    return None


def hold_for(change: Change, held: Held, hold: timedelta = HOLD) -> timedelta | None:
    """How long a doubtful change waits; None if there is no doubt, or nothing to tell."""
    if change.verdict is not Verdict.MATERIAL:
        return None
    if not change.doubt:
        return None
    if flaps(held) or change.doubt is Doubt.UNSURE:
        return LONGER * hold
    return hold


def settle(change: Change, held: Held, language: str) -> Change:
    """Settle a held change whose time is over, by the document's current text.

    Raises ValueError for a change that is not in doubt.
    """
    spoken = sentences(held.text, language)
    if _stands(change, {sentence.key for sentence in spoken}) or _is_reworded(change, spoken):
        return replace(change, doubt=None, why=(*change.why, _after(Origin.LASTED, change)))
    taken_back = (_after(Origin.TAKEN_BACK, change),)
    return replace(change, verdict=Verdict.NOISE, severity=Severity.NOISE, why=taken_back)


def _stands(change: Change, now: set[int]) -> bool:
    """Whether at least half of what was added is still there, or of what was removed is not."""
    stands = [key in now for key in change.fingerprint]
    if not stands:
        stands = [key not in now for key in change.gone]
    return sum(stands) * 2 >= len(stands)


def _is_reworded(change: Change, spoken: Sequence[Sentence]) -> bool:
    """Whether a telling sentence of the change remains in other words than before the change."""
    texts = [sentence.text for sentence in spoken]
    for excerpt in change.telling:
        said = excerpt.after.rpartition(" › ")[2]
        hit = process.extractOne(said, texts, scorer=fuzz.ratio, score_cutoff=REWORDED)
        if said and hit and fuzz.ratio(excerpt.before, hit[0]) < hit[1]:
            return True
    return False


def forget(change: Change, held: Held) -> Held:
    """The memory without a change that did not last, so that it is news if it returns to stay."""
    keys = {*change.fingerprint, *map(gone_mark, change.gone)}
    return replace(held, sentences=held.sentences - keys, versions=held.versions - {change.version})


def flaps(held: Held) -> bool:
    """Whether a document keeps returning to earlier versions."""
    return held.returns >= max(RETURNS, OFTEN * held.lived)


def _after(end: Origin, change: Change) -> Reason:
    """How the wait of a held change ended, and what its doubt was."""
    if change.doubt is None:
        raise ValueError(f"{change.uid} is not in doubt")
    return Reason(end, (change.doubt,))


def _is_replaced(found: Compared) -> bool:
    """Whether much of both versions is in sentences without a counterpart."""
    gone = come = 0
    for pair in found.pairs:
        before, after = pair.texts
        if not pair.after:
            gone += len(before)
        elif not pair.before:
            come += len(after)
    old, new = found.texts
    return gone > REPLACED * len(old) and come > REPLACED * len(new)


def _runs(found: Compared) -> list[int]:
    """The lengths, in words, of runs of new sentences without an older wording."""
    new = {pair.after.key for pair in found.pairs if pair.after and not pair.before}
    runs = [0]
    for sentence in found.new:
        if sentence.key in new:
            runs[-1] += sentence.words
        elif runs[-1]:
            runs.append(0)
    return runs
