"""`smallprint train`: from bundles and labels to the weights that the package carries."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bot.understand.topics import TOPICS as CODES
from lab.eval.figures import read_lines
from lab.train import invented, topics
from lab.train.examples import Example, Label
from lab.train.gather import gather
from lab.train.model import model_of, written

LABELS = Path(__file__).parent.parent / "eval" / "labels"
PACKAGE = Path(__file__).parent.parent.parent / "bot" / "understand"
MODEL = "model.json"
TOPICS = "topic_weights.json"


def run(data: Path, out: Path = PACKAGE) -> int:
    """Learn from the bundles below `data` and all labels; write both files into `out`."""
    examples = [*recorded(data), *invented.examples()]
    print(f"{len(examples)} examples", file=sys.stderr, flush=True)
    (out / MODEL).write_text(written(model_of(examples)), "utf-8")
    weights = topics.train(list(topic_examples(examples)))
    text = json.dumps(asdict(weights), ensure_ascii=False, sort_keys=True, indent=0)
    (out / TOPICS).write_text(text + "\n", "utf-8")
    return 0


def recorded(data: Path) -> list[Example]:
    """The examples of every collection that has a bundle below `data` and labels."""
    found: list[Example] = []
    for name, labels in sorted(labels_by_collection().items()):
        [*bundles] = data.glob(f"**/{name}-versions.bundle")
        for bundle in bundles:
            found += gather(bundle, labels)
            print(f"{name}: {len(labels)} labels", file=sys.stderr, flush=True)
    return found


def labels_by_collection() -> dict[str, list[Label]]:
    """All labels of recorded changes, by the collection that recorded them."""
    found: dict[str, list[Label]] = {}
    for path in sorted(LABELS.glob("*.jsonl")):
        for label in read_lines(path):
            if "sha" in label:
                found.setdefault(label["collection"], []).append(label)
    return found


def topic_examples(examples: Sequence[Example]) -> Iterator[topics.Example]:
    """What topics are learnt from: changes that matter, and small ones that speak of a topic."""
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
