"""`smallprint replay`: serve recorded months, and print how to connect a bot."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.runtime.http_server import serve
from lab.replay.archive import GitArchive
from lab.replay.clock import Clock
from lab.replay.server import application


def run(repository: Path, start: str, end: str, speed: float, port: int) -> int:
    """Serve until interrupted."""
    try:
        first, last = _moment(start), _moment(end)
    except ValueError:
        return _fail("Dates look like 2025-11-01 or 2025-11-01T12:00:00Z.")
    if first >= last or speed < 0:
        return _fail("--from is before --to, and --speed is not negative.")
    try:
        archive = GitArchive(repository)
    except (subprocess.CalledProcessError, OSError):
        return _fail(f"{repository} is not a git repository or bundle that can be read.")
    asyncio.run(_serve(archive, Clock(first, last, speed), port))
    return 0


async def _serve(archive: GitArchive, clock: Clock, port: int) -> None:
    runner, base = await serve(application(archive, clock), port)
    print(
        f"""Serving {len(archive.versions)} versions at {base}
Its clock starts with the first feed that is asked for. Point a bot at it with a sources file:

[[source]]
id = "{archive.name}"
kind = "collection"
url = "{base}"
every = "1s"

and SMALLPRINT_SOURCES=that-file SMALLPRINT_ALLOW_PRIVATE_NETWORKS=true SMALLPRINT_POLL_TICK=0.2
Read or move the clock: GET or PUT {base}clock""",
        flush=True,
    )
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _moment(text: str) -> datetime:
    """A date or time, in UTC if it names no zone. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
