"""The drawing of the stories of `stories.json` from recorded collections, by a seed.

    python -m lab.pages.draw FOLDER

FOLDER holds the bare repositories of the collections, each as NAME-versions.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from bot import catalogue
from bot.model import Change
from bot.render.blocks import short
from bot.store import codec
from bot.understand import clauses
from bot.verdicts import Excerpt
from lab.eval.labelled import Label, changes, labelled
from lab.pages import COUNT, STORIES
from lab.replay.archive import GitArchive

#: Chosen before anything was drawn, and never changed.
SEED = 20251103
#: The most characters of a quote, and passages of a story.
QUOTE_CHARACTERS = 300
PASSAGES = 4


def main(folder: Path) -> None:
    """Write the stories."""
    wanted: dict[str, list[Label]] = defaultdict(list)
    for label in drawn():
        wanted[label["collection"]].append(label)
    found: list[Change] = []
    for name, labels in sorted(wanted.items()):
        archive = GitArchive(folder / f"{name}-versions")
        found += [shortened(change) for _label, change in changes(archive, labels)]
    found.sort(key=lambda change: change.recorded)
    rows = [json.loads(codec.dump_change(change)) for change in found]
    STORIES.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")


def drawn() -> list[Label]:
    """Ten labels of material changes, of services in the catalogue."""
    names = catalogue.load().names
    left = []
    for label in labelled():
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
