"""What the documentation names is there: files, settings, commands, verbs, links."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import handlers
from bot.adapters.registry import PLATFORMS
from bot.cli import VERBS
from bot.settings import names_of
from lab.cli import VERBS as WORKSHOP

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / "deploy/README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
#: What was is told there by its old name.
OF_THE_PAST = ("CHANGELOG.md", "docs/decisions/0")
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"(?ms)^ *```.*?^ *```")
FILE = re.compile(r"(?:bot|handlers|lab|tests|tools|docs|deploy)/[a-z0-9_./*-]+")
SETTING = re.compile(r"\b(?:SMALLPRINT_[A-Z_]+|DISCORD_TOKEN|TELEGRAM_TOKEN)\b")
RUN = re.compile(r"\./run ([a-z]+)")
VERB = re.compile(r"(?:\./run )?smallprint ([a-z]+)\b")
COMMAND = re.compile(r"/([a-z]+)(?: [^/]*)?")
#: Of the bot, with and without a place in the menu.
COMMANDS = {name for each in handlers.COMMANDS for name in (each.entry.name, *each.entry.aliases)}
#: What is typed to Telegram's @BotFather, and addresses and folders.
ELSEWHERE = {"newbot", "revoke", "setinline", "deletebot", "healthz", "readyz", "metrics"}
ELSEWHERE |= {"terms", "data", "tmp", "var", "etc"}
#: What a page makes up to explain how something is added.
MADE_UP = re.compile(r"(?i)matrix")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _today() -> list[Path]:
    return [path for path in PAGES if not _name(path).startswith(OF_THE_PAST)]


@pytest.fixture(scope="module")
def verbs() -> set[str]:
    """What `./run` takes."""
    usage = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True)
    own = re.findall(r"(?m)^  ((?:[a-z]+, )*[a-z]+) ", usage.stdout)
    products = {verb.name for verb in (*VERBS, *WORKSHOP)}
    return {verb for names in own for verb in names.split(", ")} | products


@pytest.mark.parametrize("page", _today(), ids=_name)
def test_what_a_page_names_is_there(page: Path, verbs: set[str]) -> None:
    text = page.read_text("utf-8")
    code = CODE.findall(FENCED.sub("", text))
    missing = {each for each in code if FILE.fullmatch(each) and not _is_file(each)}
    missing |= set(SETTING.findall(text)) - set(names_of(PLATFORMS))
    missing |= set(RUN.findall(text)) - verbs
    typed = {match[1] for each in code if (match := VERB.match(each))}
    missing |= typed - verbs
    said = {match[1] for each in code if (match := COMMAND.fullmatch(each))}
    missing |= said - COMMANDS - ELSEWHERE
    assert {each for each in missing if not MADE_UP.search(each)} == set()


def _is_file(name: str) -> bool:
    return any(ROOT.glob(name.rstrip("/")))


@pytest.mark.parametrize("page", _today(), ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file beside it and a heading there; what leads to the web only begins as it should."""
    for target in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            assert re.match(r"https://[\w.-]+|mailto:", target), target
            continue
        name, _sep, anchor = target.partition("#")
        if name.endswith(MADE):
            continue
        there = page.parent / name if name else page
        assert there.exists(), target
        assert not anchor or anchor in _anchors(there), target


#: Pages that are made when the documentation is built.
MADE = ("operators/settings.md", "settings.md", "coverage.md")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_site_is_built_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """In strict mode: a link or an anchor that leads nowhere fails it."""
    built = subprocess.run(
        [sys.executable, "-m", "properdocs", "build", "--quiet", "--site-dir", tmp_path / "site"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    loaded = re.compile(
        r"<(?:script|img|iframe)[^>]+src=\"(?:https?:)?//|<link[^>]+href=\"https?://"
    )
    for path in (tmp_path / "site").rglob("*.html"):
        assert not loaded.search(path.read_text("utf-8")), path.name
