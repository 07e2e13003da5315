"""What the pages for users say of commands, times, places, addresses and languages is so."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from babel import Locale
from babel.messages.pofile import read_po

import handlers
from bot import locales, regions, timing
from bot.document_kinds import Kind
from bot.jobs import caps
from bot.matcher import concerns
from bot.model import Address, Subscription
from bot.platform import Entry
from bot.preferences import ROLES, Level, Schedule
from bot.render import labels
from bot.store import missed, reach, undo_tables
from bot.understand import hold
from bot.understand.topics import TOPICS
from bot.web import access, answers, api, dates, feeds, routes
from bot.web.asked import SEVERITIES, read
from handlers import link, mute, page, start, threshold
from handlers._base import Section
from handlers.help import usage
from tests.docs import conversations
from tests.support.world import CHANGE

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/render/three_readers.txt"
NUMBERS = "no one two three four five six seven eight nine ten".split()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _page(name: str) -> str:
    return (ROOT / "docs/users" / name).read_text("utf-8")


def _words(text: str) -> str:
    """A text in one line, without what marks its lines as a quote."""
    return " ".join(text.replace("│", " ").split())


# -- commands


def _entries() -> list[Entry]:
    return [command.entry for command in handlers.COMMANDS if not command.hidden]


def test_every_command_stands_in_its_section() -> None:
    """In the order of /help's headings, with its usage below its own heading."""
    text = _page("commands.md")
    found: list[tuple[str, str]] = []
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("### /"):
            found.append((section, line.removeprefix("### /")))
    assert sorted(found) == sorted((entry.section, entry.name) for entry in _entries())
    headings = [name for name in re.findall(r"(?m)^## (.+)$", text) if name in set(Section)]
    assert headings == list(Section)


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: entry.name)
def test_a_command_is_explained_and_typed(entry: Entry) -> None:
    text = _page("commands.md")
    _before, _heading, below = text.partition(f"\n### /{entry.name}\n")
    part = re.split(r"(?m)^##", below)[0]
    assert part.strip().startswith(f"`{usage(entry)}` ")
    typed = [line.typed.split()[0] for line in conversations.lines_of(part)]
    assert f"/{entry.name}" in typed


def test_other_names_are_told() -> None:
    said = _words(_page("commands.md"))
    for entry in _entries():
        for name in entry.aliases:
            assert f"`/{name}`" in said, name


# -- alerts


def test_the_alert_is_that_of_a_recorded_change() -> None:
    """It is what a reader in the UK is told, word by word."""
    golden = GOLDEN.read_text("utf-8").partition("UK\n\n")[2].partition("\n----\n")[0]
    plain = html.unescape(re.sub(r"<[^>]+>", "", golden))
    shown = _page("alerts.md").partition("```text\n")[2].partition("```")[0]
    assert _words(shown) == _words(plain)


def test_all_that_can_be_chosen_is_named() -> None:
    alerts, commands = _words(_page("alerts.md")), _words(_page("commands.md"))
    for topic in TOPICS:
        assert labels.topic(topic) in alerts
    for role in ROLES[1:]:
        assert labels.ROLES[role] in alerts
        assert labels.ROLES[role] in commands
    for kind in Kind:
        assert labels.KINDS[kind] in commands
    for level in Level:
        assert f"`/threshold {threshold.LEVELS[level].name}`" in alerts


def _claims() -> Iterator[tuple[str, str]]:
    """Sentences with a number in them, made from the number."""
    usual = Schedule()
    first, last, same = (NUMBERS[days] for days in (*usual.reminders[:2], 0))
    assert same == NUMBERS[usual.reminders[2]]
    begins = f"{usual.at // 60}:{usual.at % 60:02}"
    yield "alerts.md", f"held for {hold.HOLD // HOUR} hours"
    yield "alerts.md", f"more than {NUMBERS[timing.GATHER]} alerts wait for you"
    yield "alerts.md", f"at most {NUMBERS[caps.AT_ONCE]} changes"
    yield "alerts.md", f"takes effect within {NUMBERS[timing.URGENT // DAY]} days"
    yield "alerts.md", f"on {labels.weekday(usual.weekday)} at {begins}"
    yield "alerts.md", f"{first} days before, {last} day before and on the day itself"
    yield "alerts.md", f"on the day itself, at {timing.REMIND_AT // 60}:00"
    yield "alerts.md", f"in the last {missed.KEPT // DAY} days"
    yield "alerts.md", f"up to {timing.MOST_LATE} changes"
    yield "index.md", f"erased after {reach.GRACE // DAY} days"
    yield "index.md", f"within {NUMBERS[undo_tables.KEPT // DAY]} day"
    yield "commands.md", f"works once, for {link.VALID // timedelta(minutes=1)} minutes"
    yield "commands.md", f"without a time for {NUMBERS[mute.USUAL // (7 * DAY)]} week"
    yield "pages.md", f"works once, for {page.VALID // timedelta(minutes=1)} minutes"
    yield "pages.md", f"open in your browser for {NUMBERS[access.OPEN // HOUR]} hour"
    yield "pages.md", f"every {dates.REFRESH // HOUR} hours"
    yield "pages.md", f"up to {feeds.MOST} changes"
    yield "pages.md", f"{api.PAGE} on a page"
    yield "pages.md", f"up to {NUMBERS[answers.FRESH_SECONDS // 60]} minute old"


@pytest.mark.parametrize(("name", "sentence"), list(_claims()))
def test_numbers_are_those_of_the_code(name: str, sentence: str) -> None:
    assert sentence in _words(_page(name))


def test_an_event_is_an_hour_and_waits_are_as_told() -> None:
    assert timing.EVENT == HOUR
    assert reach.WAITS == (HOUR, 6 * HOUR, DAY, 7 * DAY)
    said = _words(_page("alerts.md"))
    assert "changes within an hour, even in several documents, is one message" in said
    assert "after an hour, after six hours, after a day and then each week" in said


# -- where one lives, and which language one speaks


def test_regions_are_as_told() -> None:
    said = _words(_page("index.md"))
    assert f"any of the {len(regions.EU)} member states" in said
    more = [labels.label(code) for code in sorted(regions.EEA - regions.EU)]
    assert f"the EU, {labels.join(more)}" in said


@pytest.mark.parametrize(
    ("place", "named", "hears"),
    [
        ("AT", regions.EU, True),
        ("AT", regions.EEA, True),
        ("AT", frozenset({"DE"}), False),
        ("AT", None, True),
        ("EU", frozenset({"DE"}), True),
        ("UK", regions.EU, False),
    ],
)
def test_a_country_narrows(place: str, named: frozenset[str] | None, hears: bool) -> None:
    mine = Subscription(Address("console", "me"), "linkedin", frozenset({place}))
    assert concerns(replace(CHANGE, area=named), mine) is hears


def test_every_language_is_named() -> None:
    for name in ("index.md", "commands.md"):
        said = _words(_page(name))
        for code in locales.languages():
            assert str(Locale(code).get_display_name("en")) in said, (name, code)
    start_page = (ROOT / "docs/index.md").read_text("utf-8")
    assert f"speaks {NUMBERS[len(locales.languages())]} languages" in _words(start_page)


@pytest.mark.parametrize(
    ("codes", "least", "most"),
    [(("de", "fr", "it", "es"), 0.6, 0.73), (("nl", "pl", "pt"), 0.15, 0.25)],
)
def test_so_much_of_the_how_tos_is_translated(
    codes: tuple[str, ...], least: float, most: float
) -> None:
    """About two thirds, and about a fifth."""
    for code in codes:
        with (locales.CATALOGUE / f"{code}.po").open("rb") as file:
            texts = [each for each in read_po(file) if each.id]
        done = sum(bool(each.string) and not each.fuzzy for each in texts)
        assert least <= done / len(texts) <= most, (code, done, len(texts))


def test_links_can_carry_what_is_told() -> None:
    said = _page("index.md")
    for verb in start.LINKS:
        assert f"`{verb}`" in said or f"start={verb}_" in said, verb


# -- addresses


def _addresses() -> list[str]:
    """The addresses that stand in fences of the page, each at the beginning of a line."""
    return re.findall(r"(?m)^(/\S*)(?:  |$)", _page("pages.md"))


def test_every_page_is_named() -> None:
    """And each that is named is served, as an example of a known address."""
    served = {*routes.PAGES, "/catalogue.json", "/service.schema.json", f"{api.ROOT}/openapi.json"}
    found: dict[str, str] = {}
    for address in _addresses():
        path = address.partition("?")[0]
        for pattern in served:
            if re.fullmatch(re.sub(r"\{\w+\}", r"[\\w-]+", pattern), path):
                found[address] = pattern
    assert set(found) == set(_addresses())
    assert set(found.values()) == served


def test_parts_of_addresses_are_understood() -> None:
    """Every example is, and each part narrows a feed."""
    said = _page("pages.md")
    examples = re.findall(r"(?m)^\| `(\w+)` \|.*\| `(\w+=\S+)` \|$", said)
    assert {name for name, _example in examples} == {
        "service",
        "for",
        "audience",
        "severity",
        "lang",
    }
    whole = re.findall(r"(?m)^https://\S+?(/\S+)$", said)
    assert len(whole) == 2
    for address in (*whole, *(f"/feed.atom?{example}" for _name, example in examples)):
        asked = read(make_mocked_request("GET", address))
        assert not asked.wrong, address
        assert asked.same("/") != "/", address
    for role in ROLES:
        assert role.value in said
    assert {f"`{name}`" for name in SEVERITIES if name != "minor"} <= set(re.findall("`.*?`", said))
