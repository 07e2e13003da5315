"""Answering requests: the layer between platforms and commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import _, speaking
from bot.message import Message
from bot.model import Source
from bot.outcomes import Notice
from bot.platform import Hint, Request
from bot.rate_limit import Flood
from bot.render.blocks import say
from bot.runtime.backoff import back_off
from bot.runtime.metrics import ANSWERS, timed
from bot.runtime.traces import span
from bot.settings import Settings
from bot.store import Store, StoreError

log = structlog.get_logger()

#: The burst of answers to somebody who is typing: a handful for each letter.
TYPING_ANSWERS = 200
#: How often a notice is tried while the database fails, and the waits between tries.
NOTE_TRIES = 10
NOTE_AGAIN_FIRST = timedelta(seconds=1)
NOTE_AGAIN_CAP = timedelta(minutes=1)
#: Characters of a command that a log line shows.
LOGGED_LETTERS = 40


class _DoneBeforeError(Exception):
    """The same update was handled meanwhile by another thread or process; nothing is written."""


class Answering:
    """Answers requests in threads, with rate limits, and lets no error reach a platform."""

    def __init__(
        self,
        store: Store,
        known: Catalogue,
        names: Names,
        clock: Callable[[], datetime],
        settings: Settings,
        sources: tuple[Source, ...],
    ) -> None:
        self._store = store
        self._known = known
        self._names = names
        self._clock = clock
        self._settings = settings
        self._sources = sources
        self._secrets = {each.name: each.token.get_secret_value() for each in settings.platforms}
        self._flood = Flood()
        self._typing = Flood(TYPING_ANSWERS)
        self._counted = {"talk", "hint", *(each.entry.name for each in handlers.COMMANDS)}

    async def answer(self, request: Request | Notice | Hint) -> Message:
        """Answer one request; on an error the chat gets an apology, and the log the reason."""
        if isinstance(request, Hint) and not self._typing.takes(_asker(request)):
            return Message(())
        if isinstance(request, Request) and not self._takes(request):
            return self._too_much(request)
        if isinstance(request, Notice):
            return await self._note(request)
        [said] = await self._done(request, lambda: [self._answer(request)])
        return said

    async def answer_all(self, requests: Sequence[Request]) -> list[Message]:
        """Answer the command lines of one press on a web page, all in one transaction."""
        first = requests[0]
        if not self._takes(first):
            return [self._too_much(first)]
        return await self._done(first, lambda: self._answer_together(requests))

    async def _done(
        self, request: Request | Hint, work: Callable[[], list[Message]]
    ) -> list[Message]:
        """Run `work` in a thread; on an error log the reason and return an apology."""
        try:
            command = self._label(request)
            with timed(ANSWERS, command), span("answer", command=command):
                return await asyncio.to_thread(work)
        except StoreError as error:
            log.error("request.failed", command=_command(request), why=str(error))
        except Exception:
            log.exception("request.failed", command=_command(request))
        return [_failed(request.language)]

    def _label(self, request: Request | Hint) -> str:
        """The metrics label of a request; made-up commands share the label "other"."""
        name = _command(request)
        return name if name in self._counted else "other"

    def _answer_together(self, requests: Sequence[Request]) -> list[Message]:
        with self._store.database.together():
            return [handlers.answer(request, self._context()) for request in requests]

    async def _note(self, notice: Notice) -> Message:
        """Handle a notice, with retries while the database fails: a platform does not repeat it."""
        for failures in range(1, NOTE_TRIES + 1):
            try:
                return await asyncio.to_thread(self._answer, notice)
            except StoreError as error:
                log.error("notice.failed", what=_command(notice), why=str(error))
            except Exception:
                log.exception("notice.failed", what=_command(notice))
                break
            wait = back_off(NOTE_AGAIN_FIRST, failures, NOTE_AGAIN_CAP)
            await asyncio.sleep(wait.total_seconds())
        return Message(())

    def _answer(self, request: Request | Notice | Hint) -> Message:
        """Handle a request once, even if the platform repeats it after a crash."""
        if not isinstance(request, Request):
            return handlers.answer(request, self._context())
        platform, number = request.address.platform, request.number
        if number and self._store.heard.is_done(platform, number):
            return _interrupted(request.language)
        try:
            with self._store.database.together():
                answer = handlers.answer(request, self._context())
                if number and self._store.database.wrote_here:
                    self._note_done(platform, number)
        except _DoneBeforeError:
            return _interrupted(request.language)
        return answer

    def _note_done(self, platform: str, number: str) -> None:
        """Record that an update is handled. Raises _DoneBeforeError if another was faster."""
        if not self._store.heard.done(platform, number, self._clock()):
            raise _DoneBeforeError

    def _takes(self, request: Request) -> bool:
        """Count a request; whether the person is within their limit. A local script has none."""
        flood = self._typing if request.typing or request.looks else self._flood
        return request.local or flood.takes(_asker(request))

    def _too_much(self, request: Request) -> Message:
        """A friendly warning, once; then nothing, as answering each would be a flood of our own."""
        if request.unseen or self._flood.tells(_asker(request)):
            with speaking(request.language):
                return say(_("That was a lot at once. Please wait a moment."))
        return Message(())

    def _context(self) -> handlers.Context:
        return handlers.Context(
            self._store,
            self._known,
            self._names,
            self._clock(),
            self._settings.contact,
            self._settings.source_code,
            self._settings.pages,
            self._sources,
            secrets=self._secrets,
            admins=self._settings.admins_of,
        )


def _failed(language: str) -> Message:
    """The apology for an error of ours; the log says why."""
    with speaking(language):
        return say(
            _("Something went wrong on my side; it has been noted. Please try again in a minute.")
        )


def _interrupted(language: str) -> Message:
    """The answer if a request was handled, but its answer may not have arrived."""
    with speaking(language):
        return say(
            _(
                "This is done. I was interrupted before I could say so; {command} shows how "
                "things stand.",
                command="/status",
            )
        )


def _asker(request: Request | Hint) -> str:
    """The key of the person who asks; for a hint the chat need not be known."""
    here = request.address
    if here is None:
        return request.person
    return f"{here.platform}:{request.person or here.chat}"


def _command(request: Request | Notice | Hint) -> str:
    """The name of a request in a log line."""
    if isinstance(request, Request):
        return request.command[:LOGGED_LETTERS] or "talk"
    return type(request).__name__.casefold()
