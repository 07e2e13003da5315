"""Output to a closed pipe, such as `head`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.cli._pipe import UNREAD


@pytest.mark.parametrize("program", [["bot", "sources"], ["tools.texts", "--report"]])
def test_a_reader_that_goes_is_no_error(program: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", *program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (UNREAD, "")
