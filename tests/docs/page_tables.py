"""The tables of a page, as rows of cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_RULE = re.compile(r"\|(?: ?:?-+:? ?\|)+")


def page(name: str) -> str:
    """The text of a page of the documentation."""
    return (ROOT / "docs" / name).read_text("utf-8")


def said(name: str) -> str:
    """The same in one line, as wrapping says nothing."""
    return " ".join(page(name).split())


def tables(name: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The head and the rows of each table of a page."""
    lines = page(name).splitlines()
    for number, line in enumerate(lines):
        if not _RULE.fullmatch(line):
            continue
        rows: list[list[str]] = []
        for row in lines[number + 1 :]:
            if not row.startswith("|"):
                break
            rows.append(_cells(row))
        yield _cells(lines[number - 1]), rows


def rows_under(name: str, *head: str) -> list[list[str]]:
    """The rows of all tables whose head begins so."""
    found: list[list[str]] = []
    for first, rows in tables(name):
        if tuple(first[: len(head)]) == head:
            found += rows
    return found


@cache
def functions(path: Path) -> dict[str, str]:
    """The test functions of a file, each with its docstring."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("test_"):
            found[node.name] = ast.get_docstring(node) or ""
    return found


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
