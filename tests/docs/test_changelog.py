"""What the changelog says of 0.2.0, and of the way from 0.1.0, is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot
import handlers
from bot import catalogue
from bot.adapters.registry import PLATFORMS
from bot.cli import VERBS
from bot.feeds import sources
from bot.jobs import caps
from bot.settings import names_of
from bot.store import reach, schema
from lab.cli import VERBS as WORKSHOP

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CHANGELOG.md").read_text("utf-8")
#: The schema, the settings and the commands of 0.1.0.
FORMER_SCHEMA = "0005"
FORMER_SETTINGS = {
    "DISCORD_TOKEN",
    "TELEGRAM_TOKEN",
    *(
        f"SMALLPRINT_{name}"
        for name in (
            "ALLOW_PRIVATE_NETWORKS CONTACT DATABASE DISCORD_API HOLD_HOURS LISTEN LOG_FORMAT"
            " LOG_LEVEL OPERATOR POLL_TICK ROLES SOURCES SOURCE_CODE SUMMARY_KEY SUMMARY_MODEL"
            " SUMMARY_URL TELEGRAM_API TELEGRAM_PAID TELEGRAM_WEBHOOK WEB"
        ).split()
    ),
}
FORMER_COMMANDS = set(
    "subscribe unsubscribe subscriptions howto picture checklist letter recent story why status"
    " services region when threshold topics mute reminders done dismiss language mention channel"
    " test privacy export link forget about help setup start".split()
)


def section(heading: str) -> str:
    """The text below a heading, up to the next of its rank."""
    rank = heading.split(maxsplit=1)[0]
    found = re.search(rf"(?ms)^{re.escape(heading)}$(.*?)(?=^{rank} |\Z)", TEXT)
    assert found, heading
    return found[1]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


NOW = section(f"## {bot.__version__} (unreleased)")
UPGRADING = NOW.split("### Upgrading from 0.1.0")[1].split("\n### ")[0]


def test_the_version_that_runs_stands_first() -> None:
    headings = re.findall(r"(?m)^## (\S+)", TEXT)
    assert headings == [bot.__version__, "0.1.0"]


def test_image_tags_are_of_this_version() -> None:
    manifest = (ROOT / "deploy/kubernetes/kustomization.yaml").read_text("utf-8")
    assert re.findall(r"newTag: (\d+\.\d+\.\d+)", manifest) == [bot.__version__]


def test_every_migration_since_is_listed() -> None:
    steps = [step.revision for step in schema.steps_after(FORMER_SCHEMA)]
    assert re.findall(r"(?m)^\| (\d{4}) \|", UPGRADING) == steps
    assert f"{steps[0]} to {steps[-1]}" in UPGRADING


def test_there_is_no_migration_back() -> None:
    assert "There is no migration back." in words(UPGRADING)
    for path in (ROOT / "bot/store/migrations/versions").glob("0*.py"):
        assert "def downgrade" not in path.read_text("utf-8"), path.name


def test_every_new_setting_is_listed() -> None:
    new = set(names_of(PLATFORMS)) - FORMER_SETTINGS
    assert set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", UPGRADING)) == new


def test_no_setting_was_removed() -> None:
    assert "No setting was removed." in words(UPGRADING)
    assert set(names_of(PLATFORMS)) > FORMER_SETTINGS


def test_every_new_command_is_listed_and_no_former_one_is_gone() -> None:
    commands = {command.entry.name for command in handlers.COMMANDS}
    assert commands > FORMER_COMMANDS
    listed = re.search(r"New commands: ([^.]+)\.", words(NOW))
    assert listed
    assert set(re.findall(r"`/([a-z]+)`", listed[1])) == commands - FORMER_COMMANDS


def test_what_it_names_exists() -> None:
    code = re.findall(r"`([^`\n]+)`", NOW)
    verbs = {verb.name for verb in (*VERBS, *WORKSHOP)}
    named = {name for each in code if (name := each.removeprefix("smallprint ")) != each}
    assert {name.split()[0] for name in named} <= verbs
    assert set(re.findall(r"SMALLPRINT_[A-Z_]+", NOW)) <= set(names_of(PLATFORMS))
    files = [each for each in code if re.fullmatch(r"(?:bot|lab|docs|deploy)/[a-z/.-]*", each)]
    assert [each for each in files if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("heading", ["use it", "run it", "build on it"])
def test_it_is_parted_by_its_readers(heading: str) -> None:
    assert f"\n### For people who {heading}\n" in NOW


def test_its_counts_are_those_of_the_catalogue_and_the_list_of_sources() -> None:
    known = catalogue.load()
    entries = sum(len(guide.controls) for guide in known.guides.values())
    said = words(NOW)
    counted = re.search(r"for (\d+) services \(87 before\), with (\d+) entries", said)
    assert counted
    assert int(counted[1]) <= len(known.guides), "more may have come"
    assert int(counted[2]) <= entries
    listed = sources.everything(sources.DEFAULT)
    on = [each for each in listed if each.enabled]
    assert f"{len(listed)} sources (21 before), of which {len(on)} are on" in said


def test_its_limits_are_those_of_the_code() -> None:
    assert caps.AT_ONCE == 10
    assert "ten stories a day are told at once" in words(NOW)
    assert f"erased {reach.GRACE.days} days after the upgrade" in words(UPGRADING)
    hours = [round(wait.total_seconds() / 3600) for wait in reach.WAITS]
    assert hours == [1, 6, 24, 168]
    assert "after 1 hour, 6 hours, a day, and then each week" in words(NOW)
