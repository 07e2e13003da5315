"""Optional error reports and traces; if they are off, their libraries are not imported."""

from __future__ import annotations

import atexit
from collections.abc import Iterable, Sequence
from typing import Protocol

from pydantic import SecretStr

from bot.runtime.logs import scrubber


class ReportingError(Exception):
    """Reports or traces cannot be sent with these settings; the message says why, plainly."""


class Watching(Protocol):
    """The settings used here; see bot/watch_settings.py."""

    @property
    def sentry_dsn(self) -> SecretStr:
        """The address for reports of our errors; empty is off."""

    @property
    def telemetry_url(self) -> str:
        """The collector that takes traces; empty is off."""


def set_up(settings: Watching, secrets: Sequence[str], patterns: Iterable[str]) -> None:
    """Start what the settings ask for; after `logs.set_up`, as reports are made from log records.

    Unsent data is sent when this process ends, for 2 seconds at most. Raises ReportingError.
    """
    if dsn := settings.sentry_dsn.get_secret_value():
        _report(dsn, secrets, patterns)
    if settings.telemetry_url:
        _trace(settings.telemetry_url)


def _report(dsn: str, secrets: Sequence[str], patterns: Iterable[str]) -> None:
    try:
        from bot.runtime import reports  # noqa: PLC0415 - the extra may be missing
    except ImportError as error:
        raise _missing("SENTRY_DSN", "sentry") from error
    try:
        reports.begin(dsn, scrubber(secrets, patterns))
    except ValueError as error:
        raise ReportingError(f"SMALLPRINT_SENTRY_DSN: {error}") from error
    atexit.register(reports.end)


def _trace(url: str) -> None:
    try:
        from bot.runtime import exporting  # noqa: PLC0415 - the extra may be missing
    except ImportError as error:
        raise _missing("TELEMETRY_URL", "telemetry") from error
    exporting.begin(url)
    atexit.register(exporting.end)


def _missing(variable: str, extra: str) -> ReportingError:
    needs = f"needs the extra: pip install 'smallprint[{extra}]'"
    return ReportingError(f"SMALLPRINT_{variable} {needs}")
