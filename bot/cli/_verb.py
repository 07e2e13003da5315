"""The definition of a verb of the command line: name, help, arguments and action."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


def no_arguments(_parser: ArgumentParser) -> None:
    """Add no arguments."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: `smallprint NAME`.

    `run` takes the parsed arguments and returns the exit code. Its module is imported for every
    verb, so slow imports belong inside `run`.
    """

    name: str
    help: str
    #: Adds the verb's own arguments to its parser.
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def said(text: str, code: int) -> int:
    """Print the last words of a verb, to stderr if it failed; return the exit code."""
    print(text, file=sys.stderr if code else sys.stdout)
    return code
