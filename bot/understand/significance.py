"""The significance of a change: its severity, probability, direction and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from bot.understand import features, grounds, noise, rewording
from bot.understand.comparison import Compared
from bot.understand.diff import Pair
from bot.understand.memory import Held
from bot.understand.model import Model, packaged
from bot.verdicts import Direction, Ground, Noise, Reason, Severity, Verdict, Weight

#: The most differences that are weighed; any more do not change the verdict.
MAX_PAIRS = 300
#: The most reversals of a rule that are given as reasons.
MAX_TURNS = 4
#: The probability from which a direction is named.
CLEAR = 0.6


@dataclass(frozen=True, slots=True)
class Judgement:
    """The severity of a change and its reasons, with the pairs that count (none if it is noise).

    `probability` is that of the change mattering; `at_once` says that it is worth a message of its
    own.
    """

    why: tuple[Reason, ...]
    counted: tuple[Pair, ...] = ()
    severity: Severity = Severity.NOISE
    probability: float = 0.0
    direction: Direction | None = None
    at_once: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict by severity."""
        if self.severity >= Severity.SHOULD_KNOW:
            return Verdict.MATERIAL
        return Verdict.MINOR if self.severity is Severity.MINOR else Verdict.NOISE


def judge(found: Compared, held: Held, recorded: date, model: Model | None = None) -> Judgement:
    """Judge a change by the differences that the noise filters leave.

    `model` replaces the packaged one.
    """
    left = undecided(found, held, recorded)
    if isinstance(left, Noise):
        return Judgement((Reason(left),))
    seen = features.of_change(found, left, held, recorded)
    return _weighed(left, found, seen, model or packaged())


def undecided(found: Compared, held: Held, recorded: date) -> tuple[Pair, ...] | Noise:
    """The pairs that only the model can judge, or why the change is certainly noise."""
    left = list(found.pairs)
    if not left:
        return Noise.FORMAT_ONLY
    if _is_restored(found, held, recorded):
        return Noise.RESTORED
    while True:
        kept, left, why = _filtered(left, found)
        if why is None:
            return tuple(kept)
        if not left:
            return why


def _filtered(pairs: list[Pair], found: Compared) -> tuple[list[Pair], list[Pair], Noise | None]:
    """The pairs kept by the filters, the pairs after those, and why none are kept, or None.

    A rule may follow hundreds of noisy sentences, so the later pairs get their turn.
    """
    kept = pairs
    behind: list[Pair] = []
    for keep, why in noise.FILTERS:
        left = keep(kept, found)
        kept = left[:MAX_PAIRS]
        behind = left[MAX_PAIRS:] + behind
        if not kept:
            return kept, behind, why
    return kept, behind, None


def _is_restored(found: Compared, held: Held, recorded: date) -> bool:
    """Whether the document has had this version, and none of it was forgotten since.

    An old text under a new date was decided anew.
    """
    if found.version not in held.versions:
        return False
    if features.is_newly_dated(found, recorded):
        return False
    return all(sentence.key in found.memory for sentence in found.new if sentence.text)


def _weighed(
    counted: tuple[Pair, ...], found: Compared, seen: Mapping[str, float], model: Model
) -> Judgement:
    matters = model.answer("matters", seen)
    must = model.answer("must", seen)
    thresholds = model.thresholds
    is_told = max(matters, must) >= thresholds["digest"]
    # Both must agree: MUST_KNOW is rare, so a small chance of it alone would say too much.
    is_pressing = is_told and must * matters >= thresholds["now"]
    decided = model.answer("decided", seen) >= thresholds["decided"]
    severity = _severity(is_told, is_pressing, decided)
    return Judgement(
        tuple(_reasons(counted, found, seen, model, is_told)),
        noise.without_links(counted),
        severity,
        round(max(matters, must), 3),
        _direction(seen, model),
        at_once=is_pressing,
    )


def _severity(is_told: bool, is_pressing: bool, decided: bool) -> Severity:
    if is_pressing:
        return Severity.MUST_KNOW
    if is_told:
        return Severity.SHOULD_KNOW
    return Severity.MINOR if decided else Severity.NOISE


def _direction(seen: Mapping[str, float], model: Model) -> Direction | None:
    """The direction if it is clear, else None."""
    worse = model.answer("worse", seen)
    better = model.answer("better", seen)
    if worse >= CLEAR and better >= CLEAR:
        return Direction.MIXED
    if worse >= CLEAR:
        return Direction.WORSE
    return Direction.BETTER if better >= CLEAR else None


def _reasons(
    counted: Sequence[Pair],
    found: Compared,
    seen: Mapping[str, float],
    model: Model,
    is_told: bool,
) -> list[Reason]:
    """The reasons for telling it, reversals of a rule first; or the reasons against."""
    parts = model.parts("matters", seen)
    if not is_told:
        against = grounds.speaking_against(parts) or [Ground.UNLIKE_WHAT_MATTERED]
        return [Reason(ground) for ground in against]
    reasons = []
    turns = list(islice(_turns(counted, found.texts[0]), MAX_TURNS))
    if turns:
        reasons.append(Reason(Weight.SMALL_WORD, tuple(chain(*dict.fromkeys(turns)))))
    speaking = grounds.speaking_for(parts) or [Ground.LIKE_WHAT_MATTERED]
    return [*reasons, *(Reason(ground) for ground in speaking)]


def _turns(counted: Sequence[Pair], older: str) -> Iterator[rewording.Turn]:
    for pair in counted:
        yield from rewording.turned(pair)
        yield from rewording.entered(pair, older)
