"""What the judging of a case says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a case came to; CANNOT_RUN was not judged, since it asks for what is not there."""

    PASSED = "PASS"
    FAILED = "FAIL"
    CANNOT_RUN = "CANNOT RUN"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the case `name` in a `note`, with reasons; `seen` is all that there was."""

    name: str
    outcome: Outcome
    note: str = ""
    reasons: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def lines(self, verbose: bool = False) -> Iterator[str]:
        """For the report; one line says the outcome."""
        note = f": {self.note}" if self.note else ""
        yield f"{self.outcome} {self.name}{note}"
        for reason in self.reasons:
            yield f"    {reason}"
        if verbose:
            for line in self.seen:
                yield f"      {line}"


def outcome(passed: bool) -> Outcome:
    """PASSED or FAILED."""
    return Outcome.PASSED if passed else Outcome.FAILED
