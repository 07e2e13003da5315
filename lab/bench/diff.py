"""`smallprint bench diff`: understanding a change, relative to `git diff --word-diff`."""

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
from bot.model import Document, Item, Record
from bot.understand import Edition, document, learn, topics, understand_change
from bot.understand import diff as words
from bot.understand.memory import Held
from lab.replay.archive import GitArchive, Version

Report = dict[str, Any]

#: The size of real pairs, in characters.
SIZES = (300_000, 650_000)
#: The number of pairs, spread over the repository.
PAIRS = 9
ROUNDS = 5
#: The share of lines that change in made-up pairs.
SHARE_CHANGED = 0.004
#: Where a developer's checkout has recorded versions; without them the pairs are made up.
RECORDED = (Path("../shared/data/ota/vlopses-ie-versions.bundle"),)
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_DOCUMENT = Document("bench", "LinkedIn", "Terms of Service")
_WORDS = (
    "we you may must share collect data partners terms service account content rights policy "
    "consent law delete store personal information members advertising settings period notice "
    "third party agree"
).split()


def run(versions: Path | None) -> Report:
    """Ratios to git, and the worst times of hostile texts.

    A ratio is the median of several rounds, ours and git's in turn. Without a repository (and none
    at RECORDED) the pairs are made up. Seconds are given for orientation; the ratio is the figure.
    """
    names = catalogue.load().names
    versions = versions or _recorded_here()
    texts = _recorded(versions) if versions else _made_up()
    pairs = [_paired(old, new, names) for old, new in texts]
    hostile = {name: _once(old, new, names) for name, (old, new) in hostile_texts().items()}
    ratios = [pair["ratio"] for pair in pairs]
    return {
        "from": str(versions) if versions else "made up",
        "items": pairs,
        "median_ratio": statistics.median(ratios),
        "max_ratio": max(ratios),
        "adversarial_seconds": hostile,
        "worst_adversarial_seconds": max(hostile.values()),
        "peak_memory_mib": round(_peak_mib(), 1),
    }


def _recorded_here() -> Path | None:
    for path in RECORDED:
        if path.exists():
            return path
    return None


def _peak_mib() -> float:
    """The peak memory of this process in MiB; macOS counts it in bytes, others in KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "darwin":
        return peak / 1024**2
    return peak / 1024


def _paired(old: str, new: str, names: Names) -> Report:
    held = learn(_item(), old)
    ours: list[float] = []
    gits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "old")
        after = Path(folder, "new")
        before.write_text(old, "utf-8")
        after.write_text(new, "utf-8")
        command = ["git", "diff", "--no-index", "--word-diff", str(before), str(after)]
        for _ in range(ROUNDS):
            gits.append(_timed(lambda: subprocess.run(command, capture_output=True, check=False)))
            ours.append(_timed(lambda: _understand(held, new, names)))
    mine = statistics.median(ours)
    theirs = statistics.median(gits)
    return {"characters": len(new), "seconds": mine, "git_seconds": theirs, "ratio": mine / theirs}


def _once(old: str, new: str, names: Names) -> float:
    held = learn(_item(), old)
    return _timed(lambda: _understand(held, new, names))


def _understand(held: Held, text: str, names: Names) -> None:
    # A round must not find the previous round's cache.
    document.differing.cache_clear()
    words.pieces.cache_clear()
    topics.spoken_of.cache_clear()
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
    changes = list(_changes(archive))
    found = 0
    for old, new in random.Random(1).sample(changes, len(changes)):
        text = archive.text(new)
        if not SIZES[0] <= len(text) <= SIZES[1]:
            continue
        yield archive.text(old), text
        found += 1
        if found == PAIRS:
            return


def _changes(archive: GitArchive) -> Iterator[tuple[Version, Version]]:
    """Each version with the one before it."""
    before: dict[tuple[str, str], Version] = {}
    for version in archive.versions:
        key = (version.service, version.terms_type)
        if key in before:
            yield before[key], version
        before[key] = version


def _made_up() -> Iterator[tuple[str, str]]:
    for seed in range(PAIRS):
        chance = random.Random(seed)
        lines = [_line(chance) for _ in range(SIZES[0] // 300 + seed * 120)]
        new: list[str] = []
        for line in lines:
            changes = chance.random() < SHARE_CHANGED
            new.append(_line(chance) if changes else line)
        yield "\n\n".join(lines), "\n\n".join(new)


def _line(chance: random.Random) -> str:
    sentences: list[str] = []
    for _ in range(3):
        chosen = chance.choices(_WORDS, k=chance.randint(8, 24))
        sentences.append(" ".join(chosen).capitalize())
    return ". ".join(sentences) + "."


def hostile_texts() -> dict[str, tuple[str, str]]:
    """Pairs of texts made to be slow, by description.

    Repetition, one line, a huge table, nothing alike, and bait for regular expressions.
    """
    chance = random.Random(7)
    one = _unlike(chance, "a")
    other = _unlike(chance, "b")
    table = "\n".join(f"| {n} | pharmacies {n % 7} | €{n}.99 | must not |" for n in range(5_000))
    return {
        "one word repeated": ("data " * 120_000, "data " * 120_001 + "sold"),
        "one line of 500 KB": ("we may share it. " * 30_000, "we will share it. " * 30_000),
        "every other line differs": (
            "a may b.\nc must d.\n" * 15_000,
            "a may b.\nc will d.\n" * 15_000,
        ),
        "nothing alike": (one, other),
        "a table of 5,000 rows": (table, table.replace("pharmacies", "casinos")),
        "brackets": ("[" * 250_000, "[(" * 250_000),
        "emphasis": ("**_" * 150_000, "*_*" * 150_000),
        "digits": ("1 2 3 " * 80_000, "3 2 1 " * 80_000),
        "dates": ("on May 1, 2026 " * 30_000, "on May 2, 2026 or " * 30_000),
        "tags": ("<b " * 150_000, "<i " * 150_000),
        "no spaces": ("x" * 500_000, "y" * 500_000),
    }


def _unlike(chance: random.Random, side: str) -> str:
    """Twelve thousand distinct short lines."""
    lines = [" ".join(chance.choices(_WORDS, k=6)) + f" {n}{side}." for n in range(12_000)]
    return "\n".join(lines)
