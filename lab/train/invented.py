"""Invented changes, for kinds of which few are recorded.

They are pairs that differ in little but matter or not, short list entries, and languages that
collections hardly have. Each is put into a document of other invented clauses, so that it looks
like a change of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.model import Document, Item, Record
from bot.understand import features
from bot.understand.comparison import compare
from bot.understand.memory import learn
from bot.understand.significance import undecided
from bot.verdicts import Noise
from lab.eval.figures import read_lines
from lab.train.examples import Example, Label

CLAUSES = Path(__file__).parent / "invented.jsonl"
#: The weight of an invented example relative to a recorded one.
COUNTS = 0.5
#: The number of other clauses around one, each of at least this many words.
AROUND = 14
LEAST_WORDS = 8
#: How many clauses further on the next document begins.
STEP = 7
_WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
COLLECTION = "invented"


def examples() -> list[Example]:
    """An example of each invented change that no filter removes."""
    given = read_lines(CLAUSES)
    found = []
    for number, label in enumerate(given):
        example = _example(number, label, _around(number, label, given))
        if example:
            found.append(example)
    return found


def _example(number: int, label: Label, around: Sequence[str]) -> Example | None:
    document = Document(COLLECTION, "Acmely", label["terms_type"])
    uid = f"commit:{number}"
    item = Item(uid, COLLECTION, Record.CHANGE, _WHEN, "", "", document=document)
    language = label["language"]
    held = learn(item, _page(label, 0, around), None, language)
    compared = compare(held, _page(label, 1, around), language)
    left = undecided(compared, held, _WHEN.date())
    if isinstance(left, Noise):
        return None
    named = {**label, "collection": COLLECTION, "document": f"{COLLECTION}/{label['terms_type']}"}
    seen = features.of_change(compared, left, held, _WHEN.date())
    return Example(named, seen, pairs=left, terms_type=label["terms_type"], counts=COUNTS)


def _around(number: int, label: Label, given: Sequence[Label]) -> list[str]:
    """Clauses of the same language from the other changes."""
    own = {text for pair in label["pairs"] for text in pair}
    others = []
    for other in given:
        if other["language"] != label["language"]:
            continue
        for before, after in other["pairs"]:
            text = before or after
            if len(text.split()) >= LEAST_WORDS and text not in own:
                others.append(text)
    start = number * STEP % max(1, len(others))
    return (others[start:] + others[:start])[:AROUND]


def _page(label: Label, side: int, around: Sequence[str]) -> str:
    """The document before (side 0) or after the change (1), as Markdown."""
    said = [pair[side] for pair in label["pairs"] if pair[side]]
    heading = [f"## {label['section']}"] if label["section"] else []
    half = len(around) // 2
    return "\n\n".join(["# Terms", *around[:half], *heading, *said, "## More", *around[half:]])
