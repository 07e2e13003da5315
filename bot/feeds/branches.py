"""The feed of one service or document, whatever the repository calls its branch."""

from __future__ import annotations

from datetime import datetime

from bot import feeds
from bot.feeds.fetch import Fetcher, FetchError, Page, Validators
from bot.feeds.github import BRANCHES
from bot.model import Source, SourceKind

#: A note of a source's cursor: the branch under which its repository answered.
NOTE = "branch"


async def get(
    fetcher: Fetcher,
    source: Source,
    service: str = "",
    terms_type: str = "",
    fallback: bool = False,
    known: str = "",
    sure: bool = False,
    validators: Validators | None = None,
    now: datetime | None = None,
) -> tuple[Page, str]:
    """A feed of a source, and the branch under which it was found; "" where none was needed.

    `known` is the branch of an earlier answer, which is asked first; `sure` asks no other after it.
    Raises FetchError: with 404 where no branch has it.
    """
    github = fallback or source.kind is SourceKind.GITHUB
    if not github or not (service or source.service):
        url = feeds.url_of(source, service, fallback, terms_type=terms_type)
        return await fetcher.get(url, validators, now=now), ""
    tried = (known,) if known and sure else dict.fromkeys((known or BRANCHES[0], *BRANCHES))
    missing = FetchError("there is no such page (404)", 404)
    for branch in tried:
        try:
            url = feeds.url_of(source, service, fallback, branch, terms_type)
            return await fetcher.get(url, validators, now=now), branch
        except FetchError as error:
            if error.status != 404:
                raise
            missing = error
    raise missing
