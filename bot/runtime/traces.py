"""Spans: how long a piece of work took, and what came of it. Without a collector they are nothing.

Attributes are names and outcomes only, never who asked, where, or what was said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_NOTHING: AbstractContextManager[None] = nullcontext()


class _Tracing:
    """What makes spans; None is off."""

    tracer: Tracer | None = None


def span(name: str, **attributes: str) -> AbstractContextManager[None]:
    """A span around what is inside; `mark` says more of it.

    Of an error it holds the type's name only, as the message may have somebody's words.
    """
    if _Tracing.tracer is None:
        return _NOTHING
    return _span(_Tracing.tracer, name, attributes)


def mark(**attributes: str) -> None:
    """Say more of the span that this is inside of."""
    if _Tracing.tracer is not None:
        _current().set_attributes(attributes)


def begin(tracer: Tracer | None) -> None:
    """Make spans from now on; with None no more."""
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
