"""Tracing spans: the duration and outcome of a piece of work; without a collector, no-ops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_NOTHING: AbstractContextManager[None] = nullcontext()


class _Tracing:
    """The tracer in use; None if tracing is off."""

    tracer: Tracer | None = None


def span(name: str, **attributes: str) -> AbstractContextManager[None]:
    """A span around the block; `mark` adds attributes to it.

    Of an error it records only the type's name, as the message may contain somebody's words.
    """
    if _Tracing.tracer is None:
        return _NOTHING
    return _span(_Tracing.tracer, name, attributes)


def mark(**attributes: str) -> None:
    """Add attributes to the current span."""
    if _Tracing.tracer is not None:
        _current().set_attributes(attributes)


def begin(tracer: Tracer | None) -> None:
    """Start making spans with a tracer; None stops."""
    _Tracing.tracer = tracer


@contextmanager
def _span(tracer: Tracer, name: str, attributes: dict[str, str]) -> Iterator[None]:
    started = tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    )
    with started as current:
        try:
            yield
        except BaseException as error:
            current.set_attribute("error", type(error).__name__)
            raise


def _current() -> Span:
    from opentelemetry.trace import get_current_span  # noqa: PLC0415 - an extra

    return get_current_span()
