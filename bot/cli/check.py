"""`smallprint check`: everything that can be wrong before the start, and what to do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb


def arguments(parser: ArgumentParser) -> None:
    """What is checked."""
    what = ("everything", "catalogue")
    parser.add_argument("what", nargs="?", choices=what, default="everything")
    parser.add_argument("--offline", action="store_true", help="check only what needs no network")


def run(parsed: Namespace) -> int:
    """Print what is found; the exit code is 1 where something is wrong."""
    import asyncio

    from bot.cli import _findings

    return asyncio.run(_findings.run(parsed.offline, parsed.what == "catalogue"))


VERB = Verb(
    "check",
    "test settings, sources, tokens and database, and say what to do",
    arguments,
    run,
)
