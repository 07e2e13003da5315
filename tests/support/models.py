"""Models with constant answers, for tests that are not about judging."""

from __future__ import annotations

import math

from bot.understand.model import Head, Model

#: From this probability on the answer is yes.
HALF = 0.5
LIKELY = 0.99
UNLIKELY = 0.01


def answering(**heads: float) -> Model:
    """A model whose heads answer with these probabilities, and with "unlikely" where not named."""
    chances = dict.fromkeys(("matters", "must", "decided", "worse", "better"), UNLIKELY) | heads
    thresholds = dict.fromkeys(("decided", "digest", "now"), HALF)
    return Model({name: _saying(chance) for name, chance in chances.items()}, thresholds)


def _saying(chance: float) -> Head:
    return Head({}, (), shift=math.log(chance / (1 - chance)))


#: Whatever is left after the filters is told at once.
TELLS_ALL = answering(matters=LIKELY, must=LIKELY, decided=LIKELY)
#: Nothing is told: somebody decided it, but it does not matter.
TELLS_NOTHING = answering(decided=LIKELY)
