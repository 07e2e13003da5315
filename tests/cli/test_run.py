"""`./run`, the program that sets everything up and starts the others."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="./run has not made .venv here")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_run_stops_the_bot_in_order(tmp_path: Path, how: signal.Signals) -> None:
    settings = {
        "SMALLPRINT_DATABASE": f"sqlite:///{tmp_path}/stopped.db",
        "SMALLPRINT_SOURCES": str(tmp_path / "none.toml"),
        "TELEGRAM_TOKEN": "",
        "DISCORD_TOKEN": "",
    }
    (tmp_path / "none.toml").write_text(
        '[[source]]\nid = "none"\nkind = "news"\nurl = "https://localhost/"\n'
    )
    running = subprocess.Popen(
        [ROOT / "run", "bot"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **settings},
    )
    with running:
        said = _read_until("duty.taken", running)
        running.send_signal(how)
        said += running.communicate(timeout=60)[0]
    assert running.returncode == 0, said
    assert "app.stopping" in said
    assert "Traceback" not in said


def _read_until(words: str, running: subprocess.Popen[str]) -> str:
    """What a process printed up to a line with these words, or all of it."""
    assert running.stdout
    said = ""
    for line in running.stdout:
        said += line
        if words in line:
            break
    return said
