"""Labelled changes, and how the product understood them on their days."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.model import Change
from lab.eval.changes import document_of
from lab.eval.life import Life
from lab.replay.archive import GitArchive, Version
from lab.train.gather import LANGUAGES

FOLDER = Path(__file__).parent / "labels"
#: Label files that belong to no recorded version.
OTHERS = ("by-diff", "memos")

Label = dict[str, Any]


def labelled() -> list[Label]:
    """All labels of recorded changes, each with its collection."""
    found: list[Label] = []
    for path in sorted(FOLDER.glob("*.jsonl")):
        if path.stem in OTHERS:
            continue
        rows = path.read_text("utf-8").splitlines()
        found += [{"collection": path.stem, **json.loads(row)} for row in rows]
    return found


def changes(
    archive: GitArchive, labels: Sequence[Label], history: int | None = None
) -> Iterator[tuple[Label, Change]]:
    """(label, change) as the product understands each on its day.

    `history` is how many earlier versions of a document are read before each; None is all.
    """
    wanted = {label["sha"]: label for label in labels}
    read = _commits(archive, labels, history)

    def is_wanted(version: Version) -> bool:
        return version.commit in read

    for lived in Life(archive, language=LANGUAGES.get(archive.name, "en")).live(is_wanted):
        label = wanted.get(lived.version.commit)
        if label is not None:
            yield label, lived.change


def _commits(archive: GitArchive, labels: Sequence[Label], history: int | None) -> set[str]:
    """The commits of the labelled versions, and of those of their documents that are read before.

    Where all history is read, what came after is too.
    """
    wanted = {label["sha"] for label in labels}
    documents = {label["document"] for label in labels}
    earlier: dict[str, list[str]] = defaultdict(list)
    read: set[str] = set()
    for version in archive.versions:
        document = document_of(version)
        if document not in documents:
            continue
        earlier[document].append(version.commit)
        if history is None:
            read.add(version.commit)
        elif version.commit in wanted:
            read.update(earlier[document][-history - 1 :])
    return read
