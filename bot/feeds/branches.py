"""Fetching the feed of a service or document, whatever its repository's branch is called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot import feeds
from bot.feeds.fetch import Fetcher, FetchError, Page, Validators
from bot.feeds.github import BRANCHES
from bot.model import Source, SourceKind

#: The key of a cursor's note: the branch under which its repository answered.
NOTE = "branch"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feed of a source to fetch: that of one service, or of one document of it.

    `fallback` is the GitHub side of a collection.
    """

    service: str = ""
    terms_type: str = ""
    fallback: bool = False


ALL = Wanted()


def after(known: str) -> Iterable[str]:
    """The branches to try if `known` answered earlier, or none yet ("")."""
    return dict.fromkeys((known or BRANCHES[0], *BRANCHES))


async def get(
    fetcher: Fetcher,
    source: Source,
    wanted: Wanted = ALL,
    tried: Iterable[str] = BRANCHES,
    validators: Validators | None = None,
    now: datetime | None = None,
) -> tuple[Page, str]:
    """Fetch a feed of a source; return it with the branch that had it, "" if none was needed.

    `tried` are the branches to try, in order. Raises FetchError: with 404 if no branch has it.
    """
    if not _needs_branch(source, wanted):
        url = _url(source, wanted)
        return await fetcher.get(url, validators, now=now), ""
    missing = FetchError("there is no such page (404)", 404)
    for branch in tried:
        url = _url(source, wanted, branch)
        try:
            return await fetcher.get(url, validators, now=now), branch
        except FetchError as error:
            if error.status != 404:
                raise
            missing = error
    raise missing


def _needs_branch(source: Source, wanted: Wanted) -> bool:
    """Whether the feed's URL names a branch; that of a whole repository does not."""
    if not (wanted.service or source.service):
        return False
    return wanted.fallback or source.kind is SourceKind.GITHUB


def _url(source: Source, wanted: Wanted, branch: str = "") -> str:
    return feeds.url_of(source, wanted.service, wanted.fallback, branch, wanted.terms_type)
