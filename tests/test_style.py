"""Style rules that no linter checks: one decision at a time."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import SLOW

ROOT = Path(__file__).resolve().parents[1]
FILES = [path for top in ("bot", "handlers", "lab") for path in sorted((ROOT / top).rglob("*.py"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_choice_stands_in_a_choice(path: Path) -> None:
    """`a if x else b if y else c`: use `if` statements, or name the inner one."""
    choices = [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.IfExp)
    ]
    assert [node.lineno for node in choices if _holds_another(node)] == []


def _holds_another(choice: ast.IfExp) -> bool:
    return any(isinstance(node, ast.IfExp) for node in (choice.test, choice.body, choice.orelse))


@pytest.mark.parametrize("place", SLOW)
def test_what_the_quick_lane_leaves_out_is_there(place: str) -> None:
    """Else a test that is renamed makes the quick lane slow."""
    path, _separator, name = place.partition("::")
    [first, *_others] = sorted(ROOT.glob(f"{path}*"))
    if name:
        assert f"def {name}" in first.read_text()
