"""The reading of a sentence: what it asks for, how surely, and what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from bot.catalogue.names import Names
from bot.conversation import slots, vocabulary
from bot.conversation.classifier import Classifier, packaged
from bot.conversation.intents import Intent
from bot.conversation.slots import Slots
from bot.conversation.spots import JOINTS
from bot.model import Service

#: The probability from which an intent is acted on, and the one from which it is offered.
SURE = 0.55
LIKELY = 0.15
#: The least probability if something else is a guess, too, such as an ambiguous name.
VERY_SURE = 0.7
#: The least probability of each part of a sentence that seems to ask for several things.
CERTAIN = 0.85
#: The least probability if there are words that people do not ask with.
NEARLY_ONE = 0.93
#: Intents that only make sense with a service.
OF_SERVICES = frozenset(
    {Intent.HOWTO, Intent.SUBSCRIBE, Intent.UNSUBSCRIBE, Intent.DELETE_ACCOUNT, Intent.LETTER}
)
#: Intents about one service or all of them.
ABOUT_CHANGES = frozenset({Intent.RECENT, Intent.WHY, Intent.STATUS})
OF_ANY = ABOUT_CHANGES | {Intent.MUTE, Intent.UNMUTE}
#: Intents without a request, or said alongside one.
SMALL_TALK = frozenset({Intent.GREETING, Intent.THANKS, Intent.NONE})
#: Separators between two requests in one sentence.
_BETWEEN = re.compile(
    r"([.!?;\n]+\s|,?\s(?:and|und|et|e|y|en|i|oraz|then|also|dann|puis|poi|luego|dan|potem|depois"
    r"|but|aber|mais|ma|pero|maar|ale|mas)\s|,\s)",
    re.I,
)
#: The most requests read in one sentence.
MOST = 3
#: The likeness, of 100, from which an unknown word counts as a slip of a known one.
SLIP = 80
#: Intents that end our messages.
_ENDING = frozenset({Intent.UNSUBSCRIBE, Intent.MUTE})
#: Intents that take a time of their own.
_TIMED = frozenset({Intent.WHEN, Intent.MUTE, Intent.RECENT})
#: Intents that take something away.
TAKING = _ENDING | {Intent.FORGET, Intent.DELETE_ACCOUNT}
#: Concepts of taking something away.
_TAKEN = frozenset({"stop", "unsub", "mute", "delete", "forget"})
#: Topics that people switch off at a service.
_SWITCHED_OFF = frozenset(
    {"ai_training", "advertising_tracking", "data_sharing", "data_collection"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of a sentence: the likeliest intent, its probability, and the other likely ones.

    `services` are those that are meant; `any_of_them` says that one company runs them all.
    `unknown` are words in the place of a service's name that name none. `strange` says that there
    are words that people do not ask with, `denied` that nothing is to be taken away.
    """

    intent: Intent
    chance: float
    near: tuple[Intent, ...]
    services: tuple[Service, ...]
    any_of_them: bool
    unknown: tuple[str, ...]
    strange: bool
    denied: bool
    slots: Slots
    said: str

    @property
    def sure(self) -> bool:
        """Whether it is clear what is asked for."""
        return self.chance >= SURE

    @property
    def is_plain(self) -> bool:
        """Whether the request is clear enough to act on at once.

        If there are words that nobody asks with, it may be about something else, so it must be
        surer.
        """
        return self.chance >= (NEARLY_ONE if self.strange else VERY_SURE)

    @property
    def is_small_talk(self) -> bool:
        """Whether it clearly asks for nothing."""
        return self.sure and self.intent in SMALL_TALK


def read(said: str, names: Names, today: date, model: Classifier | None = None) -> Reading:
    """The reading of a sentence said today. `model` replaces the packaged classifier."""
    model = model or packaged()
    found = slots.find(said, names, today, model.words)
    chances, services = _chances(found, model)
    chances = _of_topics(chances, found, bool(services))
    chances = _of_times(chances, found)
    is_denied = _best(chances) in TAKING and _is_denied(found.masked)
    if is_denied:
        chances = {**chances, Intent.NONE: 1.0}
    ranked = sorted(chances, key=lambda intent: -chances[intent])
    strange = _unknown(found.masked, model)
    unknown = found.unlisted if services else strange
    chance = chances[ranked[0]]
    if not services and _is_mostly_strange(found.masked, strange):
        # It says too little to be sure: it may be a name.
        chance = min(chance, SURE / 2)
    return Reading(
        intent=ranked[0],
        chance=chance,
        near=tuple(each for each in ranked[1:] if chances[each] >= LIKELY),
        services=services,
        any_of_them=not found.services and bool(found.companies),
        unknown=unknown,
        strange=bool(strange),
        denied=is_denied,
        slots=found,
        said=said,
    )


def _chances(found: Slots, model: Classifier) -> tuple[dict[Intent, float], tuple[Service, ...]]:
    """The probabilities of intents, and the services that are meant.

    Ambiguous or misspelt names count if the sentence is about a service.
    """
    chances = model.probabilities(found.masked)
    services = found.services or found.companies
    if services or not found.perhaps:
        return chances, services
    named = model.probabilities(found.masked_perhaps)
    best, plain = _best(named), _best(chances)
    is_plain = chances[plain] >= SURE and plain not in OF_SERVICES and plain is not Intent.NONE
    is_better = best is plain or named[best] >= chances[plain] or not is_plain
    least = SURE if best is plain else VERY_SURE
    if best in OF_SERVICES | OF_ANY and named[best] >= least and is_better:
        return named, found.perhaps
    return chances, ()


def _best(chances: Mapping[Intent, float]) -> Intent:
    return max(chances, key=chances.__getitem__)


def _of_topics(
    chances: dict[Intent, float], found: Slots, is_of_services: bool
) -> dict[Intent, float]:
    """Probabilities by topic: "Stop LinkedIn's AI training" is not about our messages."""
    best = _best(chances)
    is_open = chances[best] < SURE and chances[Intent.HOWTO] >= LIKELY
    is_open &= not vocabulary.chosen(found.masked, "letters")
    if not is_of_services or not (best in _ENDING or is_open):
        return chances
    if not _SWITCHED_OFF.intersection(vocabulary.chosen(found.masked, "topics")):
        return chances
    return {**chances, Intent.HOWTO: 1.0}


def _of_times(chances: dict[Intent, float], found: Slots) -> dict[Intent, float]:
    """Probabilities by times alone: "only in the evening" is a schedule, "until friday" a mute."""
    best = _best(chances)
    when = found.times
    says_when = bool(
        found.zone
        or when.at is not None
        or when.quiet
        or when.often
        or when.silent
        or (when.weekdays and not when.until)
    )
    if best is Intent.WHEN and not says_when and (when.days or when.until):
        return {**chances, Intent.MUTE: 1.0}
    if not says_when or best in _TIMED:
        return chances
    if found.only_times:
        return {**chances, Intent.WHEN: 1.0}
    if best is Intent.NONE and chances[best] >= SURE:
        return chances
    return {**chances, Intent.WHEN: max(chances[Intent.WHEN], LIKELY)}


def _is_denied(masked: str) -> bool:
    """Whether taking away is denied: "please don't unsubscribe me"."""
    words = vocabulary.folded(masked).split()
    for place, word in enumerate(words):
        behind = words[place + 1 : place + 4]
        if "deny" in vocabulary.about(word, "not") and any(
            _TAKEN & set(vocabulary.about(each, "concepts")) for each in behind
        ):
            return True
    return False


def _unknown(masked: str, model: Classifier) -> tuple[str, ...]:
    """The words of a masked sentence that people do not ask with."""
    words = [word for word in masked.split() if not word.startswith("<")]
    return tuple(word for word in words if _may_be_a_name(word) and not _is_known(word, model))


def _may_be_a_name(word: str) -> bool:
    letters = sum(letter.isalpha() for letter in word)
    return letters >= 3 or (0 < letters < len(word) and len(word) >= 3 and word.isalnum())


def _is_known(word: str, model: Classifier) -> bool:
    plain = word.casefold().strip(".:'’")
    if plain in model.words or any(
        vocabulary.about(piece, "concepts") for piece in vocabulary.folded(plain).split()
    ):
        return True
    return process.extractOne(plain, model.words, scorer=fuzz.ratio, score_cutoff=SLIP) is not None


def _is_mostly_strange(masked: str, strange: Sequence[str]) -> bool:
    """Whether most words of a masked sentence are ones that people do not ask with."""
    words = [word for word in masked.split() if any(letter.isalpha() for letter in word)]
    return 2 * len(strange) > len(words)


def parts(said: str, names: Names, today: date) -> list[Reading]:
    """The readings of each request in a sentence, or the one reading of the whole."""
    whole = read(said, names, today)
    pieces = list(_pieces(said, names, today))
    if len(pieces) == 1:
        return [whole]
    found = [read(piece, names, today) for piece in pieces]
    asked = [each for each in found if not each.is_small_talk]
    if len(asked) == 1 and asked[0].sure and not whole.sure:
        return asked
    if not 1 < len(asked) <= MOST or not all(map(_asks, asked)):
        return [whole]
    wanted = {each.intent for each in asked}
    only_where = len(wanted - {Intent.REGION}) == 1 and _asks(whole)
    return asked if len(wanted) > 1 and not only_where else [whole]


def _pieces(said: str, names: Names, today: date) -> Iterator[str]:
    """A sentence cut where another request may begin; a piece that only names things joins it."""
    split = _BETWEEN.split(said)
    piece = split[0]
    for joint, following in zip(split[1::2], split[2::2], strict=True):
        masked = slots.find(following, names, today, packaged().words).masked
        if all(word.startswith("<") or word in JOINTS for word in masked.split()):
            piece += joint + following
            continue
        yield piece
        piece = following
    yield piece


def _asks(reading: Reading) -> bool:
    """Whether it is clear what is asked for, and of what."""
    has = {
        Intent.REGION: bool(reading.slots.regions),
        Intent.LANGUAGE: bool(reading.slots.languages),
        Intent.WHEN: bool(reading.slots.times),
    }
    return reading.chance >= CERTAIN and has.get(reading.intent, bool(reading.services))
