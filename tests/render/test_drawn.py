"""The draw of fifty recorded changes; `test_no_contradiction` checks their texts."""

from __future__ import annotations

from tests.render import drawn


def test_fifty_are_drawn_from_everywhere() -> None:
    labels = drawn.drawn()
    assert len(labels) == drawn.COUNT
    assert len({label["collection"] for label in labels}) == 7
    files = {drawn.file_of(label) for label in labels}
    assert len(files) == drawn.COUNT
    assert files == set(drawn.FOLDER.glob("*.txt"))
