"""Logging: events with ids, never texts; secrets are redacted in every line."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, TextIO

import structlog

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def set_up(
    level: str,
    style: str,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
    patterns: Iterable[str] = (),
    chatty: Iterable[str] = (),
) -> None:
    """Send structlog and the standard library through one handler, to stderr by default.

    No line shows one of `secrets`, or a match of one of the regular expressions in `patterns`.
    Loggers in `chatty` only log warnings.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = _Redacting(
        scrubber(secrets, patterns),
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _escaped,
            _renderer(style),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # httpx logs URLs that contain the token; the others log too much.
    for name in ("httpx", "httpcore", "alembic", "fontTools", *chatty):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def scrubber(secrets: Iterable[str], patterns: Iterable[str]) -> Callable[[str], str]:
    """A function that redacts secrets, and matches of `patterns`, in a text."""
    known = sorted({form for each in secrets for form in _written(each)}, key=len, reverse=True)
    alike = tuple(re.compile(pattern) for pattern in patterns)

    def scrub(text: str) -> str:
        """Redact a text."""
        for secret in known:
            text = text.replace(secret, "[secret]")
        for pattern in alike:
            text = pattern.sub("[secret]", text)
        return text

    return scrub


def _written(secret: str) -> set[str]:
    """A secret as it is, and as JSON and Python write it in a line."""
    quoted = (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret))
    return {secret, *(each[1:-1] for each in quoted)}


def _renderer(style: str) -> Any:
    """A renderer of log events: JSON, or words for a terminal."""
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _escaped(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Escape control characters, so that no text can forge a line or colour the terminal.

    The lines of a traceback stay, indented.
    """
    for key, value in event.items():
        if isinstance(value, str):
            lines = value.split("\n") if key in ("exception", "stack") else [value]
            event[key] = "\n    ".join(_CONTROL.sub(_spelled, line) for line in lines)
    return event


def _spelled(control: re.Match[str]) -> str:
    """A control character as a Python escape."""
    return repr(control[0])[1:-1]


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """A formatter that writes one line for each record, and redacts secrets."""

    def __init__(self, scrub: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        """Format a record, with secrets redacted."""
        return self._scrub(super().format(record))
