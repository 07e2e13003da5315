"""`smallprint train`: from bundles and labels to the weights in the package."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from bot.understand.topics import TOPICS as CODES
from lab.eval.figures import read_lines
from lab.train import invented, telling, topics
from lab.train.examples import Example, Label
from lab.train.gather import gather
from lab.train.model import model_of, written

LABELS = Path(__file__).parent.parent / "eval" / "labels"
PACKAGE = Path(__file__).parent.parent.parent / "bot" / "understand"
MODEL = "model.json"
TOPICS = "topic_weights.json"
TELLING = "telling.json"
#: The number of processes that replay collections.
PROCESSES = 2


def run(data: Path, out: Path = PACKAGE, kept: Path | None = None) -> int:
    """Learn from the bundles below `data` and all labels; write the weights into `out`.

    The ranking of passages is learnt if there are labels with quotes below `data`.
    """
    examples = [*recorded(data, kept), *invented.examples()]
    print(f"{len(examples)} examples", file=sys.stderr, flush=True)
    (out / MODEL).write_text(written(model_of(examples)), "utf-8")
    weights = topics.train(list(topic_examples(examples)))
    text = json.dumps(asdict(weights), ensure_ascii=False, sort_keys=True, indent=0)
    (out / TOPICS).write_text(text + "\n", "utf-8")
    if changes := telling.quoted(data):
        (out / TELLING).write_text(telling.written(telling.weights_of(changes)), "utf-8")
    return 0


def recorded(data: Path, kept: Path | None = None) -> list[Example]:
    """The examples of every collection with labels and a bundle below `data`.

    Gathering them takes a quarter of an hour; `kept` is a cache file.
    """
    if kept and kept.is_file():
        return list(pickle.loads(kept.read_bytes()))  # noqa: S301 - a file of one's own
    tasks = [(bundle, labels) for _, bundle, labels in bundles(data)]
    found: list[Example] = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        for (bundle, labels), examples in zip(tasks, pool.map(_gathered, tasks), strict=True):
            found += examples
            print(f"{bundle.name}: {len(labels)} labels", file=sys.stderr, flush=True)
    if kept:
        kept.write_bytes(pickle.dumps(found))
    return found


def bundles(data: Path) -> Iterator[tuple[str, Path, list[Label]]]:
    """The collections with labels and a bundle below `data`, those with most labels first."""
    by_collection = labels_by_collection()
    for name in sorted(by_collection, key=lambda name: -len(by_collection[name])):
        for bundle in data.glob(f"**/{name}-versions.bundle"):
            yield name, bundle, by_collection[name]


def _gathered(task: tuple[Path, list[Label]]) -> list[Example]:
    return gather(*task)


def labels_by_collection() -> dict[str, list[Label]]:
    """All labels of recorded changes, by collection."""
    found: dict[str, list[Label]] = {}
    for path in sorted(LABELS.glob("*.jsonl")):
        for label in read_lines(path):
            if "sha" in label:
                found.setdefault(label["collection"], []).append(label)
    return found


def topic_examples(examples: Sequence[Example]) -> Iterator[topics.Example]:
    """The examples for learning topics: changes that matter, and small ones with a topic."""
    for example in examples:
        named = frozenset(example.label["topics"]) & frozenset(CODES)
        if not example.pairs or not (example.matters or named):
            continue
        yield topics.Example(
            example.pairs,
            example.terms_type,
            named,
            example.owner,
            example.collection,
            judged=example.matters,
        )
