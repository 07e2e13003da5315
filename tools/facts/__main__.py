"""The command line of the tool."""

from __future__ import annotations

import sys
from pathlib import Path

import tools.facts
from bot.catalogue import facts
from bot.catalogue.facts.forms import Controller, DocumentAddress, Edition, NationalSite
from tools.facts.sheets import read, write
from tools.facts.tables import Maker


def main(arguments: list[str]) -> int:
    """Write the tables, and say what they hold and what was left out."""
    if len(arguments) not in (1, 2):
        print(tools.facts.__doc__)
        return 2
    maker = Maker(read(Path(arguments[0])))
    target = Path(arguments[1]) if len(arguments) > 1 else facts.FOLDER
    write(target / "controllers.csv", maker.controllers(), Controller)
    write(target / "documents.csv", maker.documents(), DocumentAddress)
    write(target / "national.csv", maker.nationals(), NationalSite)
    write(target / "editions.csv", maker.editions(), Edition)
    for reason, count in sorted(maker.left_out.items()):
        print(f"left out: {count} {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
