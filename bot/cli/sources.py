"""`smallprint sources`: list the sources, or add one."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb


def arguments(parser: ArgumentParser) -> None:
    """Add the optional `add` with its address; without it the sources are listed."""
    doing = parser.add_subparsers(dest="what", metavar="WHAT")
    adding = doing.add_parser(
        "add", help="find the feed of a page, try it, and write it into your list"
    )
    adding.add_argument("url", help="the address of a feed, a web page or a GitHub repository")
    adding.add_argument(
        "--feed", type=int, default=1, metavar="N", help="which, where there are several"
    )


def run(parsed: Namespace) -> int:
    """List the sources, or add one; return the exit code, which is 1 on failure."""
    from bot.cli import _adding

    if parsed.what == "add":
        return _adding.add(parsed.url, parsed.feed)
    return _adding.show()


VERB = Verb("sources", "list what is listened to, or add a feed", arguments, run)
