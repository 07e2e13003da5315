"""File locks that allow one process for each database; the kernel frees them at its death."""

from __future__ import annotations

import fcntl
import os
import tempfile
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self


class LockError(Exception):
    """Another process works on the same database, or its folder cannot be used."""


class Lock:
    """A lock beside the database file; a context manager."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._does = f"works on {database}"
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise LockError(
                f"The database cannot be kept in {self._path.parent}: {error.strerror}."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise LockError(
                f"Another Smallprint (process {holder}) already {self._does}. Stop it first."
            ) from error
        os.ftruncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            os.close(self._file)


class TokenLock(Lock):
    """A lock for one process per bot token on this machine; its file's name does not reveal it."""

    def __init__(self, secret: str) -> None:
        name = blake2b(secret.encode(), digest_size=12, person=b"smallprint").hexdigest()
        super().__init__(Path(tempfile.gettempdir(), f"smallprint-{name}"))
        self._does = "uses this bot token"
