"""What texts composed in code must not contain.

Quotation marks and colons are those of the reader's language, so catalogues have them; and a
sentence within another is not found by the tool that collects what is to be translated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import speaking
from bot.model import Address
from bot.platform import Request
from bot.render.blocks import headed, quoted
from bot.store import Store
from handlers import answer
from tests.support import world

ROOT = Path(__file__).parents[1]
#: A console shows behind each label what to type.
PLAIN = "plain.py"
#: Quotation marks, or a colon with words behind it.
OF_A_LANGUAGE = re.compile(r"[“”„«»]|: ")


def put_together(tree: ast.AST) -> Iterator[str]:
    """What stands between the values of texts that are put together in the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.Constant):
                    yield str(part.value)


def hidden(tree: ast.AST) -> Iterator[str]:
    """Texts for the catalogues that stand within one that is put together."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                given = call.args[0] if call.args else None
                if call.func.id in ("_", "n_") and isinstance(given, ast.Constant):
                    yield str(given.value)


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "handlers").glob("*.py"), *(ROOT / "bot").rglob("*.py")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_text_hides_within_another(path: Path) -> None:
    assert list(hidden(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in [*(ROOT / "handlers").glob("*.py"), *(ROOT / "bot/render").glob("*.py")]
        if path.name != PLAIN
    ],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_no_text_is_put_together_with_marks_of_english(path: Path) -> None:
    found = put_together(ast.parse(path.read_text()))
    assert [words for words in found if OF_A_LANGUAGE.search(words)] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "TikTok: “Personalised ads”"),
        ("de", "TikTok: „Personalised ads“"),
        ("fr", "TikTok : « Personalised ads »"),
        ("pl", "TikTok: „Personalised ads”"),
    ],
)
def test_each_language_has_its_own(language: str, words: str) -> None:
    with speaking(language):
        assert headed("TikTok", quoted("Personalised ads")).replace("\xa0", " ") == words


def test_what_one_can_opt_out_of_is_said_in_french_marks(
    store: Store, known: Catalogue, names: Names
) -> None:
    asked = Request("follow", "spotify, tiktok", Address("telegram", "7"), language="fr")
    said = answer(asked, world.context(store, known, names)).text.replace("\xa0", " ")
    assert "TikTok : « " in said
    assert "“" not in said
