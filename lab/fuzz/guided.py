"""Coverage-guided fuzzing: python -m lab.fuzz.guided TARGET SECONDS SEEDS."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot.feeds"]):
    from lab.fuzz.corpus import BEGINNINGS
    from lab.fuzz.targets import TARGETS


def main() -> None:
    """Let atheris fuzz one target; it ends the process itself."""
    target, seconds, seeds = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(BEGINNINGS[target]):
            (Path(folder) / str(number)).write_bytes(data)
        options = [
            f"-max_total_time={seconds}",
            "-timeout=20",
            "-rss_limit_mb=600",
            "-max_len=65536",
            f"-artifact_prefix={Path(seeds) / target}-",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], folder, *options], TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
