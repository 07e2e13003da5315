"""The known terms types of Open Terms Archive; unknown ones are read all the same."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import structlog

from bot.model import Item

log = structlog.get_logger()

_LIST = Path(__file__).with_name("terms_types.txt")
#: The most unknown types that are reported; more are not worth a log line each.
_REPORTED = 500


def _listed() -> tuple[str, ...]:
    names: set[str] = set()
    for line in _LIST.read_text("utf-8").splitlines():
        name = line.strip()
        if name and not line.startswith("#"):
            names.add(name)
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


#: Every known terms type, the longest first, to match the end of a commit subject.
KNOWN = _listed()
_KNOWN = frozenset(KNOWN)


class Unknown:
    """Logs each unknown terms type of collections once in the life of a process."""

    def __init__(self) -> None:
        self._reported: set[str] = set()

    def report(self, items: Iterable[Item]) -> None:
        """Log the unknown types of these items that were not logged before."""
        for item in items:
            if item.document is None:
                continue
            terms_type = item.document.terms_type
            if not terms_type or terms_type in _KNOWN or terms_type in self._reported:
                continue
            if len(self._reported) < _REPORTED:
                self._reported.add(terms_type)
                log.warning("source.unknown_terms_type", source=item.source, terms_type=terms_type)
