"""The command line, `smallprint VERB`: the list of verbs, and running one."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from bot import __version__
from bot.cli import (
    announce,
    backup,
    bot,
    catalogue,
    check,
    follow,
    health,
    links,
    outbox,
    sources,
    upgrade,
)
from bot.cli._pipe import printing
from bot.cli._verb import Verb

VERBS: tuple[Verb, ...] = (
    bot.VERB,
    check.VERB,
    health.VERB,
    outbox.VERB,
    announce.VERB,
    follow.VERB,
    sources.VERB,
    catalogue.VERB,
    links.VERB,
    backup.VERB,
    backup.VERIFY,
    backup.RESTORE,
    upgrade.VERB,
)
#: The exit code after Ctrl-C, by the convention of shells.
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code, which is 0 for success."""
    parsed = _parser().parse_args(arguments)
    try:
        return printing(lambda: int(parsed.run(parsed)))
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="smallprint",
        description="Terms change alerts with opt-out steps, for Discord and Telegram.",
    )
    parser.add_argument("--version", action="version", version=f"Smallprint {__version__}")
    parsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in (*VERBS, *_workshop()):
        added = parsers.add_parser(verb.name, help=verb.help)
        verb.arguments(added)
        added.set_defaults(run=verb.run)
    return parser


def _workshop() -> Sequence[Verb]:
    """The verbs of the workshop, if it is installed; the product runs without them."""
    if not find_spec("lab"):
        return ()
    verbs: Sequence[Verb] = import_module("lab.cli").VERBS
    return verbs
