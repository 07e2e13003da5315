"""The table of commands in the users' guide, made from their list: `./run format` writes it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import handlers
from handlers.help import usage

PAGE = Path(__file__).parents[1] / "docs/users/commands.md"
_HEAD = "| command | what it does |\n| --- | --- |\n"
_TABLE = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")


def table() -> str:
    """Every command that people have, with its help, in the order of the menus.

    Each leads to its own section of the page.
    """
    rows = []
    for command in handlers.COMMANDS:
        if command.hidden:
            continue
        entry = command.entry
        rows.append(f"| [`{usage(entry)}`](#{entry.name}) | {entry.help} |\n")
    return _HEAD + "".join(rows)


def with_commands(page: str) -> str:
    """The page with the table of today."""
    today = table()
    return _TABLE.sub(lambda _found: today, page, count=1)


def main() -> int:
    """Write the table into the page; the exit code is 0."""
    PAGE.write_text(with_commands(PAGE.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
