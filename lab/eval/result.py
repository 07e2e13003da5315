"""The result of judging a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a case; CANNOT_RUN was not judged, because something it needs is missing."""

    PASSED = "PASS"
    FAILED = "FAIL"
    CANNOT_RUN = "CANNOT RUN"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the case `name` with a `note` and reasons; `seen` is everything observed."""

    name: str
    outcome: Outcome
    note: str = ""
    reasons: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def lines(self, verbose: bool = False) -> Iterator[str]:
        """The lines for the report, the first with the outcome."""
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
