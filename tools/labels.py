"""The labels of `lab/eval/labels`, made from their working copies: ids and judgements, no texts.

Run as `python -m tools.labels FOLDER`, with the folder of the working copies.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LABELS = Path(__file__).parents[1] / "lab" / "eval" / "labels"
#: The file of the labels of memos, which are of no single collection.
MEMOS = "memos"
#: What a label quotes of what it judges: the texts are others' works and stay where they are.
QUOTES = frozenset({"key", "evidence", "title"})

Label = dict[str, Any]


def published(folder: Path) -> dict[str, list[Label]]:
    """The labels of a folder's JSONL files, without quotes, by the name of the file to write.

    Those of changes are sorted by day, those of memos by id. Raises OSError where a file cannot be
    read, ValueError where a line is no JSON object.
    """
    found: dict[str, list[Label]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            label = _without_quotes(json.loads(line))
            found.setdefault(label.get("collection", MEMOS), []).append(label)
    return {name: sorted(labels, key=_place) for name, labels in found.items()}


def written(labels: Iterable[Label]) -> str:
    """Labels as a file has them: one JSON object a line."""
    lines = [json.dumps(label, ensure_ascii=False) for label in labels]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the labels; returns the code to exit with."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    for name, labels in published(Path(arguments[0])).items():
        (LABELS / f"{name}.jsonl").write_text(written(labels), "utf-8")
        print(f"{name}: {len(labels)}")
    return 0


def _without_quotes(label: Label) -> Label:
    return {field: value for field, value in label.items() if field not in QUOTES}


def _place(label: Label) -> tuple[str, str]:
    """Where a label stands in its file."""
    return label.get("date", ""), label.get("sha") or label["id"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
