"""`smallprint bench diff`: how long understanding a change takes, beside `git diff --word-diff` on the same two files."""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import catalogue
from bot.catalogue.names import Names
from bot.model import Document, Held, Item, Record
from bot.understand import Edition, learn, understand_change
from lab.replay.archive import GitArchive, Version

Report = dict[str, Any]

#: Real pairs are taken between these sizes, in characters; so many of them, spread over the repository.
SIZES, PAIRS = (300_000, 650_000), 9
ROUNDS = 5
#: Where a developer's checkout finds recorded versions; without them the pairs are made up.
RECORDED = (Path("../shared/data/ota/vlopses-ie-versions.bundle"),)
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_DOCUMENT = Document("bench", "LinkedIn", "Terms of Service")
_WORDS = (
    "we you may must share collect data partners terms service account content rights policy consent law delete"
    " store personal information members advertising settings period notice third party agree"
).split()


def run(versions: Path | None) -> Report:
    """Ratios to git (the median of several rounds each, the rounds interleaved), and the worst of hostile texts.

    Without a repository (nor one at RECORDED) the pairs are made up. Seconds are printed for orientation; the ratio is the figure.
    """
    names = Names(catalogue.load().services)
    versions = versions or next((path for path in RECORDED if path.exists()), None)
    pairs = [
        _paired(old, new, names) for old, new in (_recorded(versions) if versions else _made_up())
    ]
    hostile = {name: _once(old, new, names) for name, (old, new) in _hostile().items()}
    ratios = [pair["ratio"] for pair in pairs]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    return {
        "from": str(versions) if versions else "made up", "items": pairs, "median_ratio": statistics.median(ratios), "max_ratio": max(ratios),
        "adversarial_seconds": hostile, "worst_adversarial_seconds": max(hostile.values()), "peak_memory_mib": round(peak, 1),
    }  # fmt: skip


def _paired(old: str, new: str, names: Names) -> Report:
    held = learn(_item(), old)
    ours, git = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("old", "new")]
        for file, text in zip(files, (old, new), strict=True):
            file.write_text(text, "utf-8")
        command = ["git", "diff", "--no-index", "--word-diff", *map(str, files)]
        for _ in range(ROUNDS):
            git.append(_timed(lambda: subprocess.run(command, capture_output=True, check=False)))
            ours.append(_timed(lambda: _understand(held, new, names)))
    mine, theirs = statistics.median(ours), statistics.median(git)
    return {"characters": len(new), "seconds": mine, "git_seconds": theirs, "ratio": mine / theirs}


def _once(old: str, new: str, names: Names) -> float:
    held = learn(_item(), old)
    return _timed(lambda: _understand(held, new, names))


def _understand(held: Held, text: str, names: Names) -> None:
    from bot.understand import diff as words
    from bot.understand import document, topics

    for remembered in (
        document.differing,
        words.pieces,
        topics._spoken_of,
    ):  # a round must not find what the round before it left
        remembered.cache_clear()
    understand_change(_item(), held, text, Edition(), names)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _item() -> Item:
    return Item("commit:1", "bench", Record.CHANGE, _WHEN, "", "", _DOCUMENT)


def _recorded(repository: Path) -> Iterator[tuple[str, str]]:
    """Real changes of large documents, the same ones each time."""
    archive = GitArchive(repository)
    before: dict[tuple[str, str], Version] = {}
    changes: list[tuple[Version, Version]] = []
    for version in archive.versions:
        key = (version.service, version.terms_type)
        if key in before:
            changes.append((before[key], version))
        before[key] = version
    found = 0
    for old, new in random.Random(1).sample(changes, len(changes)):
        text = archive.text(new)
        if SIZES[0] <= len(text) <= SIZES[1]:
            yield archive.text(old), text
            found += 1
            if found == PAIRS:
                return


def _made_up() -> Iterator[tuple[str, str]]:
    for seed in range(PAIRS):
        chance = random.Random(seed)
        lines = [_line(chance) for _ in range(SIZES[0] // 300 + seed * 120)]
        new = [_line(chance) if chance.random() < 0.004 else line for line in lines]
        yield "\n\n".join(lines), "\n\n".join(new)


def _line(chance: random.Random) -> str:
    sentences = (
        " ".join(chance.choices(_WORDS, k=chance.randint(8, 24))).capitalize() for _ in range(3)
    )
    return ". ".join(sentences) + "."


def _hostile() -> dict[str, tuple[str, str]]:
    """Texts made to be slow: repetition, one line, a huge table, nothing alike, and regular-expression bait."""
    chance = random.Random(7)
    lines = [
        "\n".join(" ".join(chance.choices(_WORDS, k=6)) + f" {n}{side}." for n in range(12_000))
        for side in "ab"
    ]
    table = "\n".join(f"| {n} | pharmacies {n % 7} | €{n}.99 | must not |" for n in range(5_000))
    return {
        "one word repeated": ("data " * 120_000, "data " * 120_001 + "sold"),
        "one line of 500 KB": ("we may share it. " * 30_000, "we will share it. " * 30_000),
        "every other line differs": (
            "a may b.\nc must d.\n" * 15_000,
            "a may b.\nc will d.\n" * 15_000,
        ),
        "nothing alike": (lines[0], lines[1]),
        "a table of 5,000 rows": (table, table.replace("pharmacies", "casinos")),
        "brackets": ("[" * 250_000, "[(" * 250_000),
        "emphasis": ("**_" * 150_000, "*_*" * 150_000),
        "digits": ("1 2 3 " * 80_000, "3 2 1 " * 80_000),
        "dates": ("on May 1, 2026 " * 30_000, "on May 2, 2026 or " * 30_000),
        "tags": ("<b " * 150_000, "<i " * 150_000),
        "no spaces": ("x" * 500_000, "y" * 500_000),
    }
