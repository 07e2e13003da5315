"""The workshop's verbs: demo, replay, eval, bench, standin."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from bot.cli._verb import Verb, said
from lab import bench

#: argparse's type of subparsers, which it does not name.
Parsers = Any

#: The options that each measure of `eval` requires.
_NEEDED = {
    "changes": ("versions", "labels"),
    "memos": ("feed", "labels"),
    "flood": ("versions",),
    "year": ("versions",),
}


# -- demo and replay


def _demo_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--script",
        nargs="?",
        const="",
        metavar="FILE",
        help="run a dialogue and end; without FILE a built-in one",
    )


def _demo(parsed: Namespace) -> int:
    import asyncio

    from bot.runtime import logs
    from lab import demo

    logs.set_up("ERROR", "text")
    script = None
    if parsed.script is not None:
        path = Path(parsed.script) if parsed.script else demo.SESSION
        if not path.is_file():
            return said(f"There is no dialogue {path}.", 1)
        script = path.read_text("utf-8").splitlines()
    asyncio.run(demo.run(script))
    return 0


def _replay_arguments(parser: ArgumentParser) -> None:
    repository = "a git folder or bundle of an Open Terms Archive versions repository"
    parser.add_argument("repository", type=Path, help=repository)
    start = "where the clock starts, such as 2025-11-01"
    parser.add_argument("--from", dest="start", required=True, metavar="DATE", help=start)
    end = "where the clock stops"
    parser.add_argument("--to", dest="end", required=True, metavar="DATE", help=end)
    speed = "recorded seconds per second (default: a day)"
    parser.add_argument("--speed", type=float, default=86_400.0, metavar="N", help=speed)
    port = "the port on this machine (default: any)"
    parser.add_argument("--port", type=int, default=0, help=port)


def _replay(parsed: Namespace) -> int:
    from lab.replay import command

    return command.run(parsed.repository, parsed.start, parsed.end, parsed.speed, parsed.port)


# -- eval


def _eval_arguments(parser: ArgumentParser) -> None:
    measures = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, what in (
        ("changes", "recorded changes, lived through and compared with labels"),
        ("memos", "memos of a feed, compared with labels"),
        ("flood", "what somebody who follows everything would get"),
        ("year", "what a private chat that follows some services would get"),
    ):
        measured = measures.add_parser(name, help=what)
        versions = "a git folder or bundle of a versions repository"
        measured.add_argument("--versions", type=Path, help=versions)
        measured.add_argument("--feed", type=Path, help="a memo feed")
        measured.add_argument("--labels", type=Path, help="labels, one JSON object a line")
        measured.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "changes":
            language = "the language of the texts, as a code (default: en)"
            measured.add_argument("--language", default="en", metavar="CODE", help=language)
        services = "year: their folders, with commas (default: the ten most popular)"
        measured.add_argument("--services", default="", metavar="NAMES", help=services)
    for name, what in (
        ("all", "all labels, by models that have not seen the service"),
        ("excerpts", "whether what is shown of a change is what people quote of it"),
    ):
        whole = measures.add_parser(name, help=what)
        folder = "a folder that holds the bundles"
        whole.add_argument("--data", type=Path, required=True, help=folder)
        kept = "keep the examples there, and take them from it"
        whole.add_argument("--keep", type=Path, help=kept)
        whole.add_argument("--json", action="store_true", help="print one JSON object")
    _judge_arguments(measures)


def _judge_arguments(measures: Parsers) -> None:
    typed = measures.add_parser("utterances", help="what typed sentences lead to")
    rows = "sentences with what they mean, one JSON object a line"
    typed.add_argument("paths", nargs="+", type=Path, metavar="FILE", help=rows)
    shown = typed.add_mutually_exclusive_group()
    shown.add_argument("--bad", action="store_true", help="print what failed")
    shown.add_argument("--all", action="store_true", help="print everything")
    only = "a regular expression that the id or the text must hold"
    typed.add_argument("--only", default="", metavar="PATTERN", help=only)
    rows = "write the verdicts there, one JSON object a line"
    typed.add_argument("--out", type=Path, metavar="FILE", help=rows)
    cases = measures.add_parser("cases", help="cases made from reports, judged by what they expect")
    case = "a folder with case.py, of a feed or a chat, or run.py, a program of its own"
    cases.add_argument("paths", nargs="+", type=Path, metavar="FOLDER", help=case)
    cases.add_argument("--verbose", action="store_true", help="print all that came of each")


def _eval(parsed: Namespace) -> int:
    if parsed.what == "cases":
        return _judge_cases(parsed)
    if parsed.what == "utterances":
        return _judge_utterances(parsed)
    if parsed.what in ("all", "excerpts"):
        return _everything(parsed)
    from lab.eval import report

    given: list[Path] = []
    for name in _NEEDED[parsed.what]:
        path = getattr(parsed, name)
        if path is None or not path.exists():
            return said(f"eval {parsed.what} needs --{name}, a path that exists.", 1)
        given.append(path)
    if parsed.what == "year":
        return _year(given[0], parsed.services, parsed.json)
    options = {}
    if parsed.what == "changes":
        options["language"] = parsed.language
    return _print(getattr(report, parsed.what)(*given, **options), parsed.json)


def _everything(parsed: Namespace) -> int:
    if not parsed.data.is_dir():
        return said(f"There is no folder {parsed.data}.", 1)
    from lab.eval import excerpts, unseen

    measure = unseen.everything if parsed.what == "all" else excerpts.measured
    return _print(measure(parsed.data, parsed.keep), parsed.json)


def _year(versions: Path, services: str, as_json: bool) -> int:
    from lab.eval import year

    chosen = [name.strip() for name in services.split(",") if name.strip()]
    try:
        return _print(year.year(versions, chosen or year.POPULAR), as_json)
    except ValueError as error:
        return said(f"eval year: {error}.", 1)


def _judge_cases(parsed: Namespace) -> int:
    from lab.eval import cases

    for path in parsed.paths:
        if not path.is_dir():
            return said(f"eval cases: there is no {path}.", 1)
    return cases.run(parsed.paths, parsed.verbose)


def _judge_utterances(parsed: Namespace) -> int:
    from lab.eval import utterances

    for path in parsed.paths:
        if not path.is_file():
            return said(f"eval utterances: there is no {path}.", 1)
    show = ""
    if parsed.all:
        show = "all"
    elif parsed.bad:
        show = "bad"
    try:
        return utterances.run(parsed.paths, show, parsed.only, parsed.out)
    except ValueError as error:
        return said(f"eval utterances: {error}", 1)


# -- bench and standin


def _bench_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=bench.NAMES)
    rounds = "how many are taken for the median (default 5)"
    parser.add_argument("--rounds", type=int, default=5, help=rounds)
    count = "the size of the crowd, or the number of kills"
    parser.add_argument("--count", type=int, default=0, help=count)
    database = "match: an empty PostgreSQL database in place of a file"
    parser.add_argument("--database", default="", help=database)
    versions = "diff, life: a versions repository to take real pairs, or recorded life, from"
    parser.add_argument("--versions", type=Path, help=versions)
    lived = "life: recorded hours, and the minutes in which they pass (default: 6 in 12)"
    parser.add_argument("--hours", type=float, default=bench.LENGTH[0], help=lived)
    parser.add_argument("--minutes", type=float, default=bench.LENGTH[1], help=lived)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _bench(parsed: Namespace) -> int:
    from bot.runtime import logs

    if parsed.versions and not parsed.versions.exists():
        return said(f"There is no repository {parsed.versions}.", 1)
    logs.set_up("CRITICAL", "text")
    length = parsed.hours, parsed.minutes
    given = (parsed.rounds, parsed.count, parsed.database, parsed.versions, length)
    report = bench.run(parsed.what, *given)
    return _print({"name": parsed.what, **report}, parsed.json)


def _standin_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("platform", choices=("telegram", "discord"))
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    round_trip = "milliseconds there and back (default 60)"
    parser.add_argument("--round-trip", type=float, default=60.0, help=round_trip)
    parser.add_argument("--loose", action="store_true", help="without the platform's limits")


def _standin(parsed: Namespace) -> int:
    from lab.standin import command

    return command.run(parsed.platform, parsed.port, parsed.round_trip / 1000, not parsed.loose)


def _train_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("data", type=Path, help="a folder that holds the bundles of versions")
    kept = "keep the examples there, and take them from it"
    parser.add_argument("--keep", type=Path, help=kept)
    written = "where the weights are written (default: into the package)"
    parser.add_argument("--out", type=Path, default=None, help=written)


def _train(parsed: Namespace) -> int:
    if not parsed.data.is_dir():
        return said(f"There is no folder {parsed.data}.", 1)
    from lab.train import command

    return command.run(parsed.data, parsed.out or command.PACKAGE, parsed.keep)


VERBS = (
    Verb("demo", "try everything with no token and no internet", _demo_arguments, _demo),
    Verb(
        "replay",
        "serve a versions repository as a collection, on a clock that can be moved",
        _replay_arguments,
        _replay,
    ),
    Verb(
        "eval",
        "measure what the code understands, against labels",
        _eval_arguments,
        _eval,
    ),
    Verb(
        "train",
        "learn from recorded changes and their labels what matters",
        _train_arguments,
        _train,
    ),
    Verb(
        "bench",
        "measure a figure, as a ratio to a floor measured in the same run",
        _bench_arguments,
        _bench,
    ),
    Verb(
        "standin",
        "play Telegram or Discord on this machine, with their limits and faults as told",
        _standin_arguments,
        _standin,
    ),
)


def _print(report: dict[str, Any], as_json: bool) -> int:
    """Print a report as a JSON object, or as a table without nested tables."""
    if as_json:
        print(json.dumps(report))
        return 0
    for name, value in report.items():
        if name in ("items", "lags"):
            continue
        shown = f"{value:.3f}" if isinstance(value, float) else value
        print(f"{name:25} {shown}")
    return 0
