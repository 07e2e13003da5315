"""Training examples: recorded changes as the product saw them on their day, with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.understand.diff import Pair
from lab.train.owners import owner_of

Features = Mapping[str, float]
Label = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled change.

    `features` are empty if a filter removed all of it; `filtered` says which. `lasted` says that it
    was still there when a doubtful change would have been told. `pairs` are its differences,
    `terms_type` that of its document; `counts` is its weight relative to other examples.
    """

    label: Label
    features: Features
    filtered: str = ""
    lasted: bool = True
    pairs: Sequence[Pair] = ()
    terms_type: str = ""
    counts: float = 1.0

    @property
    def owner(self) -> str:
        """The owner of the service."""
        return owner_of(self.label["document"].partition("/")[0])

    @property
    def collection(self) -> str:
        """The collection that recorded it."""
        return str(self.label["collection"])

    @property
    def severity(self) -> int | None:
        """The severity, 0 to 3; None for a first label that does not tell 2 from 3."""
        verdict = self.label["verdict"]
        if verdict == "material":
            return self.label.get("severity")
        return 1 if verdict == "minor" else 0

    @property
    def matters(self) -> bool:
        """Whether a follower should hear of it."""
        return bool(self.label["verdict"] == "material")


#: The examples that have an answer to a head's question, and the answer.
def answers(question: str, examples: list[Example]) -> tuple[list[Example], list[bool]]:
    """The examples that answer a question, with their answers.

    Raises KeyError for an unknown question.
    """
    found = [(example, _ANSWERS[question](example)) for example in examples]
    known = [(example, bool(answer)) for example, answer in found if answer is not None]
    return [example for example, _ in known], [answer for _, answer in known]


def _is_decided(example: Example) -> bool:
    return bool(example.label["verdict"] != "noise")


def _must_be_known(example: Example) -> bool | None:
    severity = example.severity
    return None if severity is None else severity == 3


def _is_worse(example: Example) -> bool | None:
    return _goes(example, "worse")


def _is_better(example: Example) -> bool | None:
    return _goes(example, "better")


def _goes(example: Example, direction: str) -> bool | None:
    given = example.label.get("direction")
    if given is None:
        return None
    return given in (direction, "mixed")


def _matters(example: Example) -> bool:
    return example.matters


_ANSWERS = {
    "decided": _is_decided,
    "matters": _matters,
    "must": _must_be_known,
    "worse": _is_worse,
    "better": _is_better,
}
QUESTIONS = tuple(_ANSWERS)
