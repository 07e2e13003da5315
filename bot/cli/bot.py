"""`smallprint bot`: run the service."""

from __future__ import annotations

from argparse import Namespace

from bot.cli._verb import Verb, no_arguments


def run(_parsed: Namespace) -> int:
    """Serve until a signal, or the end of the console's input."""
    from bot.cli import _service

    return _service.run()


VERB = Verb("bot", "run the service; without tokens it talks on this console", no_arguments, run)
