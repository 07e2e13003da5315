"""The systemd units: sandboxed, and the program runs in the sandbox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy import confined
from tests.deploy.judges import DEPLOY, ROOT, UNITS, passed

SERVICE, BACKUP = UNITS
#: What a unit may score at most, in tenths, as `--threshold` counts.
MOST_EXPOSED = 20
#: What the program loads and does that a sandbox might break: every library with machine code of
#: its own, names that are looked up, sockets, a database, and a worker with limits of its own.
EVERYTHING = """
import asyncio, functools, pathlib, socket, ssl, sys, tempfile
import brotli, discord, lxml.etree, nh3, PIL.ImageFont, prometheus_client, psycopg, telegram
from bot.runtime import bounded
from bot.store import Store
import bot.cli._service

socket.getaddrinfo("localhost", 443)
ssl.create_default_context()
with tempfile.TemporaryDirectory() as folder:
    store = Store(f"sqlite:///{folder}/a.db")
    store.open()
    store.backup(pathlib.Path(folder, "b.db"))
    store.close()
print(bounded.call(len, [1, 2, 3], limits=bounded.Limits()))
"""
#: What neither unit lets a program do.
FORBIDDEN = """
import mmap, os, socket

tries = [
    lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    lambda: os.chown("/tmp", 0, 0),
    lambda: os.chroot("/"),
]
for each in tries:
    try:
        each()
    except PermissionError:
        print("refused")
"""


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_units_are_sandboxed(unit: Path) -> None:
    """systemd's own measure of what a service could do."""
    judged = ["security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager"]
    assert "exposure level" in passed("systemd-analyze", *judged, unit)
    settings = confined.settings_of(unit)
    assert settings["UMask"] == ["0077"]
    assert settings["LimitCORE"] == ["0"]
    assert settings["DynamicUser"] == ["yes"]


def test_units_say_nothing_that_systemd_does_not_know(tmp_path: Path) -> None:
    """It warns of what it leaves out, and ends well all the same."""
    for path in (*UNITS, DEPLOY / "smallprint-backup.timer"):
        there = path.read_text().replace("/opt/smallprint/bin/smallprint", "/bin/true")
        (tmp_path / path.name).write_text(there)
    assert passed("systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())) == ""


def test_the_service_is_watched() -> None:
    """It says when it is ready and that it comes on; wrong settings are not tried again."""
    settings = confined.settings_of(SERVICE)
    assert settings["Type"] == ["notify"]
    assert settings["NotifyAccess"] == ["main"]
    assert settings["WatchdogSec"] == ["60"]
    assert settings["RestartPreventExitStatus"] == ["78"]


def test_copies_are_made_without_tokens() -> None:
    settings = confined.settings_of(BACKUP)
    assert "EnvironmentFile" not in settings
    assert [each.split("=")[0] for each in settings["Environment"]] == [
        "SMALLPRINT_DATABASE",
        "SMALLPRINT_BACKUPS",
    ]
    assert settings["PrivateNetwork"] == ["yes"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_the_program_runs_under_a_unit_s_filters(unit: Path) -> None:
    """Memory, addresses and system calls as the unit has them."""
    assert _confined(unit, EVERYTHING) == ["3"]
    assert _confined(unit, FORBIDDEN) == ["refused"] * 4


def _confined(unit: Path, script: str) -> list[str]:
    """The lines that a script prints under the filters of a unit."""
    if missing := confined.missing():
        pytest.skip(f"{missing} is not here, so the filters cannot be made")
    command = [sys.executable, "-m", "tests.deploy.confined", str(unit), sys.executable, "-c"]
    done = subprocess.run([*command, script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
