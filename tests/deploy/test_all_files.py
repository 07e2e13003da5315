"""Rules for every file in `deploy/`: existing settings, no secrets, no private paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.adapters.registry import PLATFORMS
from bot.cli import VERBS
from bot.settings import names_of
from tests.deploy.judges import DEPLOY, KUBERNETES, ROOT, files

#: Long and of many kinds of letters, as tokens are.
TOKEN = r"(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{28,}"


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_a_file_names_settings_that_there_are(path: Path) -> None:
    known = names_of(PLATFORMS)
    named = set(
        re.findall(r"\b(?:SMALLPRINT_[A-Z_]+|(?:DISCORD|TELEGRAM)_TOKEN)\b", path.read_text())
    )
    assert named <= set(known)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_a_file_has_no_secret_and_no_place_of_ours(path: Path) -> None:
    text = path.read_text()
    patterns = [pattern for each in PLATFORMS for pattern in each.secret_patterns]
    for pattern in (*patterns, TOKEN, r"BEGIN [A-Z ]*PRIVATE KEY", r"/home/", str(ROOT.parent)):
        assert not re.search(pattern, text), pattern
    passwords = re.findall(r"://\w+:(\$\{\w+|[^@\s/]+)[^@]*@", text)
    assert set(passwords) <= {"password", "${POSTGRES_PASSWORD"}


def test_secrets_are_empty() -> None:
    for each in yaml.safe_load_all((KUBERNETES / "secret.example.yaml").read_text()):
        assert set(each["stringData"].values()) == {""}


def test_pages_name_verbs_that_there_are() -> None:
    """Those of the product: the workshop is not in the image."""
    known = {verb.name for verb in VERBS}
    for path in files():
        text = path.read_text()
        named = re.findall(r"`smallprint ([a-z]+)", text)
        named += re.findall(r"(?:-m bot|bin/smallprint) ([a-z]+)", text)
        assert set(named) <= known, path
