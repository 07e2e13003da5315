"""The reported feeds, repositories and collections, with the right results."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from lab.eval import feed_case
from tests.support.shared import SHARED, needs_shared

FOLDERS = sorted(SHARED.glob("cases/[0-5]*"))


@needs_shared
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_reported_sources(folder: Path) -> None:
    result = feed_case.judge(folder, runpy.run_path(str(folder / "case.py")))
    assert result.reasons == ()
