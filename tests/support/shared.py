"""The shared data; tests that need it are skipped with a reason where it is absent."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
BUNDLE = SHARED / "data/ota/vlopses-ie-versions.bundle"
MEMOS = SHARED / "data/ota/memos.rss.xml"
SAMPLES = SHARED / "data/ota/samples"
SPECS = SHARED / "data/specs"
SEEDS = SHARED / "seeds"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"the shared data is not beside the checkout ({SHARED.name}/)"
)


def bare(collection: str, folder: Path) -> Path:
    """The recorded versions of a collection as a bare repository in a folder."""
    repository = folder / f"{collection}-versions"
    bundle = SHARED / f"data/ota/{repository.name}.bundle"
    subprocess.run(["git", "clone", "-q", "--bare", str(bundle), str(repository)], check=True)
    return repository
