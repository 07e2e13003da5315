"""The README's table of commands, made from the list of commands: `./run format` writes it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import handlers
from handlers.help import usage

README = Path(__file__).parents[1] / "README.md"
_HEAD = "| command | what it does |\n| --- | --- |\n"
_TABLE = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")


def table() -> str:
    """Every command that people have, with its help, in the order of the menus."""
    rows = []
    for command in handlers.COMMANDS:
        if command.hidden:
            continue
        rows.append(f"| `{usage(command.entry)}` | {command.entry.help} |\n")
    return _HEAD + "".join(rows)


def with_commands(page: str) -> str:
    """The page with the table of today."""
    today = table()
    return _TABLE.sub(lambda _found: today, page, count=1)


def main() -> int:
    """Write the table into the README; the exit code is 0."""
    README.write_text(with_commands(README.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
