"""The workshop's verbs: demo, replay, standin, eval, bench."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from lab import bench

Verbs = Any  # argparse does not name what it gives


def add_verbs(verbs: Verbs) -> None:
    """Add each verb's parser; its `run` takes what was parsed and gives the exit code."""
    demo = verbs.add_parser("demo", help="try everything with no token and no internet")
    demo.add_argument(
        "--script",
        nargs="?",
        const="",
        metavar="FILE",
        help="run a dialogue and end; without FILE a built-in one",
    )
    demo.set_defaults(run=_demo)
    replay = verbs.add_parser(
        "replay", help="serve a versions repository as a collection, on a clock that can be moved"
    )
    replay.add_argument(
        "repository",
        type=Path,
        help="a git folder or bundle of an Open Terms Archive versions repository",
    )
    replay.add_argument(
        "--from",
        dest="start",
        required=True,
        metavar="DATE",
        help="where the clock starts, such as 2025-11-01",
    )
    replay.add_argument(
        "--to", dest="end", required=True, metavar="DATE", help="where the clock stops"
    )
    replay.add_argument(
        "--speed",
        type=float,
        default=86_400.0,
        metavar="N",
        help="recorded seconds per second (default: a day)",
    )
    replay.add_argument(
        "--port", type=int, default=0, help="the port on this machine (default: any)"
    )
    replay.set_defaults(run=_replay)
    _measuring(verbs)


def _measuring(verbs: Verbs) -> None:
    measured = verbs.add_parser("eval", help="measure what the code understands, against labels")
    measured.set_defaults(run=_eval)
    _evaluating(measured)
    timed = verbs.add_parser(
        "bench", help="measure a figure, as a ratio to a floor measured in the same run"
    )
    timed.set_defaults(run=_bench)
    timed.add_argument("what", choices=bench.NAMES)
    timed.add_argument(
        "--rounds", type=int, default=5, help="how many are taken for the median (default 5)"
    )
    timed.add_argument(
        "--count", type=int, default=0, help="the size of the crowd, or the number of kills"
    )
    timed.add_argument(
        "--database", default="", help="match: an empty PostgreSQL database in place of a file"
    )
    timed.add_argument(
        "--versions", type=Path, help="diff: a versions repository to take real pairs from"
    )
    timed.add_argument("--json", action="store_true", help="print one JSON object")
    standin = verbs.add_parser(
        "standin",
        help="play Telegram or Discord on this machine, with their limits and faults as told",
    )
    standin.set_defaults(run=_standin)
    standin.add_argument("platform", choices=("telegram", "discord"))
    standin.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    standin.add_argument(
        "--round-trip", type=float, default=60.0, help="milliseconds there and back (default 60)"
    )
    standin.add_argument("--loose", action="store_true", help="without the platform's limits")


def _evaluating(parser: argparse.ArgumentParser) -> None:
    measures = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, what in (
        ("changes", "recorded changes, lived through and compared with labels"),
        ("memos", "memos of a feed, compared with labels"),
        ("flood", "what somebody who follows everything would get"),
    ):
        measured = measures.add_parser(name, help=what)
        versions = "a git folder or bundle of a versions repository"
        measured.add_argument("--versions", type=Path, help=versions)
        measured.add_argument("--feed", type=Path, help="a memo feed")
        measured.add_argument("--labels", type=Path, help="labels, one JSON object a line")
        measured.add_argument("--json", action="store_true", help="print one JSON object")
    _judging(measures)


def _judging(measures: Verbs) -> None:
    said = measures.add_parser("utterances", help="what typed sentences lead to")
    rows = "sentences with what they mean, one JSON object a line"
    said.add_argument("paths", nargs="+", type=Path, metavar="FILE", help=rows)
    shown = said.add_mutually_exclusive_group()
    shown.add_argument("--bad", action="store_true", help="print what failed")
    shown.add_argument("--all", action="store_true", help="print everything")
    only = "a regular expression that the id or the text must hold"
    said.add_argument("--only", default="", metavar="PATTERN", help=only)
    rows = "write the verdicts there, one JSON object a line"
    said.add_argument("--out", type=Path, metavar="FILE", help=rows)
    cases = measures.add_parser("cases", help="cases made from reports, judged by what they expect")
    case = "a folder with case.py, of a feed or a chat, or run.py, a program of its own"
    cases.add_argument("paths", nargs="+", type=Path, metavar="FOLDER", help=case)
    cases.add_argument("--verbose", action="store_true", help="print all that came of each")


def _demo(parsed: argparse.Namespace) -> int:
    from bot.runtime import logs
    from lab import demo

    logs.set_up("ERROR", "text")
    script = None
    if parsed.script is not None:
        path = Path(parsed.script) if parsed.script else demo.SESSION
        if not path.is_file():
            return _fail(f"There is no dialogue {path}.")
        script = path.read_text("utf-8").splitlines()
    asyncio.run(demo.run(script))
    return 0


def _replay(parsed: argparse.Namespace) -> int:
    from lab.replay import command

    return command.run(parsed.repository, parsed.start, parsed.end, parsed.speed, parsed.port)


def _eval(parsed: argparse.Namespace) -> int:
    if parsed.what in ("utterances", "cases"):
        return _judge(parsed)
    from lab.eval import report

    needed = {
        "changes": ("versions", "labels"),
        "memos": ("feed", "labels"),
        "flood": ("versions",),
    }[parsed.what]
    given = [getattr(parsed, name) for name in needed]
    for name, path in zip(needed, given, strict=True):
        if path is None or not path.exists():
            return _fail(f"eval {parsed.what} needs --{name}, a path that exists.")
    return _print(getattr(report, parsed.what)(*given), parsed.json)


def _judge(parsed: argparse.Namespace) -> int:
    from lab.eval import cases, utterances

    for path in parsed.paths:
        if not (path.is_dir() if parsed.what == "cases" else path.is_file()):
            return _fail(f"eval {parsed.what}: there is no {path}.")
    if parsed.what == "cases":
        return cases.run(parsed.paths, parsed.verbose)
    show = "all" if parsed.all else "bad" if parsed.bad else ""
    try:
        return utterances.run(parsed.paths, show, parsed.only, parsed.out)
    except ValueError as error:
        return _fail(f"eval utterances: {error}")


def _bench(parsed: argparse.Namespace) -> int:
    from bot.runtime import logs

    if parsed.versions and not parsed.versions.exists():
        return _fail(f"There is no repository {parsed.versions}.")
    logs.set_up("CRITICAL", "text")
    report = bench.run(parsed.what, parsed.rounds, parsed.count, parsed.database, parsed.versions)
    return _print({"name": parsed.what, **report}, parsed.json)


def _print(report: dict[str, Any], as_json: bool) -> int:
    """One JSON object, or a table without the single items."""
    if as_json:
        print(json.dumps(report))
        return 0
    for name, value in report.items():
        if name != "items":
            print(f"{name:25} {value:.3f}" if isinstance(value, float) else f"{name:25} {value}")
    return 0


def _standin(parsed: argparse.Namespace) -> int:
    from lab.standin import command

    return command.run(parsed.platform, parsed.port, parsed.round_trip / 1000, not parsed.loose)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
