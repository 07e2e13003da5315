"""The page of settings, which is made from the code, and `.env.example` beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import settings
from bot.adapters.registry import PLATFORMS
from tools.settings_page import EXAMPLES, GROUPS, sentence, settings_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = settings_page()
#: What the page says of each setting.
ENTRIES = dict(re.findall(r"(?ms)^### (\w+)\n\n(.*?)(?=^#|\Z)", PAGE))


def test_every_setting_is_there_once() -> None:
    shown = re.findall(r"(?m)^### (\w+)$", PAGE)
    assert sorted(shown) == sorted(settings.names_of(PLATFORMS))
    assert [name for group in GROUPS for name in group.variables] == shown


def test_an_entry_has_the_meaning_of_the_code() -> None:
    for name, meaning in settings.names_of(PLATFORMS).items():
        assert ENTRIES[name].startswith(sentence(meaning)), name


def test_a_default_is_what_holds_where_nothing_is_set() -> None:
    """Each default that is shown can be typed, and changes nothing."""
    bare = settings.load(PLATFORMS, None, {})
    shown = {}
    for name, entry in ENTRIES.items():
        if typed := re.search(r"(?m)^- Default: `(.*)`$", entry):
            shown[name] = typed[1]
    assert settings.load(PLATFORMS, None, shown) == bare
    assert {_default_of(name) for name in set(ENTRIES) - set(shown)} == {"not set"}
    assert shown["SMALLPRINT_HOLD_HOURS"] == f"{bare.hold_hours:g}"


def _default_of(name: str) -> str:
    found = re.search(r"(?m)^- Default: (.*)$", ENTRIES[name])
    assert found, name
    return found[1]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_is_taken(name: str) -> None:
    settings.load(PLATFORMS, None, {name: EXAMPLES[name]})
    assert f"`{name}={EXAMPLES[name]}`" in ENTRIES[name]


def test_what_is_allowed_is_taken_and_nothing_beyond() -> None:
    bounded = set()
    for name, entry in ENTRIES.items():
        if found := re.search(r"(?m)^- Allowed: (\S+) to (\S+)$", entry):
            bounded.add(name)
            for edge in found.groups():
                settings.load(PLATFORMS, None, {name: edge})
            with pytest.raises(settings.SettingsError):
                settings.load(PLATFORMS, None, {name: str(float(found[2]) + 1)})
        elif found := re.search(r"(?m)^- Allowed: (.*)$", entry):
            for choice in re.findall(r"`(\w+)`", found[1]):
                settings.load(PLATFORMS, None, {name: choice})
    numbers = {
        name
        for name, field in settings.fields_of(PLATFORMS).items()
        if field.annotation in (int, float)
    }
    assert bounded == numbers


def test_the_example_has_the_order_of_the_page() -> None:
    example = (ROOT / ".env.example").read_text()
    assert re.findall(r"(?m)^#?\s?([A-Z][A-Z_]+)=", example) == list(ENTRIES)
    assert re.findall(r"(?m)^# ---- (.*) ----$", example) == [group.title for group in GROUPS]


def test_the_example_shows_the_defaults() -> None:
    """With every # taken away it changes nothing."""
    example = (ROOT / ".env.example").read_text()
    given = dict(re.findall(r"(?m)^#?\s?([A-Z][A-Z_]+)=(.*)$", example))
    assert settings.load(PLATFORMS, None, given) == settings.load(PLATFORMS, None, {})
    for name, entry in ENTRIES.items():
        typed = re.search(r"(?m)^- Default: `(.*)`$", entry)
        assert given[name] == (typed[1] if typed else ""), name
