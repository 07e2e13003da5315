"""One process for one database: a lock that the kernel lets go of when the process dies."""

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
    """Hold a lock beside the database file; use as a context manager."""

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
    """One process on this machine for one bot token; the file's name gives nothing of it away."""

    def __init__(self, secret: str) -> None:
        name = blake2b(secret.encode(), digest_size=12, person=b"smallprint").hexdigest()
        super().__init__(Path(tempfile.gettempdir(), f"smallprint-{name}"))
        self._does = "uses this bot token"
