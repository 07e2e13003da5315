"""Running PostgreSQL's own programs, pg_dump and pg_restore, and reporting their errors.

A password is passed in the environment, where nobody else sees it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO

from bot.store.database import StoreError

#: The environment variables that they get: paths, and what PostgreSQL's library reads.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
_PREFIXES = ("PG", "LC_")
#: The longest that reading an archive, or dumping a database, may take.
MOST_SECONDS = 3 * 3600.0


def find(name: str) -> Path:
    """The path of a program. Raises StoreError if it is not on the PATH."""
    found = shutil.which(name)
    if found is None:
        said = f"{name} is not on the PATH; install the PostgreSQL client of the server's version."
        raise StoreError(said)
    return Path(found)


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program, which contains none of our tokens."""
    kept = {}
    for name, value in os.environ.items():
        if name in _ENVIRONMENT or name.startswith(_PREFIXES):
            kept[name] = value
    return {**kept, **more}


def write(command: Sequence[str | Path], to: int, more: Mapping[str, str]) -> None:
    """Run a program that writes into an open file. Raises StoreError if it fails."""
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, without a shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=said,
                env=environment(more),
                timeout=MOST_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StoreError(f"{_name(command)} cannot be run: {type(error).__name__}.") from None
        if done.returncode:
            raise StoreError(_why(command, done.returncode, said))


@contextmanager
def reading(command: Sequence[str | Path], given: IO[bytes]) -> Iterator[IO[bytes]]:
    """The output of a program that reads an open file from its beginning.

    Raises StoreError if it fails; an exception inside the block ends it.
    """
    os.lseek(given.fileno(), 0, os.SEEK_SET)
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's, without a shell
                command,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=said,
                env=environment({}),
            )
        except OSError as error:
            raise StoreError(f"{_name(command)} cannot be run: {error.strerror}.") from None
        stop = Timer(MOST_SECONDS, process.kill)
        stop.daemon = True
        stop.start()
        with process:
            try:
                assert process.stdout is not None  # noqa: S101 - it was made with a pipe
                yield process.stdout
                process.stdout.read()
            except BaseException:
                process.kill()
                raise
            finally:
                stop.cancel()
        if process.returncode:
            raise StoreError(_why(command, process.returncode, said))


def _name(command: Sequence[str | Path]) -> str:
    return Path(command[0]).name


def _why(command: Sequence[str | Path], code: int, said: IO[bytes]) -> str:
    """The last error message of a program, as one line."""
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").split("\n")
    errors = [line for line in lines if "error:" in line] or [line for line in lines if line]
    words = f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    if errors:
        words = re.sub(r"^\w+: (error: )?", "", errors[-1]).strip()
    return f"{_name(command)} failed: {words}"
