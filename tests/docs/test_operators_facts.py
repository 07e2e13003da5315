"""The numbers on the pages for operators are those of the code and of `deploy/`."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot import locales
from bot.adapters.discord import platform as discord
from bot.adapters.telegram import platform as telegram
from bot.app import GRACE_SECONDS
from bot.cli import _service
from bot.feeds import sources, timing
from bot.jobs import addresses, copying, settle
from bot.jobs.refusals import WINDOW
from bot.render.privacy import KEPT
from bot.render.sources import fares
from bot.runtime import leases, noticing, serving
from bot.settings import ROLES, Settings
from bot.states import SourceState
from bot.store import reach, undo_tables, upgrades
from bot.store.copies import folder
from bot.store.copies.refill import SILENT
from bot.watch import alarms, checkup, heart
from bot.watch_settings import SHORTEST_TOKEN
from bot.web import access, answers
from bot.web.operate import entrance
from tests.docs import page_tables

ROOT = page_tables.ROOT
COMPOSE = yaml.safe_load((ROOT / "deploy/compose.postgres.yaml").read_text())
LISTED = sources.everything(sources.DEFAULT)
ON = [each for each in LISTED if each.enabled]
KINDS = Counter(each.source.kind.value for each in ON)
WORDS = {1: "a", 2: "two", 3: "three", 5: "five", 8: "eight", 10: "ten"}


def _text(name: str) -> str:
    return page_tables.said(f"operators/{name}.md")


def _hours(seconds: float) -> str:
    return WORDS[round(seconds / 3600)]


def _minutes(seconds: float) -> str:
    return WORDS[round(seconds / 60)]


#: What a page says, made from what the code has.
FACTS = [
    (
        "copies",
        f"of the last {folder.DAYS} days, and the newest of each of the last {folder.WEEKS}",
    ),
    ("copies", f"tries again every {_minutes(noticing.COPY_SECONDS)} minutes"),
    ("copies", f"newest backup is {WORDS[folder.NEWEST_OLD.days]} days old"),
    ("copies", f"{WORDS[int(upgrades.ROOM)]} and a half times the room"),
    ("copies", f"wait for {_minutes(SILENT.total_seconds())} minute"),
    ("runbook", f"no answer from it for {_minutes(alarms.DOWN.total_seconds())} minutes"),
    ("runbook", f"not been sent for {alarms.LATE.total_seconds() / 60:.0f} minutes"),
    ("runbook", f"in {WORDS[alarms.WAITING_MINUTES]} of the last ten minutes"),
    ("runbook", f"Less than {alarms.LEAST_FREE_BYTES // 2**20} MB are free"),
    ("runbook", f"older than {WORDS[folder.NEWEST_OLD.days]} days"),
    ("runbook", f"tries again, at least every {_minutes(serving.RESTART_CAP.total_seconds())} min"),
    ("runbook", f"at least every {serving.RESTART_CAP.total_seconds() / 60:.0f} minutes"),
    ("runbook", f"after {WORDS[settle.GIVE_UP.days]} days of trying"),
    ("runbook", f"after {_minutes(heart.STILL_SECONDS)} minutes the process ends itself"),
    ("runbook", f"free for {_minutes(heart.STIFLED_SECONDS)} minutes"),
    ("runbook", f"stops sending for {_minutes(WINDOW.total_seconds())} minutes"),
    ("runbook", "1 hour, 6 hours, 1 day and then every 7 days"),
    ("deploy", f"lasts {_hours(entrance.OPEN.total_seconds())} hours"),
    ("deploy", f"After {WORDS[entrance.TRIES]} wrong tokens in a minute"),
    ("deploy", f"of {SHORTEST_TOKEN} letters or more"),
    ("runbook", f"{_service.EX_CONFIG} means wrong settings"),
    ("index", f"takes up to {WORDS[int(GRACE_SECONDS)]} seconds to stop"),
    ("sources", f"It has {len(LISTED)} sources. {len(ON)} of them are on"),
    ("sources", f"{KINDS['collection']} collections, {KINDS['github']} GitHub repository"),
    ("sources", f"the memos, and {KINDS['news']} news feeds"),
    ("sources", f"its exit code is then {_service.EX_CONFIG}"),
    ("legal", f"is erased after {reach.GRACE.days} days"),
    ("legal", f"groups and channels after {reach.GRACE.days} days"),
    ("legal", f"in {WORDS[len(locales.languages())]} languages"),
]


@pytest.mark.parametrize(("page", "words"), FACTS)
def test_a_page_says_what_the_code_has(page: str, words: str) -> None:
    assert words in _text(page)


def test_what_the_pages_call_a_day_or_an_hour_is_one() -> None:
    """Numbers that the pages say in words."""
    assert copying.EVERY.days == alarms.SOURCE_FAILS.days == undo_tables.KEPT.days == 1
    assert addresses.EVERY.days == timing.BACK_OFF_CAP.days == 1
    assert addresses.IN_A_ROW == 2
    assert timing.GONE_FOR.days == 30
    assert access.OPEN.total_seconds() == 3600
    assert checkup.POLLS_OLD.total_seconds() == 1800
    assert answers.FRESH_SECONDS == entrance.TRIES_SECONDS == 60
    assert leases.TTL.total_seconds() + leases._LOOK_SECONDS <= 10
    waits = [each.total_seconds() / 3600 for each in reach.WAITS]
    assert waits == [1, 6, 24, 168]


def test_a_crowd_takes_as_long_as_is_said() -> None:
    assert telegram.FREE_PER_SECOND <= 30
    assert discord.PER_SECOND <= 50
    for page in ("deploy", "runbook"):
        assert "100,000 chats" in _text(page)
    assert round(100_000 / telegram.FREE_PER_SECOND / 3600) == 1


def test_copies_elsewhere_are_removed_when_it_is_said() -> None:
    for name in ("smallprint-backup.service", "kubernetes/backup.yaml"):
        assert "-mtime +35 " in (ROOT / "deploy" / name).read_text()
    assert "up to 35 days" in _text("legal")
    assert _text("copies").count("35 days") == 2


def test_ports_are_the_same_everywhere() -> None:
    page = _text("deploy")
    unit = (ROOT / "deploy/smallprint.service").read_text()
    caddy = (ROOT / "deploy/Caddyfile").read_text()
    assert "SMALLPRINT_HEALTH=127.0.0.1:8082" in page
    assert "SMALLPRINT_HEALTH=127.0.0.1:8082" in unit
    assert "SMALLPRINT_WEB=127.0.0.1:8081" in page
    assert "{$WEB_PORT:8081}" in caddy
    assert "SMALLPRINT_LISTEN=127.0.0.1:8080" in page
    assert "{$CHAT_PORT:8080}" in caddy


def test_the_table_of_roles_is_true() -> None:
    """Each role is there, and those without tokens get none in the compose file."""
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \|.*\| (yes|no) \|$", _page("deploy")))
    assert set(rows) == set(ROLES)
    for role, needs in rows.items():
        given = COMPOSE["services"][role]["environment"]
        assert (given.get("TELEGRAM_TOKEN") == "") == (needs == "no"), role


def test_the_keys_of_a_source_are_those_that_are_read() -> None:
    table = _page("sources").split("| key of a source |")[1].split("\n\n")[0]
    rows = re.findall(r"(?m)^\| (`[^|]+) \|", table)
    keys = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert keys == set(sources._Entry.model_fields)


def test_the_short_list_is_read(tmp_path: Path) -> None:
    (sample,) = re.findall(r"(?s)```toml\n(.*?)```", _page("sources"))
    path = tmp_path / "sources.toml"
    path.write_text(sample)
    off = set(tomllib.loads(sample)["off"])
    read = {each.id for each in sources.load(path)}
    assert read == {each.source.id for each in ON} - off | {"example"}


def test_how_a_source_fares_is_said_as_check_says_it() -> None:
    table = _page("sources").split("| what `check` says |")[1].split("\n\n")[0]
    said = set(re.findall(r"(?m)^\| `([^`]+)` \|", table))
    well = {SourceState.NEW, SourceState.HEALTHY}
    assert said == {fares(state) for state in SourceState if state not in well}


def test_the_privacy_text_is_told_in_full() -> None:
    """Each heading of what the bot says is one on the page; a new one has to be told here."""
    bold = set(re.findall(r"(?m)^- \*\*([^*]+:)\*\*", _page("legal")))
    assert {heading for heading, _said in KEPT} <= bold


def test_the_terms_are_told_in_full() -> None:
    """As many things as the page of terms says stand in the sentence about them."""
    terms = (ROOT / "bot/web/templates/terms.html").read_text()
    for words in ("free", "miss a change", "law firm", "harm others", "takes part"):
        assert words in terms
    assert terms.count("<li>") == 6


def test_the_default_database_is_the_one_of_the_first_hour() -> None:
    default = Settings.model_fields["database"].default.removeprefix("sqlite:///")
    assert f"one file, `{default}`" in _text("index")


def _page(name: str) -> str:
    return page_tables.page(f"operators/{name}.md")
