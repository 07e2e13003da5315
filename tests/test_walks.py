"""The documented walks through the code: existing modules, and none twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/architecture/walks.md").read_text("utf-8")
WALKS = {walk.split("\n", 1)[0]: walk for walk in PAGE.split("\n## ")[1:]}
ROOM = re.compile(r"^\d+\. `([\w/.]+)`", re.M)


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS.keys())
def test_no_walk_goes_back_to_a_room(walk: str) -> None:
    rooms = ROOM.findall(walk)
    assert len(rooms) >= 4
    assert len(rooms) == len(set(rooms)), "a room is entered twice"
    assert len(rooms) == len(re.findall(r"^\d+\. ", walk, re.M)), "each step names its room"


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`((?:bot|handlers)/[\w/.]*)`", PAGE))))
def test_every_room_is_there(named: str) -> None:
    assert (ROOT / named).exists()
