"""The dependencies of the web pages, and the function that serves them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from bot.catalogue import Catalogue
from bot.message import Message
from bot.model import Source
from bot.platform import Platform, Request
from bot.runtime.http_server import listening
from bot.store import Store

#: Answers the lines of one press: all are executed, or none.
Dispatch = Callable[[Sequence[Request]], Awaitable[list[Message]]]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A platform's name, and the link to start a chat with the bot there."""

    platform: str
    url: str


def serving(site: Site, listen: str) -> AbstractAsyncContextManager[str]:
    """Serve the pages at host:port; yields the base address. Raises OSError if it is taken."""
    # Only those who serve pages load their libraries.
    from bot.web.routes import application  # noqa: PLC0415

    return listening(application(site), listen)


def invited_by(platforms: Sequence[Platform]) -> Callable[[str], Iterable[Invitation]]:
    """A function for the invitation links of platforms, which know them only when connected."""

    def invitations(line: str) -> Iterator[Invitation]:
        """The links that send a line."""
        for platform in platforms:
            if url := platform.invitation(line):
                yield Invitation(platform.name.title(), url)

    return invitations


def _nobody(_line: str) -> Iterable[Invitation]:
    return ()


def _never() -> datetime | None:
    return None


async def _silence(_requests: Sequence[Request]) -> list[Message]:
    return []


@dataclass(frozen=True)
class Site:
    """The dependencies of the pages.

    `base` is the public address, without a trailing slash. `contact` and `code` are the addresses
    of this instance's operator and source code. `dispatch` answers the lines of one press on a
    personal page, as on any platform. `invitations` are the links that open a chat with the bot and
    send a line there.
    """

    store: Store
    known: Catalogue
    clock: Callable[[], datetime]
    base: str = ""
    contact: str = ""
    code: str = ""
    sources: tuple[Source, ...] = ()
    dispatch: Dispatch = _silence
    invitations: Callable[[str], Iterable[Invitation]] = _nobody
    #: The token of the operator's pages; "" if there are none.
    admin_token: str = ""
    #: When the newest backup was made; None if there is none.
    newest_copy: Callable[[], datetime | None] = _never
