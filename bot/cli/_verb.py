"""What a verb of the command line is: its name, its help, its arguments, and what it does."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


def no_arguments(_parser: ArgumentParser) -> None:
    """The arguments of a verb that takes none."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: `smallprint NAME`.

    `run` takes what was parsed and gives the exit code. Its module is imported for every verb, so
    `run` itself imports what takes long to load.
    """

    name: str
    help: str
    #: Adds the verb's own arguments to its parser.
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def said(text: str, code: int) -> int:
    """Print the last words of a verb, on stderr where it failed; the exit code again."""
    print(text, file=sys.stderr if code else sys.stdout)
    return code
