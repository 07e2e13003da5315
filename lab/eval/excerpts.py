"""`smallprint eval excerpts`: whether the shown passages are those that people quote."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.understand import excerpts, telling
from lab.eval.figures import Report, mean
from lab.train.owners import fold_of
from lab.train.telling import Quoted, quoted, shows, weights_of

#: The number of groups of owners, each judged by weights that have not seen it.
FOLDS = 8
#: The number of passages in an alert.
SHOWN = 3
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Shown:
    """A change with the excerpts that would be shown, as (older, newer) sides."""

    change: Quoted
    excerpts: tuple[tuple[str, str], ...]

    def hits(self, count: int) -> bool:
        """Whether one of the first excerpts contains the quote."""
        quote = self.change.label["key"]
        return any(shows(quote, *sides) for sides in self.excerpts[:count])

    def in_quote(self) -> tuple[int, int]:
        """The number of shown words, and of those that are in the quote."""
        words = [word for sides in self.excerpts for word in _words(sides[1] or sides[0])]
        quote = set(_words(self.change.label["key"]))
        return len(words), sum(word in quote for word in words)


def measured(data: Path, kept: Path | None = None) -> Report:
    """The figures of all changes that have a quote, with their owners left out.

    Changes are cached in the file `kept`.
    """
    if kept and kept.is_file():
        changes: list[Quoted] = pickle.loads(kept.read_bytes())  # noqa: S301 - a file of one's own
    else:
        changes = quoted(data)
        if kept:
            kept.write_bytes(pickle.dumps(changes))
    shown = list(left_out(changes))
    collections = sorted({each.change.label["collection"] for each in shown})
    report: Report = {"material": _figures([each for each in shown if each.change.matters])}
    report["minor"] = _figures([each for each in shown if not each.change.matters])
    for name in collections:
        of_it = [each for each in shown if each.change.label["collection"] == name]
        report[name] = _figures([each for each in of_it if each.change.matters])
    return report


def left_out(changes: Sequence[Quoted]) -> Iterator[Shown]:
    """Each change as shown with weights that have not seen its owner."""
    for fold in range(FOLDS):
        seen = [each for each in changes if fold_of(each.owner, FOLDS) != fold]
        weights = weights_of(seen)
        for each in changes:
            if fold_of(each.owner, FOLDS) == fold:
                yield Shown(each, tuple(_sides(each, weights)))


def _sides(change: Quoted, weights: dict[str, float]) -> Iterator[tuple[str, str]]:
    scores = [telling.score(traits, weights) for traits in change.traits]
    for pair in telling.in_order(zip(scores, change.pairs, strict=True))[:SHOWN]:
        excerpt = excerpts.excerpt_of(pair)
        yield excerpt.before, excerpt.after


def _figures(shown: Sequence[Shown]) -> Report:
    lengths = [max(map(len, sides)) for each in shown for sides in each.excerpts]
    words = [each.in_quote() for each in shown]
    return {
        "changes": len(shown),
        "in the first": round(mean(each.hits(1) for each in shown), 3),
        "in the first three": round(mean(each.hits(SHOWN) for each in shown), 3),
        "characters, median": median(lengths or [0]),
        "characters, most": max(lengths, default=0),
        "shown words in the quote": round(
            sum(quoted for _, quoted in words) / max(1, sum(count for count, _ in words)), 3
        ),
    }


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
