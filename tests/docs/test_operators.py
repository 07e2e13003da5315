"""The pages for operators: commands can be typed, files are there, samples hold."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot import cli, settings
from bot.adapters.registry import PLATFORMS
from bot.cli import VERBS
from bot.store import schema
from bot.store.database import Database
from lab.cli import VERBS as WORKSHOP

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/operators"
PAGES = sorted(FOLDER.glob("*.md"))
FENCE = re.compile(r"(?ms)^```(\w+)\n(.*?)^```")
INDENTED = re.compile(r"(?m)^ {8}\S.*\n(?: {8}.*\n)*")
CODE = re.compile(r"`([^`\n]+)`")
NAMES = {verb.name for verb in (*VERBS, *WORKSHOP)}
#: Verbs of `./run` that are for developers; the page warns of one.
OF_DEVELOPERS = {"check"}
#: What a page says instead of a verb where any may stand.
ANY_VERB = {"VERB"}
#: Files that an operator makes.
MADE = {"sources.toml", "replay.toml"}
#: The schema from which the sample of an upgrade begins.
OLD = "0016"


def _blocks(page: Path, language: str) -> list[str]:
    """The contents of the fenced blocks of a language, and of those inside lists.

    Those are indented, have no language, and are a sample where they begin with a prompt.
    """
    text = page.read_text("utf-8")
    found = [block for name, block in FENCE.findall(text) if name == language]
    for block in INDENTED.findall(FENCE.sub("", text)):
        inner = re.sub(r"(?m)^ {8}", "", block)
        if inner.startswith("$ ") == (language == "text"):
            found.append(inner)
    return found


def _commands(page: Path) -> Iterator[str]:
    """What can be typed: shell blocks, samples, and code in the text."""
    for block in _blocks(page, "sh"):
        yield from re.sub(r"\\\n", " ", block).splitlines()
    for block in _blocks(page, "text"):
        yield from re.findall(r"(?m)^\$ (.*)$", block)
    yield from CODE.findall(FENCE.sub("", page.read_text("utf-8")))


def _arguments(command: str) -> list[str] | None:
    """The arguments of Smallprint in a command; None where it runs another program."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    for at, word in enumerate(words):
        rest = words[at + 1 :]
        if (
            word == "./run"
            or (at == 0 and word == "smallprint")
            or word.endswith("/bin/smallprint")
        ):
            return rest[1:] if rest[:1] == ["smallprint"] else rest
        if word == "bot" and words[at - 1] == "-m":
            return rest
        if word in ("smallprint", "send") and "run" in words[:at] and "--rm" in words[:at]:
            return rest
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_can_be_typed(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = 0
    for command in _commands(page):
        arguments = _arguments(command)
        if not arguments or (arguments[0] in OF_DEVELOPERS and command.startswith("./run check")):
            continue
        typed += 1
        if len(arguments) == 1:  # a text that names a verb leaves out the rest
            assert arguments[0] in NAMES | ANY_VERB, command
            continue
        try:
            cli._parser().parse_args(arguments)
        except SystemExit:
            pytest.fail(f"{command}: {capsys.readouterr().err}")
    assert typed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_that_a_command_names_is_there(page: Path) -> None:
    for block in _blocks(page, "sh"):
        named = re.findall(r"(?<![\w/.-])(?:deploy/[\w./*-]*\w|requirements\.lock)", block)
        for name in named:
            assert any(ROOT.glob(name)), name
    ends = r"[\w*-][\w.*-]*\.(?:ya?ml|toml|service|timer|lock|json|example)"
    for code in CODE.findall(FENCE.sub("", page.read_text("utf-8"))):
        name = code.rpartition("/")[2]
        if re.fullmatch(ends, name) and name not in MADE:
            places = (name, f"deploy/**/{name}", f"bot/**/{name}")
            assert any(any(ROOT.glob(place)) for place in places), code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_in_a_list_is_indented(page: Path) -> None:
    """The builder of the site takes a fence inside a list for words."""
    assert not re.search(r"(?m)^ +```", page.read_text("utf-8"))


# -- the samples


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with no settings, in which the verbs work."""
    for name in settings.names_of(PLATFORMS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


def _make(revision: str) -> None:
    place = closing(Database("sqlite:///data/smallprint.db"))
    with place as database, database.write() as connection:
        schema.upgrade(connection, revision)


def _samples(page: str) -> Iterator[tuple[str, list[str]]]:
    """Commands, and what they print."""
    for block in _blocks(FOLDER / page, "text"):
        if block.startswith("$ "):
            command, *said = block[2:].splitlines()
            yield command, said


def _alike(line: str) -> str:
    """A line without numbers and days, which differ each time."""
    return re.sub(r"\d[\d,.]*", "N", re.sub(r"\d{4}-\d\d-\d\dT\d{6}Z", "NOW", line)).strip()


def test_the_samples_of_backups_and_upgrades_are_true(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line of a sample is printed, but for its numbers."""
    _make("head")
    seen = []
    for command, said in _samples("copies.md"):
        verb, *rest = shlex.split(command)[1:]
        seen.append(verb)
        if verb == "upgrade" and seen.count("upgrade") == 1:
            (instance / "data/smallprint.db").unlink()
            _make(OLD)
        copies = sorted((instance / "data/backups").glob("smallprint-2*.db"))
        rest = [str(copies[0].relative_to(instance)) if "/" in each else each for each in rest]
        assert cli.main([verb, *rest]) == 0, command
        out = capsys.readouterr().out.replace(str(instance), "/srv/smallprint")
        printed = {_alike(line) for line in out.splitlines()}
        assert {_alike(line) for line in said} - printed == set(), command
    assert seen == ["backup", "verify", "restore", "upgrade", "upgrade"]
    assert cli.main(["upgrade"]) == 0
    newest = capsys.readouterr().out.strip()
    assert newest in (FOLDER / "copies.md").read_text()


def test_the_sample_of_the_check_is_true(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `check --offline` says of an instance without settings."""
    assert cli.main(["check", "--offline"]) == 0
    printed = capsys.readouterr().out.splitlines()
    (sample,) = [each for each in _blocks(FOLDER / "index.md", "text") if "operator:" in each]
    assert set(sample.splitlines()) <= set(printed)


def test_the_samples_of_sources_are_true(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sources"]) == 0
    printed = capsys.readouterr().out.splitlines()
    (sample,) = [each for each in _blocks(FOLDER / "sources.md", "text") if "vlopses-ie" in each]
    assert set(sample.splitlines()) <= set(printed)


def test_the_log_of_a_start_is_what_the_program_writes() -> None:
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    (sample,) = [each for each in _blocks(FOLDER / "index.md", "text") if "app.starting" in each]
    events = [line.split()[0] for line in sample.splitlines()]
    assert len(events) > 5
    assert [event for event in events if f'"{event}"' not in code] == []


def test_what_check_is_said_to_say_is_in_the_code() -> None:
    """The messages of the table in the first hour, up to what differs in each."""
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    page = (FOLDER / "index.md").read_text()
    said = re.findall(r"`(?:BAD|!!|ok) +[\w ]+: ([^`]+)`", page)
    said += re.findall(r"(?m)^ok   [\w ]+: (.*)$", page)
    assert len(said) > 5
    for each in said:
        for part in re.split(r"\.\.\.|\d+|TELEGRAM_TOKEN|\(401\)|NAME", each):
            assert part.strip() in code, each
