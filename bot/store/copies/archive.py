"""Reading a pg_dump archive without running any of it.

pg_restore prints an archive as SQL if it is given no database. Of that, only rows of tables that
our migrations make and the values of sequences are used; everything else is refused or skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bot.store import schema
from bot.store.copies import programs
from bot.store.database import StoreError

#: The first bytes of an archive.
MAGIC = b"PGDMP"
#: The longest line of an archive; a longer one is not ours.
LONGEST_LINE = 64 * 2**20
_NAME = r'(?:\w+|"\w+")'
_ENTRY = re.compile(
    r"\d+; \d+ \d+ (TABLE DATA|TABLE|SEQUENCE OWNED BY|SEQUENCE SET|SEQUENCE|DEFAULT|"
    r"FK CONSTRAINT|CONSTRAINT|INDEX) \S+ (\S+) ?.*"
)
_COPY = re.compile(rf"COPY ({_NAME}\.)?({_NAME}) \(({_NAME}(?:, {_NAME})*)\) FROM stdin;")
_SEQUENCE = re.compile(r"SELECT pg_catalog\.setval\('(?:\w+\.)?(\w+)', (\d{1,18}), (true|false)\);")
_END = b"\\.\n"


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a table in PostgreSQL's COPY format; read them before the next block."""

    table: str
    columns: tuple[str, ...]
    rows: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Sequence:
    """The value of a sequence, and whether that value has been used."""

    name: str
    value: int
    called: bool


class Archive:
    """An open archive; a context manager. Every method raises StoreError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._program = programs.find("pg_restore")
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._file = self.path.open("rb", buffering=0)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}.") from error
        if self._file.read(len(MAGIC)) != MAGIC:
            self._file.close()
            raise self.refused("is not an archive of pg_dump")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def refused(self, why: str) -> StoreError:
        """The error for a file that is not an archive of ours."""
        return StoreError(f"{self.path} {why}; it is not used.")

    def check_entries(self) -> None:
        """Raise StoreError if the archive has more than tables, their keys and sequences."""
        tables = schema.every_table()
        for line in self._lines("--list"):
            if line.startswith(b";") or not line.strip():
                continue
            words = line.decode("utf-8", "replace").strip()
            entry = _ENTRY.fullmatch(words)
            if entry is None:
                kind = re.sub(r"^\d+; \d+ \d+ ", "", words)
                raise self.refused(f"has in it what is not of Smallprint: {kind}")
            kind, name = entry.groups()
            if kind not in ("INDEX",) and not _is_of(kind, name, tables):
                raise self.refused(f"has in it a {kind.lower()} {name}, which is not of Smallprint")

    def parts(self) -> Iterator[Block | Sequence]:
        """The rows and sequences, in the order of the archive."""
        lines = self._lines("--data-only", "--file=-")
        utf8 = False
        for line in lines:
            words = line.decode("utf-8", "replace").rstrip("\n")
            if words.startswith("SET client_encoding") and "'UTF8'" in words:
                utf8 = True
            elif words.startswith("COPY "):
                if not utf8:
                    raise self.refused("is not in UTF-8")
                yield from self._block(words, lines)
            elif found := _SEQUENCE.fullmatch(words):
                yield Sequence(found[1], int(found[2]), found[3] == "true")

    def _block(self, words: str, lines: Iterator[bytes]) -> Iterator[Block]:
        found = _COPY.fullmatch(words)
        if found is None:
            raise self.refused(f"has a statement that is not of Smallprint: {words[:80]}")
        columns = tuple(each.strip('"') for each in found[3].split(", "))
        rows = self._rows(lines)
        yield Block(found[2].strip('"'), columns, rows)
        for _row in rows:  # skip rows that the caller did not read
            pass

    def _rows(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        for line in lines:
            if line == _END:
                return
            yield line
        raise self.refused("ends in the middle of a table")

    def _lines(self, *how: str) -> Iterator[bytes]:
        if self._file is None:
            raise RuntimeError("the archive is not open")
        with programs.reading([self._program, *how], self._file) as printed:
            while line := printed.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:
                    raise self.refused("has a line that is too long for a row of ours")
                yield line


def _is_of(kind: str, name: str, tables: frozenset[str]) -> bool:
    """Whether an entry belongs to one of the tables. A sequence's name begins with its table's."""
    if kind.startswith("SEQUENCE"):
        return any(name.startswith(f"{table}_") for table in tables)
    return name in tables
