"""Exporting spans to a collector by OTLP over HTTP, in a thread of its own.

Needs smallprint[telemetry]; only bot/runtime/reporting.py imports this.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from bot import __version__
from bot.runtime import traces

log = structlog.get_logger()

#: The end of the path of a collector's address.
PATH = "/v1/traces"
#: The timeout of an export, including retries.
EXPORT_SECONDS = 5.0
#: How long a stop waits for unsent spans.
FLUSH_SECONDS = 2.0
#: The most unsent spans; while the collector is down, the oldest are dropped.
MOST_WAITING = 2048


class _Exporter(SpanExporter):
    """An exporter that logs once when the collector is down, and once when it is back."""

    def __init__(self, url: str) -> None:
        address = url.rstrip("/").removesuffix(PATH) + PATH
        self._inner = OTLPSpanExporter(address, timeout=EXPORT_SECONDS)
        self._down = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send some spans; those that are not accepted are lost."""
        result = self._inner.export(spans)
        down = result is not SpanExportResult.SUCCESS
        if _Exporting.provider is None:
            return result  # exporting has ended: log nothing more
        if down and not self._down:
            log.warning("telemetry.down", why="the collector does not take spans")
        elif self._down and not down:
            log.info("telemetry.up")
        self._down = down
        return result

    def shutdown(self) -> None:
        """Stop retrying."""
        self._inner.shutdown()  # type: ignore[no-untyped-call]


class _Exporting:
    """The provider in use, if any."""

    provider: TracerProvider | None = None


def begin(url: str) -> None:
    """Send spans to the collector at an address, with or without /v1/traces at its end."""
    # These loggers report with every batch that a collector is down.
    for name in ("opentelemetry", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    resource = Resource.create({"service.name": "smallprint", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    processor = BatchSpanProcessor(_Exporter(url), max_queue_size=MOST_WAITING)
    provider.add_span_processor(processor)
    _Exporting.provider = provider
    traces.begin(provider.get_tracer("smallprint"))


def end() -> None:
    """Stop making spans, and send unsent ones, for 2 seconds at most."""
    traces.begin(None)
    provider, _Exporting.provider = _Exporting.provider, None
    if provider is None:
        return
    # The library waits for a slow collector longer than a service manager waits for us.
    last = threading.Thread(target=provider.shutdown, name="telemetry-end", daemon=True)
    last.start()
    last.join(FLUSH_SECONDS)
