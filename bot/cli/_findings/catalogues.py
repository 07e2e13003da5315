"""The check of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.catalogue import Catalogue
from bot.cli._findings.finding import Finding, bad, warning, well

WHAT = "catalogue"


def findings(known: Catalogue) -> Iterator[Finding]:
    """The size of the catalogue, and what is wrong with it."""
    yield well(WHAT, f"{len(known.services)} services, {len(known.guides)} with a how-to")
    named = {row.service for row in known.facts.controllers if row.name}
    documents = len(known.facts.documents)
    words = f"{len(named)} services with a controller, {documents} addresses of documents"
    yield well(WHAT, words)
    if old := known.stale(datetime.now(UTC).date()):
        words = f"{len(old)} opt-outs were looked at long ago, or never"
        yield warning(WHAT, words, "smallprint links names them")
    for problem in known.faults:
        yield bad(WHAT, problem, "mend the file that is named")
