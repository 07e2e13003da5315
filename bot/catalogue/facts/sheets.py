"""CSV tables read into row models.

A broken row is left out and reported by file, line and field; the other rows are kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalogue.reading import in_words

Row = TypeVar("Row", bound=BaseModel)


def read(path: Path, form: type[Row]) -> tuple[list[tuple[int, Row]], list[str]]:
    """The valid rows, each with its line number, and the problems in words. Raises nothing."""
    rows: list[tuple[int, Row]] = []
    problems: list[str] = []
    try:
        for line, values in _records(path, form):
            try:
                rows.append((line, form.model_validate(values)))
            except ValidationError as error:
                for detail in error.errors():
                    problems.append(f"{path.name}, line {line}: {in_words(detail)}")
    except _BrokenTable as error:
        problems.append(f"{path.name}, line {error.line}: {error}")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: {error}")
    return rows, problems


class _BrokenTable(Exception):
    """The table itself is malformed, so nothing after this line can be read."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


def _records(path: Path, form: type[BaseModel]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their line numbers. Raises _BrokenTable at the first malformed one."""
    columns = list(form.model_fields)
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.reader(file, strict=True)
        try:
            if next(table, []) != columns:
                raise _BrokenTable(1, f"the columns must be {', '.join(columns)}")
            line = table.line_num + 1
            for values in table:
                if len(values) != len(columns):
                    words = f"there are {len(columns)} columns, but {len(values)} fields here"
                    raise _BrokenTable(line, words)
                yield line, dict(zip(columns, values, strict=True))
                line = table.line_num + 1
        except csv.Error as error:
            raise _BrokenTable(table.line_num, str(error)) from error
