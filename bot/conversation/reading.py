"""A sentence read: what it wants, how sure that is, and what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.catalogue.names import Names
from bot.conversation import slots
from bot.conversation.classifier import Classifier, packaged
from bot.conversation.intents import Intent
from bot.conversation.slots import Slots
from bot.model import Service

#: From this probability on an intent is meant; from the other on it is offered.
SURE = 0.55
LIKELY = 0.2
#: What only makes sense of a service.
OF_SERVICES = frozenset(
    {Intent.HOWTO, Intent.SUBSCRIBE, Intent.UNSUBSCRIBE, Intent.DELETE_ACCOUNT, Intent.LETTER}
)
#: Between two things that are asked at once.
_BETWEEN = re.compile(
    r"[.!?;\n]+\s|,?\s(?:and|und|et|e|y|en|i|oraz|then|also|dann|puis|poi|luego|dan|potem|depois)\s",
    re.I,
)
#: Things that are asked at once.
MOST = 3


#: What ends messages of ours.
_ENDING = frozenset({Intent.UNSUBSCRIBE, Intent.MUTE})
#: What people switch off at a service.
_SWITCHED_OFF = frozenset(
    {"ai_training", "advertising_tracking", "data_sharing", "data_collection"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence wants: the likeliest intent, how likely, and those that come near.

    `services` are those that are meant, `any_of_them` where one company runs them all.
    """

    intent: Intent
    chance: float
    near: tuple[Intent, ...]
    services: tuple[Service, ...]
    any_of_them: bool
    slots: Slots
    said: str

    @property
    def sure(self) -> bool:
        """Whether it is clear what is wanted."""
        return self.chance >= SURE


def read(said: str, names: Names, today: date, model: Classifier | None = None) -> Reading:
    """What a sentence wants that is said on a day. `model` is another one than the packaged."""
    model = model or packaged()
    found = slots.find(said, names, today)
    services = found.services or found.companies
    chances = model.probabilities(found.masked)
    if not services and found.perhaps:
        # A name that is a word too, or misspelt, counts where the sentence is about a service.
        masked = model.probabilities(found.masked_perhaps)
        best = max(masked, key=masked.__getitem__)
        if best in OF_SERVICES and masked[best] >= SURE:
            chances = masked
            services = found.perhaps
    ranked = sorted(chances, key=lambda intent: -chances[intent])
    if ranked[0] in _ENDING and services and _is_about_a_topic(found.masked):
        # "Stop LinkedIn's AI training" is about the training, not about our messages.
        ranked = [Intent.HOWTO, *(each for each in ranked if each is not Intent.HOWTO)]
        chances = {**chances, Intent.HOWTO: max(chances[Intent.HOWTO], SURE)}
    return Reading(
        intent=ranked[0],
        chance=chances[ranked[0]],
        near=tuple(each for each in ranked[1:] if chances[each] >= LIKELY),
        services=services,
        any_of_them=not found.services and bool(found.companies),
        slots=found,
        said=said,
    )


def parts(said: str, names: Names, today: date) -> list[Reading]:
    """The readings of a sentence that asks for several things, else the one of the whole."""
    whole = read(said, names, today)
    pieces = [piece for piece in _BETWEEN.split(said) if piece and piece.strip()]
    if not 1 < len(pieces) <= MOST:
        return [whole]
    found = list(_asking(pieces, names, today))
    if len({each.intent for each in found}) < 2:
        return [whole]
    return found


def _asking(pieces: list[str], names: Names, today: date) -> Iterator[Reading]:
    """The pieces that clearly ask for something of a service."""
    for piece in pieces:
        each = read(piece, names, today)
        wants = each.intent in OF_SERVICES or each.intent is Intent.MUTE
        if each.sure and wants and each.services:
            yield each


def _is_about_a_topic(masked: str) -> bool:
    """Whether a sentence speaks of something that a service does with people."""
    return bool(_SWITCHED_OFF.intersection(slots.chosen(masked, "topics")))
