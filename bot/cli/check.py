"""`smallprint check`: check everything that can be wrong, and say what to do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb


def arguments(parser: ArgumentParser) -> None:
    """Add the choice of checks and the output format."""
    what = ("everything", "catalogue")
    parser.add_argument("what", nargs="?", choices=what, default="everything")
    parser.add_argument("--offline", action="store_true", help="check only what needs no network")
    parser.add_argument("--json", action="store_true", help="print one object, for programs")


def run(parsed: Namespace) -> int:
    """Print the findings; return the exit code, which is 1 if something is wrong."""
    import asyncio

    from bot.cli._findings import findings, report

    told = report.as_json if parsed.json else report.in_words
    return asyncio.run(told(findings(parsed.offline, parsed.what == "catalogue")))


VERB = Verb(
    "check",
    "look at everything that can be wrong, and say what to do",
    arguments,
    run,
)
