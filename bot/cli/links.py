"""`smallprint links`: report links that are gone or moved, and opt-outs unchecked for long."""

from __future__ import annotations

from argparse import Namespace

from bot.cli._verb import Verb, no_arguments


def run(_parsed: Namespace) -> int:
    """Print a report; return the exit code, which is 1 if a link is gone."""
    import asyncio

    from bot.cli import _links

    return asyncio.run(_links.run())


VERB = Verb(
    "links",
    "follow every link of the catalogue, and name what is gone, moved, or long unseen",
    no_arguments,
    run,
)
