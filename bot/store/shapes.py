"""The shape of a SQLite database, its tables and indices, for comparing two databases."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

#: Tables that SQLite itself adds.
_ITS_OWN = frozenset({"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"})
#: The words of an SQL statement: of quoted names what is inside, and no text in single quotes.
_WORD = re.compile(
    r"""'(?:[^']|'')*' | "((?:[^"]|"")*)" | `((?:[^`]|``)*)` | \[([^]]*)\] | (\w+) | (--|/\*)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a table. Tables of the same shape take the same rows and run the same code.

    `columns` have name, type, whether they may be NULL, default, place in the key, and whether they
    are computed; `indices` are by name. `words` are all words of the CREATE statement.
    """

    columns: frozenset[tuple[object, ...]]
    foreign: frozenset[tuple[object, ...]]
    indices: frozenset[tuple[object, ...]]
    words: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(str(column[0]) for column in self.columns)

    def is_like(self, made: Shape) -> bool:
        """Whether it has the shape of `made`, and no word that `made` lacks.

        CHECK, collations and ON CONFLICT show only in the words.
        """
        mine = (self.columns, self.foreign, self.indices)
        return mine == (made.columns, made.foreign, made.indices) and self.words <= made.words


def shapes_of(connection: sqlite3.Connection) -> dict[str, Shape]:
    """The tables of a database by name, without SQLite's own. Raises sqlite3.Error."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {name: _shape(connection, name, sql) for name, sql in rows if name not in _ITS_OWN}


def strangers_in(connection: sqlite3.Connection) -> list[str]:
    """The objects that are neither plain tables nor indices ("trigger x"). Raises sqlite3.Error."""
    found = []
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        if kind == "table" and "VIRTUAL" in _words(sql):
            found.append(f"virtual table {name}")
        elif kind not in ("table", "index"):
            found.append(f"{kind} {name}")
    return found


def _shape(connection: sqlite3.Connection, table: str, sql: str) -> Shape:
    columns = connection.execute(
        'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', (table,)
    )
    foreign = connection.execute(
        'SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)',
        (table,),
    )
    return Shape(
        frozenset(columns.fetchall()),
        frozenset(foreign.fetchall()),
        frozenset(_indices(connection, table)),
        _words(sql),
    )


def _indices(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    """The indices: name ("" if made by a constraint), uniqueness, origin, columns and condition."""
    found: list[tuple[object, ...]] = []
    listed = connection.execute(
        'SELECT i.name, i."unique", i.origin, i.partial, m.sql FROM pragma_index_list(?) AS i'
        " LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = i.name",
        (table,),
    )
    for name, unique, origin, partial, sql in listed.fetchall():
        columns = connection.execute(
            'SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE "key" ORDER BY seqno',
            (name,),
        )
        condition = _plain(sql) if partial else ""
        made = "" if origin != "c" else name
        found.append((made, unique, origin, tuple(columns.fetchall()), condition))
    return found


def _plain(sql: str) -> str:
    """A statement without quotes and differences in white space."""
    return re.sub(r'[\s"]+', " ", sql).strip()


def _words(sql: str | None) -> frozenset[str]:
    """The words of a statement in capitals; a comment, which may hide some, counts as a word."""
    found = set()
    for match in _WORD.finditer(sql or ""):
        found |= {word.upper() for word in match.groups() if word}
    return frozenset(found)
