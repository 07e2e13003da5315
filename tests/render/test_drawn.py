"""Fifty recorded changes, as people read them, stay as somebody read them aloud."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

import pytest

from bot.catalogue import load
from lab.replay.archive import GitArchive
from tests.render import drawn
from tests.support.shared import bare, needs_shared

LABELS = drawn.drawn()
BY_COLLECTION = {
    name: list(of_it) for name, of_it in groupby(LABELS, lambda label: label["collection"])
}
UPDATE = bool(os.environ.get("UPDATE_ALERTS"))


def test_fifty_are_drawn_from_everywhere() -> None:
    assert len(LABELS) == drawn.COUNT
    assert len(BY_COLLECTION) == 7
    files = {drawn.file_of(label) for label in LABELS}
    assert len(files) == drawn.COUNT
    assert files == set(drawn.FOLDER.glob("*.txt"))


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("collection", BY_COLLECTION)
def test_what_people_read(collection: str, tmp_path: Path) -> None:
    archive = GitArchive(bare(collection, tmp_path))
    labels = BY_COLLECTION[collection]
    known = load()
    seen = 0
    for label, change in drawn.changes(archive, labels):
        words = drawn.shown(label, change, known)
        path = drawn.file_of(label)
        if UPDATE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(words, "utf-8")
        assert words == path.read_text("utf-8")
        seen += 1
    assert seen == len(labels)
