"""Prometheus metrics of this process. No label ever names a person, a chat or a text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# Each counter's second series, of its creation time, adds nothing to process_start_time.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

POLLS = Counter(
    "smallprint_polls",
    "Answers of sources, by what they had: new items, none, or a failure of theirs or of ours",
    ["result"],
    registry=REGISTRY,
)
ITEMS = Counter("smallprint_items", "Items of feeds that were not seen before", registry=REGISTRY)
CHANGES = Counter(
    "smallprint_changes", "Changes that were understood", ["severity"], registry=REGISTRY
)
STORIES = Counter("smallprint_stories", "Stories that began", registry=REGISTRY)
SENDS = Counter(
    "smallprint_sends",
    "Messages by what the platform said to them",
    ["platform", "outcome"],
    registry=REGISTRY,
)
WAITS = Counter(
    "smallprint_waits",
    "How often a platform asked to wait: a chat, or everyone with the token",
    ["platform", "scope"],
    registry=REGISTRY,
)
STUCK = Counter(
    "smallprint_stuck",
    "Tasks that did not come on and were begun anew",
    ["task"],
    registry=REGISTRY,
)
ANSWERS = Histogram(
    "smallprint_answer_seconds",
    "How long people waited for a command, without the platform",
    ["command"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15),
)
PAGES = Histogram(
    "smallprint_page_seconds",
    "How long a page took, by the address as it is routed",
    ["page"],
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
LOOP_LAG = Histogram(
    "smallprint_loop_lag_seconds",
    "How much later than due the event loop woke up",
    registry=REGISTRY,
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)

# What has not happened yet is reported as 0, not as unknown.
for _result in ("new", "unchanged", "failed", "error"):
    POLLS.labels(_result)
for _severity in ("material", "minor", "noise"):
    CHANGES.labels(_severity)


@contextmanager
def timed(of: Histogram, label: str) -> Iterator[None]:
    """Observe the duration of the block, whether it succeeds or fails."""
    began = perf_counter()
    try:
        yield
    finally:
        of.labels(label).observe(perf_counter() - began)


def total(of: Counter, **labels: str) -> float:
    """The sum of a counter over all series with these labels."""
    found = 0.0
    for metric in of.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total") and labels.items() <= sample.labels.items():
                found += sample.value
    return found
