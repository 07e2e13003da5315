"""What pages may touch, and where they are."""

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

#: Answers the lines that one press stands for: all are done, or none.
Dispatch = Callable[[Sequence[Request]], Awaitable[list[Message]]]


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where somebody begins to talk to the bot: the platform's name, and the link."""

    platform: str
    url: str


def serving(site: Site, listen: str) -> AbstractAsyncContextManager[str]:
    """Serve the pages at host:port; gives the base address. Raises OSError where it is taken."""
    # Only those who serve pages load what makes them.
    from bot.web.routes import application  # noqa: PLC0415

    return listening(application(site), listen)


def invited_by(platforms: Sequence[Platform]) -> Callable[[str], Iterable[Invitation]]:
    """The links by which people begin to talk to the bot, as each platform knows them by then."""

    def invitations(line: str) -> Iterator[Invitation]:
        """Those that say a line."""
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
    """Everything that pages may touch.

    `base` is the public address, without a slash at its end; `contact` and `code` are those of who
    runs this instance, and of its source code. `dispatch` answers the lines of one press on
    somebody's own page, as they are answered on any platform; `invitations` are the links that open
    a chat with the bot and say a line there.
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
    #: What opens the operator's pages; "" where there are none.
    admin_token: str = ""
    #: When the newest backup was made; None where none is.
    newest_copy: Callable[[], datetime | None] = _never
