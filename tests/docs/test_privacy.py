"""What the pages about privacy and security say: tables, times, limits, modules and tests."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.feeds import fetch, guard
from bot.jobs import caps, summarise
from bot.jobs.item_reader import GIVE_UP
from bot.rate_limit import BURST, EVERY_SECONDS
from bot.render.privacy import KEPT as SAID_BY_THE_BOT
from bot.runtime.bounded import Limits
from bot.runtime.noticing import TIDY_SECONDS
from bot.runtime.reports import MOST_LETTERS, SHOWN
from bot.store import chats, heard, missed, operators, reach, sightings, suggestions, tables
from bot.store import undo_tables as undo
from bot.store import watch as watching
from bot.store.copies import folder
from bot.store.pages import KEY_BYTES
from bot.watch import announcement
from bot.watch_settings import SHORTEST_TOKEN
from bot.web import access
from bot.web.operate import entrance
from handlers import link, suggest
from handlers import page as own_page
from tests.docs.page_tables import ROOT, page, rows_under, said
from tests.docs.page_tables import tables as tables_of
from tests.promises.test_attacks import PERSONAL

PRIVACY, SECURITY, THREATS = "privacy.md", "security.md", "threats.md"
#: What the column "About" says of a table with rows about chats.
OF_CHATS = "a chat"
CODE = re.compile(r"`([^`]+)`")


def _rows() -> dict[str, list[str]]:
    rows = rows_under(PRIVACY, "Table", "What it holds", "About")
    named = {row[0].strip("`"): row for row in rows}
    assert len(named) == len(rows), "each has one row"
    return named


def _words(wait: timedelta) -> str:
    """A time as the page writes it."""
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(int(wait.total_seconds()), seconds)
        if count and not rest:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    raise AssertionError(wait)


# -- what is kept


def test_every_table_of_the_database_is_on_the_page() -> None:
    assert set(_rows()) == set(tables.metadata.tables)


def test_tables_about_chats_are_marked_as_such() -> None:
    marked = {name for name, row in _rows().items() if row[2] == OF_CHATS}
    assert marked == {"chat", *PERSONAL}
    heads = [head for head, rows in tables_of(PRIVACY) if rows and rows[0][2:3] == [OF_CHATS]]
    assert len(heads) == 1, "they stand in one table"


def test_whatever_is_about_a_chat_is_erased_with_it() -> None:
    erased = {table.name for table in chats._ABOUT_CHATS} | {"chat"}
    for name, row in _rows().items():
        assert ("`/forget`" in row[5]) == (name in erased), name


def test_how_long_is_what_the_code_says() -> None:
    newest = f"the newest {sightings.KEPT:,} of a source"
    wanted = {
        "unfollowed": _words(undo.KEPT),
        "snapshot": _words(undo.KEPT),
        "link_code": f"works for {_words(link.VALID)}",
        "page_key": f"link {_words(own_page.VALID)}, open page {_words(access.OPEN)}, feeds until "
        "given up",
        "item": f"{newest}, those with a date of their own for {_words(sightings.YOUNG)}; what "
        "waits, is still in the feed, or is told by a story or `/why` stays",
        "fan_out": _words(missed.KEPT),
        "heard": _words(heard.KEPT),
        "suggestion": f"{_words(suggestions.GATHERED)} where there is an operator's chat; without "
        f"one, {_words(suggestions.KEPT)}",
        "process": f"{_words(watching.SILENT)} after its last sign",
        "tally": _words(watching.KEPT),
        "alarm": "while it lasts",
        "audit": _words(operators.KEPT),
        "operator_session": f"works for {_words(entrance.OPEN)}",
    }
    unlimited = ("until erased", "no limit")
    limited = {name: row[4] for name, row in _rows().items() if row[4] not in unlimited}
    assert limited == wanted


def test_what_removes_a_chat_is_told_with_its_days() -> None:
    grace = f"{_words(reach.GRACE)} after a shared chat removed the bot"
    for name, row in _rows().items():
        if row[4] == "until erased":
            assert grace in row[5], name
    words = said(PRIVACY)
    assert f"is erased after {_words(reach.GRACE)}" in words
    [by_the_bot] = [text for _head, text in SAID_BY_THE_BOT if "removes the bot" in text]
    assert f"after {_words(reach.GRACE)}" in by_the_bot, "the bot says the same"


def test_numbers_of_the_privacy_page() -> None:
    words = said(PRIVACY)
    for claim in (
        f"runs every {_words(timedelta(seconds=TIDY_SECONDS))}",
        f"the newest of {folder.DAYS} days and of {folder.WEEKS} weeks",
        f"It can be taken back for {_words(undo.KEPT)}",
        f"up to {suggest.LONGEST} characters as typed",
        f"the first {operators.SHOWN} letters of the checksum",
        f"its first {announcement.NOTED} characters",
        f"up to {summarise.MAX_SENT:,} characters",
        f"at most {MOST_LETTERS} characters of the message",
    ):
        assert claim in words
    assert not {"chat", "person", "user", "request"} & set(SHOWN), "what Sentry is shown"


def test_the_export_has_the_tables_that_the_page_names() -> None:
    [sentence] = re.findall(r"JSON file of the chat's rows in ([^.]+)\.", said(PRIVACY))
    assert CODE.findall(sentence) == ["chat", *(table.name for table in chats._EXPORTED)]


def test_the_settings_by_which_data_leaves_are_named() -> None:
    rows = rows_under(PRIVACY, "To whom")
    named = {name for row in rows for name in re.findall(r"SMALLPRINT_[A-Z_]+", row[2])}
    assert named == {
        f"SMALLPRINT_{name}"
        for name in ("SUMMARY_URL", "SENTRY_DSN", "TELEMETRY_URL", "HEALTH", "OPERATOR")
    }


# -- security and threats


def test_limits_that_protect() -> None:
    limits = Limits()
    policy, model = said(SECURITY), said(THREATS)
    assert f"limits of {limits.cpu} seconds of CPU time, {limits.wall:.0f} seconds in all and " in (
        policy
    )
    assert f"and {limits.memory // 2**20} MiB" in policy
    assert f"ports {' and '.join(map(str, sorted(guard.WEB_PORTS)))}" in policy
    assert f"{BURST} requests at once and one more each second" in policy
    assert EVERY_SECONDS == 1
    assert f"{fetch.MAX_BODY_BYTES // 2**20} MiB, {fetch.DEADLINE_SECONDS:.0f} seconds" in model
    assert f"{KEY_BYTES} random bytes, works once, {_words(own_page.VALID)}" in model
    words = {2: "Two", 5: "Five", 8: "eight", 10: "Ten", 50: "fifty"}
    assert f"{words[entrance.TRIES]} tries a minute" in model
    assert f"{SHORTEST_TOKEN} letters at least" in model
    assert f"after {words[GIVE_UP]} tries" in model
    at_once, at_all = words[caps.AT_ONCE], words[caps.AT_ALL]
    assert f"{at_once} stories a day and service at once, {at_all} in all" in model


def test_every_threat_names_a_module_and_a_test_that_are_there() -> None:
    rows = rows_under(THREATS, "Threat")
    assert len(rows) > 15
    for row in rows:
        modules, tests = CODE.findall(row[2]), CODE.findall(row[3])
        assert modules, row[0]
        assert all((ROOT / name).is_file() for name in modules), row[0]
        assert tests, row[0]
        for name in tests:
            assert re.fullmatch(r"tests/[\w/]+\.py", name), row[0]
            assert "def test_" in (ROOT / name).read_text("utf-8"), row[0]


def test_the_threat_model_stays_short() -> None:
    words = [word for word in page(THREATS).split() if word.strip("|-`")]
    assert 900 <= len(words) <= 1100, "two pages"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    packages = re.split(r"(?m)^(?=[\w.-]+(?:\[[\w,-]+\])?==)", (ROOT / name).read_text("utf-8"))
    locked = [package for package in packages if "==" in package.partition("\n")[0]]
    assert len(locked) > 30
    assert [each.split()[0] for each in locked if "--hash=sha256:" not in each] == []
