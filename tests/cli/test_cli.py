"""The command line and the settings, from an operator's view.

Every file that documents them is true.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tomllib
import urllib.error
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import handlers
from bot import settings
from bot.adapters.registry import PLATFORMS
from bot.app import App
from bot.cli import VERBS
from bot.cli._findings.finding import bad, well
from bot.cli._findings.platforms import token_finding
from bot.model import Address
from bot.platform import Request
from bot.runtime.lock import Lock, LockError
from bot.settings import SettingsError
from bot.store import Store
from lab.bench import processes
from lab.standin import discord as discord_standin
from lab.standin import telegram as telegram_standin
from tests.support.world import NOW, tell
from tools import commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def smallprint(
    *arguments: str, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a verb in a process of its own, with these settings only."""
    ours = (settings.PREFIX, *settings.names_of(PLATFORMS))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=environment.pop("cwd", str(ROOT)),
        text=True,
        input=given,
        capture_output=True,
        timeout=120,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


def test_the_demo_runs_a_dialogue(tmp_path: Path) -> None:
    script = tmp_path / "talk.txt"
    script.write_text("> subscribe linkedin eu\n> howto linkedin\n> unsubscribe linkedin\n")
    done = smallprint("demo", "--script", str(script))
    assert done.returncode == 0, done.stderr
    alert = done.stdout.index("[alert]")
    for words in (
        "LinkedIn · Privacy Policy",
        "How to opt out: Data for Generative AI Improvement",
        "EU, EEA, UK, Switzerland",
    ):
        assert words in done.stdout[alert:]
    assert "> howto linkedin\nLinkedIn: how to opt out (EU)" in done.stdout
    assert done.stdout.rstrip().endswith("[Undo: unsubscribe undo linkedin]")
    assert "WhatsApp" not in done.stdout[alert : done.stdout.index("> subscribe")], (
        "noise is not told"
    )
    assert done.stderr == ""


def test_the_demo_takes_piped_input() -> None:
    done = smallprint("demo", given="recent\nhelp\n")
    assert done.returncode == 0
    assert "[alert]" in done.stdout
    assert "What you can say" in done.stdout


def test_the_demo_ends_when_nobody_reads_it_any_more() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"echo recent | {sys.executable} -m bot demo | head -2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("Smallprint, the demonstration")
    assert done.stderr == ""


def test_a_dialogue_that_is_not_there() -> None:
    done = smallprint("demo", "--script", "nowhere.txt")
    assert (done.returncode, done.stderr) == (1, "There is no dialogue nowhere.txt.\n")


def test_without_tokens_the_console_is_the_chat_and_says_so(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SMALLPRINT_SOURCES": str(_quiet(tmp_path)),
        "DISCORD_TOKEN": "",
        "TELEGRAM_TOKEN": "",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "bot"],
        cwd=tmp_path,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == (
            "No DISCORD_TOKEN and no TELEGRAM_TOKEN is set, so this console is the chat. "
            "Try: help\n"
        )
        process.stdin.write("privacy\n")
        process.stdin.flush()
        while "What Smallprint keeps about you" not in process.stdout.readline():
            pass
        second = smallprint(
            "bot", given="", cwd=str(tmp_path), SMALLPRINT_SOURCES=str(_quiet(tmp_path))
        )
        assert second.returncode == 1
        assert f"Another Smallprint (process {process.pid}) already works on" in second.stderr
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdin.close()
        process.stdout.close()


def _quiet(folder: Path) -> Path:
    path = folder / "sources.toml"
    path.write_text('[[source]]\nid = "none"\nkind = "news"\nurl = "http://127.0.0.1:9/"\n')
    return path


BAD = {
    "SMALLPRINT_DATABSE=x": "SMALLPRINT_DATABSE is not a setting; "
    "did you mean SMALLPRINT_DATABASE?",
    "SMALLPRINT_PLATFORMS=telegram": "SMALLPRINT_PLATFORMS is not a setting",
    "SMALLPRINT_POLL_TICK=soon": "SMALLPRINT_POLL_TICK: Input should be a valid number",
    "SMALLPRINT_LOG_LEVEL=LOUD": "SMALLPRINT_LOG_LEVEL: Input should be 'DEBUG'",
    "SMALLPRINT_SOURCES=nowhere.toml": "nowhere.toml cannot be read",
    "SMALLPRINT_TELEGRAM_API=api.telegram.org": "cannot be used as it is. "
    "The Telegram Bot API server",
    "SMALLPRINT_ROLES=pol": "cannot be used as it is. What this process does: all,",
    "SMALLPRINT_DATABASE=postgresql://me:p@ss/w0rd@here/x": "write @ in its password as %40, /",
    "SMALLPRINT_OPERATOR=myspace:7": "SMALLPRINT_OPERATOR: 'myspace:7' is no place; say telegram:-",
}


@pytest.mark.parametrize(("setting", "said"), BAD.items())
def test_a_bad_setting_is_explained(setting: str, said: str) -> None:
    name, _, value = setting.partition("=")
    done = smallprint("bot", given="", **{name: value})
    assert done.returncode == 78
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(part in done.stderr for part in ("p@ss", "ss@here", "w0rd"))


def test_a_setting_that_is_empty_is_not_set() -> None:
    assert smallprint("check", "--offline", SMALLPRINT_HOLD_HOURS="").returncode == 0


def test_links_explains_a_bad_setting() -> None:
    done = smallprint("links", SMALLPRINT_DATABSE="x")
    assert done.returncode == 1
    assert done.stderr.startswith("SMALLPRINT_DATABSE is not a setting")


def test_a_bad_database_is_explained(tmp_path: Path) -> None:
    done = smallprint(
        "bot", given="", cwd=str(tmp_path), SMALLPRINT_DATABASE="sqlite:////proc/none/x.db"
    )
    assert done.returncode == 1
    assert "The database cannot be kept in /proc/none" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_from_a_file_and_the_environment(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SMALLPRINT_CONTACT=a@b.c\nTELEGRAM_TOKEN=secret\nSMALLPRINT_LOG_LEVEL=\n")
    found = settings.load(PLATFORMS, file, {"SMALLPRINT_CONTACT": "x@y.z", "PATH": "/"})
    assert found.contact == "x@y.z"
    telegram, discord = found.platforms
    assert telegram.token.get_secret_value() == "secret"
    assert not discord.token.get_secret_value()
    assert found.log_level == "INFO"
    assert "secret" not in repr(found)
    with pytest.raises(SettingsError, match="did you mean"):
        settings.load(PLATFORMS, file, {"SMALLPRINT_CONTACTS": "x"})


def test_check_says_what_is_wrong(tmp_path: Path) -> None:
    done = smallprint(
        "check",
        cwd=str(tmp_path),
        SMALLPRINT_SOURCES=str(_quiet(tmp_path)),
        SMALLPRINT_ALLOW_PRIVATE_NETWORKS="1",
        TELEGRAM_TOKEN="1:x",
        SMALLPRINT_TELEGRAM_API="http://127.0.0.1:9",
    )
    assert done.returncode == 1
    assert (
        "BAD  source none: cannot be read at the moment: the server cannot be reached\n"
        "     -> look at http://127.0.0.1:9/" in done.stdout
    )
    assert "BAD  Telegram: cannot be reached" in done.stdout
    assert "BAD  network: nobody answers at all" in done.stdout
    assert "ok   Discord: off, because DISCORD_TOKEN is not set" in done.stdout
    assert "1:x" not in done.stdout + done.stderr


async def test_check_tries_tokens(telegram: tuple[Any, str], discord: tuple[Any, str]) -> None:
    environment = {
        "TELEGRAM_TOKEN": telegram_standin.TOKEN,
        "SMALLPRINT_TELEGRAM_API": telegram[1],
        "DISCORD_TOKEN": discord_standin.TOKEN,
        "SMALLPRINT_DISCORD_API": discord[1],
    }
    good = settings.load(PLATFORMS, None, environment).platforms
    assert [await token_finding(each) for each in good] == [
        well("Telegram", "the token is good"),
        well("Discord", "the token is good"),
    ]
    wrong = settings.load(PLATFORMS, None, {**environment, "DISCORD_TOKEN": "wrong"}).platforms
    assert await token_finding(wrong[1]) == bad(
        "Discord", "refuses DISCORD_TOKEN (401)", "copy it again from the developer portal"
    )


def test_backup_and_restore(tmp_path: Path) -> None:
    environment = {"SMALLPRINT_DATABASE": f"sqlite:///{tmp_path}/bot.db"}
    assert (
        "There is no database"
        in smallprint("backup", str(tmp_path / "copy.db"), **environment).stderr
    )
    store = Store(environment["SMALLPRINT_DATABASE"])
    store.open()
    assert smallprint("backup", str(tmp_path / "copy.db"), **environment).returncode == 0
    with Lock(tmp_path / "bot.db"):
        refused = smallprint("restore", str(tmp_path / "copy.db"), **environment)
        assert "Stop it first" in refused.stderr
    store.close()
    assert smallprint("restore", str(tmp_path / "copy.db"), **environment).returncode == 0
    assert (tmp_path / "bot.db.before-restore").exists()
    (tmp_path / "bad.db").write_text("no database")
    assert smallprint("restore", str(tmp_path / "bad.db"), **environment).returncode == 1


def test_an_operator_lets_a_channel_follow_and_looks_into_the_outbox(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/data/smallprint.db")
    where = {"cwd": str(tmp_path)}
    assert "There is no database" in smallprint("outbox", **where).stderr
    store.open()
    assert smallprint(
        "follow", "discord:55", "linkdin", "eu", "norway", "--publish", **where
    ).stdout == ("discord:55 follows LinkedIn.\n")
    channel = Address("discord", "55")
    assert [s.regions for s in store.subscriptions.of(channel)] == [{"EU", "NO"}]
    assert "is no place" in smallprint("follow", "myspace:x", "linkedin", **where).stderr
    assert "no service" in smallprint("follow", "discord:55", "xyzzyq", **where).stderr
    assert "no region" in smallprint("follow", "discord:55", "linkedin", "narnia", **where).stderr
    tell(store)
    [delivery] = store.outbox.claim("discord", "me", NOW, timedelta(minutes=1), 1)
    assert delivery.publish
    store.outbox.give_up(delivery, "me", "can't parse")
    said = smallprint("outbox", **where).stdout
    assert "1 were given up" in said
    assert "given up, 1: can't parse" in said
    assert "1 will be tried again." in smallprint("outbox", "--retry", **where).stdout
    assert store.outbox.depth() == {"queued": 1}
    assert (
        "no longer follows"
        in smallprint("follow", "discord:55", "linkedin", "--end", **where).stdout
    )
    assert store.outbox.depth() == {}
    store.close()


def test_a_standin_serves_and_is_told_what_to_do() -> None:
    with processes.standin("discord", "--loose") as standin:
        assert set(standin.settings) == {"DISCORD_TOKEN", "SMALLPRINT_DISCORD_API"}
        assert standin.report()["calls"] == 0
        standin.told(fault={"status": 500})
        with pytest.raises(urllib.error.HTTPError):
            standin.told(fault={"colour": "red"})


def test_the_lock_is_let_go(tmp_path: Path) -> None:
    with (
        Lock(tmp_path / "a.db"),
        pytest.raises(LockError, match=str(os.getpid())),
        Lock(tmp_path / "a.db"),
    ):
        pass
    with Lock(tmp_path / "a.db"):
        pass


def test_replay_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    assert (
        "not a git repository"
        in smallprint(
            "replay", str(tmp_path / "no"), "--from", "2025-01-01", "--to", "2025-02-01"
        ).stderr
    )
    assert (
        "Dates look like"
        in smallprint("replay", ".", "--from", "yesterday", "--to", "2025-02-01").stderr
    )
    assert (
        "--from is before --to"
        in smallprint("replay", ".", "--from", "2025-03-01", "--to", "2025-02-01").stderr
    )


def test_every_setting_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"(?m)^#?\s?([A-Z][A-Z_]+)=", example)) == set(
        settings.names_of(PLATFORMS)
    )
    for name, meaning in settings.names_of(PLATFORMS).items():
        assert meaning in example, f"{name} is explained in other words than in the code"


def test_every_command_is_in_the_users_guide() -> None:
    assert commands.table() in commands.PAGE.read_text("utf-8"), "./run format writes it"
    assert "docs/users/commands.md" in README


def test_the_readmes_alert_is_the_demonstrations(tmp_path: Path) -> None:
    """Line by line, but for what it leaves out."""
    shown = re.search(r"(?s)```text\n(.*?)```", README)
    assert shown
    script = tmp_path / "script.txt"
    script.write_text("> recent linkedin\n")
    said = smallprint("demo", "--script", str(script)).stdout
    lines = shown[1].splitlines()
    assert [line for line in lines if line.strip("…") not in said] == []
    assert len(lines) > 10


def test_the_readme_is_a_screen() -> None:
    assert len(README.splitlines()) <= 90


def test_the_product_has_its_verbs_without_the_workshop(tmp_path: Path) -> None:
    """With the package alone on the path there is no `lab`; the verbs of the product stay."""
    (tmp_path / "bot").symlink_to(ROOT / "bot")
    (tmp_path / "handlers").symlink_to(ROOT / "handlers")
    said = smallprint("--help", cwd=str(tmp_path), PYTHONPATH=str(tmp_path)).stdout
    assert re.findall(r"(?m)^    (\w+)(?: |$)", said) == [verb.name for verb in VERBS]
    assert len({verb.name for verb in VERBS}) == len(VERBS)


def test_every_verb_is_in_the_documentation() -> None:
    pages = "".join(page.read_text("utf-8") for page in (ROOT / "docs").rglob("*.md"))
    verbs = re.findall(r"(?m)^    (\w+)(?: |$)", smallprint("--help").stdout)
    assert len(verbs) == 19
    assert [verb for verb in verbs if not re.search(rf"(smallprint|\./run) {verb}\b", pages)] == []


def test_the_lock_file_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    for text in (lock, (ROOT / "requirements-dev.lock").read_text()):
        assert "://" not in text
        assert "index" not in text
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for requirement in wanted:
        name = re.match(r"[\w.-]+", requirement)
        assert name
        assert re.search(rf"(?m)^{re.escape(name[0].lower().replace('.', '-'))}==", lock), (
            requirement
        )


def test_dispatch_never_shows_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings.load((), None, {"SMALLPRINT_DATABASE": f"sqlite:///{tmp_path}/x.db"})
    app = App(config, [], [])
    app.store.open()
    for text in ("x" * 5000, "\x00", "'; DROP TABLE chat; --", "%", "😀" * 500, "<b>", "../.."):
        for command in handlers.COMMANDS:
            answer = asyncio.run(
                app.dispatch(
                    Request(command.entry.name, text, Address("console", command.entry.name))
                )
            )
            assert "went wrong" not in answer.text, (command.entry.name, text)
            assert len(answer.text) < 4000
    monkeypatch.setattr(handlers, "answer", lambda *_: 1 / 0)
    assert (
        "went wrong on my side"
        in asyncio.run(app.dispatch(Request("help", "", Address("console", "me")))).text
    )
    app.store.close()
