"""The command line: smallprint bot, check, sources, outbox, follow, catalogue, links, backup, restore.

The verbs of the workshop (demo, replay, standin, eval, bench) join where it is installed."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot import __version__

Verbs = Any  # argparse does not name what it gives


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code is 0 where it did what was asked. Modules are imported by the verb that needs them."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smallprint",
        description="Terms change alerts with opt-out steps, for Discord and Telegram.",
    )
    parser.add_argument("--version", action="version", version=f"Smallprint {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    bot = verbs.add_parser("bot", help="run the service; without tokens it talks on this console")
    bot.set_defaults(run=_bot)
    check = verbs.add_parser(
        "check", help="test settings, sources, tokens and database, and say what to do"
    )
    check.set_defaults(run=_check)
    check.add_argument("what", nargs="?", choices=("everything", "catalogue"), default="everything")
    check.add_argument("--offline", action="store_true", help="check only what needs no network")
    _operating(verbs)
    if workshop := _workshop():
        workshop.add_verbs(verbs)
    return parser


def _workshop() -> Any:
    """The verbs that show and measure the product; they ship beside it, and it runs without them."""
    return import_module("lab.cli") if find_spec("lab") else None


def _operating(verbs: Verbs) -> None:
    outbox = verbs.add_parser(
        "outbox", help="what waits, what was sent, and what was given up, with its reasons"
    )
    outbox.set_defaults(run=_outbox)
    outbox.add_argument("--retry", action="store_true", help="try again what was given up")
    follow = verbs.add_parser("follow", help="let a channel that you run follow a service")
    follow.set_defaults(run=_follow)
    follow.add_argument(
        "where",
        help="PLATFORM:CHAT, for example telegram:-1001234567890 or discord:123456789012345678",
    )
    follow.add_argument("service")
    follow.add_argument(
        "regions", nargs="*", help="EU, EEA, UK, Switzerland or countries; all of Europe by default"
    )
    follow.add_argument(
        "--publish",
        action="store_true",
        help="the channel is a Discord announcement channel: publish what is posted",
    )
    follow.add_argument("--end", action="store_true", help="stop following")
    sources = verbs.add_parser("sources", help="list what is listened to, or add a feed")
    sources.set_defaults(run=_sources)
    doing = sources.add_subparsers(dest="what", metavar="WHAT")
    adding = doing.add_parser(
        "add", help="find the feed of a page, try it, and write it into your list"
    )
    adding.add_argument("url", help="the address of a feed, a web page or a GitHub repository")
    adding.add_argument(
        "--feed", type=int, default=1, metavar="N", help="which, where there are several"
    )
    catalogue = verbs.add_parser(
        "catalogue", help="the catalogue of services and opt-outs as one JSON document on stdout"
    )
    catalogue.set_defaults(run=_catalogue)
    catalogue.add_argument(
        "what", choices=("export", "schema"), help="the data, or the JSON Schema of a how-to file"
    )
    links = verbs.add_parser(
        "links",
        help="follow every link of the catalogue, and name what is gone, moved, or long unseen",
    )
    links.set_defaults(run=_links)
    backup = verbs.add_parser("backup", help="copy the database while the bot runs")
    backup.set_defaults(run=_backup)
    backup.add_argument("target", type=Path)
    restore = verbs.add_parser(
        "restore", help="put a backup in the place of the database; stop the bot first"
    )
    restore.set_defaults(run=_restore)
    restore.add_argument("backup", type=Path)


def _bot(_: argparse.Namespace) -> int:
    from bot.cli import bot

    return bot.run()


def _check(parsed: argparse.Namespace) -> int:
    from bot.cli import check

    return asyncio.run(check.run(parsed.offline, parsed.what == "catalogue"))


def _outbox(parsed: argparse.Namespace) -> int:
    from bot.cli import outbox

    return outbox.outbox(parsed.retry)


def _follow(parsed: argparse.Namespace) -> int:
    from bot.cli import outbox

    return outbox.follow(parsed.where, parsed.service, parsed.regions, parsed.publish, parsed.end)


def _catalogue(parsed: argparse.Namespace) -> int:
    from bot import catalogue
    from bot.catalogue import export

    print(
        export.written(
            export.document(catalogue.load()) if parsed.what == "export" else export.schema()
        )
    )
    return 0


def _links(_: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from bot import settings
    from bot.cli import links

    return asyncio.run(links.run(settings.load().user_agent, datetime.now(UTC).date()))


def _sources(parsed: argparse.Namespace) -> int:
    from bot.cli import sources

    return sources.add(parsed.url, parsed.feed) if parsed.what == "add" else sources.show()


def _backup(parsed: argparse.Namespace) -> int:
    from bot.cli import outbox

    return outbox.backup(parsed.target)


def _restore(parsed: argparse.Namespace) -> int:
    from bot.cli import outbox

    return outbox.restore(parsed.backup)
