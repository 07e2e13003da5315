"""Draw the stories of `stories.json` by a seed, from recorded collections.

    python -m lab.pages.draw FOLDER

FOLDER holds the bare repositories of the collections, each as NAME-versions.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot import catalogue
from bot.model import Change
from bot.render.blocks import short
from bot.store import codec
from bot.understand import clauses
from bot.verdicts import Excerpt
from lab.eval.life import Life
from lab.pages import COUNT, STORIES
from lab.replay.archive import GitArchive, Version
from lab.train.gather import LANGUAGES

LABELS = Path(__file__).parents[1] / "eval/labels"
#: Chosen before anything was drawn, and never another one.
SEED = 20251103
#: Characters of a quote, and passages of a story.
QUOTE_CHARACTERS = 300
PASSAGES = 4

Label = dict[str, Any]


def main(folder: Path) -> None:
    """Write the stories."""
    wanted: dict[str, list[Label]] = defaultdict(list)
    for label in drawn():
        wanted[label["collection"]].append(label)
    found: list[Change] = []
    for name, labels in sorted(wanted.items()):
        found += _lived(GitArchive(folder / f"{name}-versions"), labels)
    found.sort(key=lambda change: change.recorded)
    rows = [json.loads(codec.dump_change(change)) for change in found]
    STORIES.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _lived(archive: GitArchive, labels: Sequence[Label]) -> Iterator[Change]:
    """The changes of some labels as the product understands them on their days."""
    documents = {label["document"] for label in labels}
    shas = {label["sha"] for label in labels}

    def is_wanted(version: Version) -> bool:
        return f"{version.service}/{version.terms_type}" in documents

    for lived in Life(archive, language=LANGUAGES.get(archive.name, "en")).live(is_wanted):
        if lived.version.commit in shas:
            yield shortened(lived.change)


def drawn() -> list[Label]:
    """Ten labels of changes that matter, of services that the catalogue has."""
    names = catalogue.load().names
    left: list[Label] = []
    for path in sorted(LABELS.glob("*.jsonl")):
        if path.stem in ("by-diff", "memos"):
            continue
        for row in path.read_text("utf-8").splitlines():
            label: Label = {"collection": path.stem, **json.loads(row)}
            service = label["document"].partition("/")[0]
            if label["verdict"] == "material" and names.get(names.of_folder(service)):
                left.append(label)
    return random.Random(SEED).sample(left, COUNT)  # noqa: S311 - a draw, no secret


def shortened(change: Change) -> Change:
    """A change with few passages, each of them a short quote."""
    return replace(change, excerpts=tuple(map(_short, change.excerpts[:PASSAGES])))


def _short(excerpt: Excerpt) -> Excerpt:
    before, after = excerpt.before, excerpt.after
    if before and after:
        before, after = clauses.both(before, after, QUOTE_CHARACTERS)
    before, after = short(before, QUOTE_CHARACTERS), short(after, QUOTE_CHARACTERS)
    return replace(excerpt, before=before, after=after)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
