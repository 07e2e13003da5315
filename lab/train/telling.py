"""Training of the ranking of passages, from the quotes that labellers chose.

The quotes are in the labels beside the bundles (`key`), not in this repository.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.understand import telling
from bot.understand.comparison import compare
from bot.understand.decide import Reading
from bot.understand.diff import Pair
from bot.understand.significance import judge
from bot.understand.traits import Place, Traits
from lab.eval.figures import read_lines
from lab.eval.life import Life
from lab.replay.archive import GitArchive, Version
from lab.train.examples import Label
from lab.train.gather import LANGUAGES
from lab.train.owners import owner_of

#: A quote counts as shown by a text with this share of its words.
SHARE = 0.6
#: The fewest pairs with a trait.
LEAST_PAIRS = 8
INVERSE_PENALTY = 0.05
DIGITS = 3
PROCESSES = 2
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A change with the quote that shows it best; `traits` are those of its pairs."""

    label: Label
    pairs: tuple[Pair, ...]
    traits: tuple[Traits, ...]

    @property
    def owner(self) -> str:
        """The owner of the service."""
        return owner_of(self.label["document"].partition("/")[0])

    @property
    def matters(self) -> bool:
        """Whether a follower should hear of it."""
        return bool(self.label["verdict"] == "material")


def shows(quote: str, *texts: str) -> bool:
    """Whether texts have most of the words of a quote."""
    words = _WORD.findall(quote.casefold())
    there = set(_WORD.findall(" ".join(texts).casefold()))
    return bool(words) and sum(word in there for word in words) >= SHARE * len(words)


def quoted(data: Path) -> list[Quoted]:
    """Every labelled change below `data` that has a quote, as the product saw it."""
    tasks = list(_tasks(data))
    with ProcessPoolExecutor(PROCESSES) as pool:
        return [each for found in pool.map(_gathered, tasks) for each in found]


def weights_of(seen: Sequence[Quoted]) -> dict[str, float]:
    """The weights learnt from these changes. Each pair of a change with many counts less."""
    rows: list[Traits] = []
    answers: list[bool] = []
    counts: list[float] = []
    for each in seen:
        hits = [shows(each.label["key"], *pair.texts) for pair in each.pairs]
        if any(hits):
            rows += each.traits
            answers += hits
            counts += [(1 + each.matters) / math.sqrt(len(hits))] * len(hits)
    columns = DictVectorizer()
    matrix = columns.fit_transform(rows)
    kept = [number for number, count in enumerate((matrix != 0).sum(0).A1) if count >= LEAST_PAIRS]
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=3_000, class_weight="balanced")
    model.fit(matrix.tocsc()[:, kept], answers, sample_weight=counts)
    found: dict[str, float] = {}
    for place, weight in zip(kept, model.coef_[0], strict=True):
        rounded = round(float(weight), DIGITS)
        if rounded:
            found[columns.feature_names_[place]] = rounded
    return found


def written(weights: dict[str, float]) -> str:
    """The weights as JSON for the package."""
    return json.dumps(weights, ensure_ascii=False, sort_keys=True, indent=0) + "\n"


def _tasks(data: Path) -> Iterator[tuple[Path, list[Label]]]:
    for path in sorted(data.glob("**/labels/*.jsonl")):
        labels = [label for label in read_lines(path) if label.get("key")]
        for bundle in sorted(data.glob(f"**/{path.stem}-versions.bundle")):
            if labels:
                yield bundle, labels


def _gathered(task: tuple[Path, list[Label]]) -> list[Quoted]:
    bundle, labels = task
    wanted = {label["sha"]: label for label in labels}
    documents = {label["document"] for label in labels}
    archive = GitArchive(bundle)
    language = LANGUAGES.get(archive.name, "en")
    found: list[Quoted] = []

    def look(version: Version, reading: Reading) -> None:
        label = wanted.get(version.commit)
        if label is not None and reading.memory is not None and reading.text is not None:
            found.append(_seen(label, reading, language))

    def is_wanted(version: Version) -> bool:
        return f"{version.service}/{version.terms_type}" in documents

    for _ in Life(archive, language=language, before=look).live(is_wanted):
        pass
    return found


def _seen(label: Label, reading: Reading, language: str) -> Quoted:
    if reading.memory is None or reading.text is None:
        raise ValueError(f"nothing was read of {label['sha']}")
    item = reading.item
    compared = compare(reading.memory, reading.text, language, item.pages)
    pairs = judge(compared, reading.memory, item.when.date()).counted
    place = Place(compared.terms_type, compared.texts)
    return Quoted(label, pairs, tuple(telling.of_change(pairs, place)))
