"""Reading of the sheets, and writing of the tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from bot.catalogue.facts.sheets import Row

Sheet = list[dict[str, str]]


def read(folder: Path) -> dict[str, Sheet]:
    """The sheets by their names."""
    found = {}
    for path in (*sorted(folder.glob("ota/*.csv")), folder / "registry/jurisdiction_check.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def write(path: Path, rows: Iterable[dict[str, str]], form: type[Row]) -> None:
    """Write a table, sorted by its first columns."""
    columns = list(form.model_fields)
    listed = sorted({tuple(row[column] for column in columns) for row in rows})
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(listed)
    print(f"{path.name}: {len(listed)} rows")
