"""Reporting our errors to Sentry: where in the code, and nothing that people wrote.

Needs smallprint[sentry]; only bot/runtime/reporting.py imports this.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.transport import Transport
from sentry_sdk.utils import BadDsn, event_from_exception

from bot import __version__

if TYPE_CHECKING:
    from sentry_sdk.types import Event

#: How long a stop waits for unsent reports.
FLUSH_SECONDS = 2.0
#: The same error at the same place is reported again after this time: a tick can fail every second.
AGAIN_SECONDS = 60.0
#: The most places that are remembered for that.
MOST_PLACES = 200
#: Fields of a log event that a report shows; none of them contains a chat's or a person's id.
SHOWN = ("tick", "source", "item", "platform", "duty", "task")
#: The most characters of an exception's message.
MOST_LETTERS = 200
#: Parts of a message to cut: quoted text may be somebody's words, and a long number an id.
_QUOTED = re.compile(r"""['"`].*|\d{5,}""")
#: Parts of a report that could say who asked for what, and where this runs.
_LEFT_OUT = ("breadcrumbs", "request", "user", "server_name")
#: Loggers of the libraries that send reports and traces.
_OWN = ("sentry_sdk", "urllib3", "opentelemetry")

Scrub = Callable[[str], str]


def begin(dsn: str, scrub: Scrub, transport: Transport | None = None) -> None:
    """Report exceptions that are logged or that end this process.

    `scrub` redacts the secrets in a text. Raises ValueError for an invalid address.
    """
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it logs every failed try
    try:
        sentry_sdk.init(
            dsn,
            release=f"smallprint@{__version__}",
            transport=transport,
            # Integrations patch libraries and take requests, arguments and addresses with tokens.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[ExcepthookIntegration(), DedupeIntegration()],
            before_send=lambda event, _hint: _cleaned(event, scrub),
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            server_name="",
            send_client_reports=False,
            auto_session_tracking=False,
            spotlight=False,
            shutdown_timeout=FLUSH_SECONDS,
        )
    except BadDsn:
        raise ValueError("this is no address of a Sentry project") from None  # it holds a key
    logging.getLogger().addHandler(_Reports(logging.ERROR))


def end() -> None:
    """Send unsent reports, for 2 seconds at most, and stop reporting."""
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, _Reports)]
    sentry_sdk.get_client().close(timeout=FLUSH_SECONDS)


class _Reports(logging.Handler):
    """A log handler that reports each record with an exception."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._reported: dict[tuple[str, str], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Report an exception; an error in doing so does not reach the caller."""
        try:
            self._report(record)
        except Exception:  # noqa: BLE001 - that is what handlers of logs do
            self.handleError(record)

    def _report(self, record: logging.LogRecord) -> None:
        """Report an exception, with the log event that it was logged with."""
        said = record.msg if isinstance(record.msg, Mapping) else {"event": str(record.msg)}
        found = _exception(record.exc_info or said.get("exc_info"))
        if found is None or record.name.startswith(_OWN):
            return
        # The event's name, or a library's message template, without the values put into it.
        name = str(said.get("event", ""))
        if not self._is_news(name, found):
            return
        options = sentry_sdk.get_client().options
        mechanism = {"type": "logging", "handled": True}
        event, hint = event_from_exception(found, client_options=options, mechanism=mechanism)
        event["level"] = "error"
        event["logger"] = record.name
        event["message"] = _QUOTED.sub("[cut]", name)
        event["tags"] = {key: str(said[key]) for key in SHOWN if key in said}
        sentry_sdk.capture_event(event, hint=hint)

    def _is_news(self, name: str, error: BaseException) -> bool:
        place, now = (name, _place(error)), time.monotonic()
        before = self._reported.get(place)
        if before is not None and now - before < AGAIN_SECONDS:
            return False
        if len(self._reported) >= MOST_PLACES:
            self._reported.clear()
        self._reported[place] = now
        return True


def _exception(given: object) -> BaseException | None:
    """The exception of a record, given as itself, as a triple, or as the current one."""
    if isinstance(given, tuple):
        given = given[1]
    elif given is True:
        given = sys.exc_info()[1]
    return given if isinstance(given, BaseException) else None


def _place(error: BaseException) -> str:
    """The error's type, and the place where it was raised."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else ""
    return f"{type(error).__name__} {where}"


def _cleaned(event: Event, scrub: Scrub) -> Event:
    """A report without secrets, quoted text, the request, and paths of this machine."""
    for error in event.get("exception", {}).get("values", ()):
        first_line = scrub(str(error.get("value") or "")).partition("\n")[0]
        error["value"] = _QUOTED.sub("[cut]", first_line[:MOST_LETTERS])
        for frame in (error.get("stacktrace") or {}).get("frames", ()):
            frame.pop("abs_path", None)
            frame.pop("vars", None)
    kept = {name: value for name, value in event.items() if name not in _LEFT_OUT}
    cleaned: Event = _scrubbed(kept, scrub)
    return cleaned


def _scrubbed(value: Any, scrub: Scrub) -> Any:
    """The same value, with `scrub` applied to every string in it."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {scrub(str(key)): _scrubbed(each, scrub) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(each, scrub) for each in value]
    return value
