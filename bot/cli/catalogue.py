"""`smallprint catalogue`: print the services and opt-outs as one document."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb


def arguments(parser: ArgumentParser) -> None:
    """Add the choice of document."""
    what = "the data, or the JSON Schema of a how-to file"
    parser.add_argument("what", choices=("export", "schema"), help=what)


def run(parsed: Namespace) -> int:
    """Print the document."""
    from bot import catalogue
    from bot.catalogue import export

    if parsed.what == "schema":
        print(export.written(export.schema()))
        return 0
    print(export.written(export.document(catalogue.load())))
    return 0


VERB = Verb(
    "catalogue",
    "the catalogue of services and opt-outs as one JSON document on stdout",
    arguments,
    run,
)
