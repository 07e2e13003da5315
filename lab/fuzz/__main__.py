"""The command line of `./run fuzz`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.runtime import logs
from lab.fuzz import command

SEEDS = Path("tests/seeds")


def main() -> int:
    """Read the arguments and fuzz; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run fuzz", description=__doc__)
    seconds = "for all targets together (default 20)"
    parser.add_argument("--seconds", type=float, default=20.0, help=seconds)
    engines = ("hypothesis", "atheris")
    engine = "what makes the inputs"
    parser.add_argument("--engine", choices=engines, default=engines[0], help=engine)
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="where what breaks is kept")
    parsed = parser.parse_args()
    logs.set_up("CRITICAL", "text")
    return command.run(parsed.seconds, parsed.engine, parsed.seeds)


if __name__ == "__main__":
    sys.exit(main())
