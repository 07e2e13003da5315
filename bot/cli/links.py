"""`smallprint links`: what is gone, what moved, and what has not been looked at for long."""

from __future__ import annotations

from argparse import Namespace

from bot.cli._verb import Verb, no_arguments


def run(_parsed: Namespace) -> int:
    """Print a report; the exit code is 1 where a link is gone."""
    import asyncio

    from bot.cli import _links

    return asyncio.run(_links.run())


VERB = Verb(
    "links",
    "follow every link of the catalogue, and name what is gone, moved, or long unseen",
    no_arguments,
    run,
)
