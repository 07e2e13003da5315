"""What pages, help and command descriptions name as an example is typed here, and works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.model import Address, Subscription
from bot.platform import Entry, Request
from bot.store import Store
from tests.support import world

ROOT = Path(__file__).parents[2]
#: What people read who use the bot.
PAGES = (ROOT / "README.md", ROOT / "docs/index.md", *sorted((ROOT / "docs/users").glob("*.md")))
ME = Address("telegram", "7")
TOLD = re.compile(r"[`“](/[a-z]+(?: [^`”<\[]+)?)[`”]")
BEHIND_FOR_EXAMPLE = re.compile(r"[Ff]or example: (.+)$")
#: What an answer says that did not understand.
LOST = re.compile(r"I do not (?:know|understand)|I cannot find|does not work")
#: Examples that stand for what only one person has: a code, a file, a channel.
OWN = ("/link", "/import", "/channel")


def lines() -> list[str]:
    """Every example, as one types it."""
    read = "\n".join(page.read_text("utf-8") for page in PAGES)
    found = [line for line in TOLD.findall(read) if _is_command(line)]
    for command in handlers.COMMANDS:
        found += _of_entry(command.entry, command.entry.name)
    return [line for line in dict.fromkeys(found) if not line.startswith(OWN)]


def _is_command(line: str) -> bool:
    name = line[1:].split(maxsplit=1)[0]
    return any(name in (each.entry.name, *each.entry.aliases) for each in handlers.COMMANDS)


def _of_entry(entry: Entry, path: str) -> Iterator[str]:
    """The examples that the parameters of a command name, each behind the command."""
    for form in entry.forms:
        yield from _of_entry(form, f"{path} {form.name}")
    before = ""
    for parameter in entry.parameters:
        match = BEHIND_FOR_EXAMPLE.search(parameter.help)
        for example in re.split(r"[;,] (?:or: |all for .*)?", match[1]) if match else ():
            yield f"/{path}{before} {example.removeprefix('or: ')}"
        if parameter.required and parameter.kind == "service":
            before += " linkedin"


@pytest.mark.parametrize("line", lines())
def test_an_example_is_understood(store: Store, known: Catalogue, names: Names, line: str) -> None:
    world.tell(store)
    for service in ("linkedin", "google"):
        store.subscriptions.add(Subscription(ME, service, frozenset({"EU"})), world.NOW)
    command, _space, text = line[1:].partition(" ")
    said = handlers.answer(Request(command, text, ME), world.context(store, known, names)).text
    assert not LOST.search(said), said


@pytest.mark.parametrize(
    ("platform", "private", "manages", "lacks"),
    [
        ("telegram", True, True, ("mention", "channels", "done")),
        ("telegram", False, False, ("subscribe", "link", "channel", "forget")),
        ("discord", False, True, ("channel", "link")),
        ("discord", True, True, ("channel", "channels")),
    ],
)
def test_help_lists_what_one_can_use_there(
    store: Store,
    known: Catalogue,
    names: Names,
    platform: str,
    private: bool,
    manages: bool,
    lacks: tuple[str, ...],
) -> None:
    asked = Request("help", "", Address(platform, "1"), manages, private)
    said = handlers.answer(asked, world.context(store, known, names)).text
    listed = set(re.findall(r"^/(\w+)", said, re.M))
    assert "howto" in listed
    assert not listed & set(lacks)
