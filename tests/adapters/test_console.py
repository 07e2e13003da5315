"""The console platform: width of the terminal, and files."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.console import Console
from bot.message import Message
from lab import demo

Dispatch = Callable[[Any], Awaitable[Message]]


class Terminal(io.StringIO):
    """What is printed, as if to a terminal."""

    def isatty(self) -> bool:
        return True


async def said(dispatch: Dispatch, *lines: str) -> str:
    """What is printed for typed lines."""
    out = Terminal()
    console = Console(lines, out, prompt="")
    async with asyncio.timeout(20):
        await console.run((), dispatch)
    return out.getvalue()


def is_there(folder: Path, ending: str, begins: bytes, printed: str) -> bool:
    """Whether the one file of a folder is what it should be, and was named."""
    [file] = list(folder.rglob(f"*.{ending}"))
    return f"[{file}" in printed and file.read_bytes().startswith(begins)


async def test_no_line_is_wider_than_the_terminal(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no word breaks where the terminal ends; buttons stand one below the other."""
    monkeypatch.setenv("COLUMNS", "60")
    lines = (await said(dispatch, "howto linkedin")).strip().splitlines()
    buttons = [line for line in lines if line.startswith("[")]
    assert len(buttons) > 5
    assert all(line.count(": ") >= 1 and line.endswith("]") for line in buttons)
    words = [line for line in lines if not line.startswith("[") and "<http" not in line]
    assert 50 < max(map(len, words)) <= 60


def test_the_welcome_of_the_demonstration_fits_eighty_columns() -> None:
    assert max(map(len, demo.WELCOME.splitlines())) <= 80


@pytest.mark.parametrize(
    ("line", "ending", "begins"),
    [
        ("picture linkedin", "png", b"\x89PNG"),
        ("letter objection linkedin germany pdf", "pdf", b"%PDF"),
    ],
)
async def test_a_file_that_is_no_text_can_be_opened(
    dispatch: Dispatch,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    line: str,
    ending: str,
    begins: bytes,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    printed = await said(dispatch, line)
    assert is_there(tmp_path, ending, begins, printed)


async def test_a_file_that_is_text_is_printed(dispatch: Dispatch) -> None:
    assert '"outbox": [' in await said(dispatch, "subscribe linkedin", "export")
    assert "Dear Sir or Madam," in await said(dispatch, "letter objection linkedin germany")
