"""`fuzz`: try inputs for a while; one that breaks a promise is kept, and tried first next time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lab.fuzz import hostile
from lab.fuzz.corpus import BEGINNINGS, PIECES
from lab.fuzz.targets import TARGETS

#: The number of inputs made at a time; the clock is checked in between.
AT_ONCE = 200
#: The longest that the loop may be blocked, and the most memory of the worker.
STOP_SECONDS = 0.2
WORKER_MB = 300


@dataclass(slots=True)
class Report:
    """The result of one target.

    The number of inputs, the longest one in CPU seconds, and the one that broke it.
    """

    target: str
    inputs: int = 0
    longest: float = 0.0
    broken: bytes | None = None
    why: str = ""
    slowest: bytes = field(default=b"", repr=False)


def run(seconds: float, engine: str, seeds: Path) -> int:
    """Fuzz every target for its share of the time; the exit code is 1 if one broke."""
    share = seconds / len(TARGETS)
    seeds.mkdir(parents=True, exist_ok=True)
    if engine == "atheris":
        return max(_guided(name, share, seeds) for name in TARGETS)
    reports = [thrown(name, share, kept(name, seeds)) for name in TARGETS]
    code = 0
    for report in reports:
        print(_words(report))
        if report.broken is not None:
            keep(report.target, report.broken, seeds)
            code = 1
    _strain(reports)
    return code


def _strain(reports: list[Report]) -> None:
    """Print what the slowest feed and the hostile ones cost the process that reads them."""
    bodies = [report.slowest[1:] for report in reports if report.target == "reading"]
    bodies.extend(body for _name, body in hostile.bodies())
    cost = asyncio.run(hostile.strain(bodies))
    held = cost.memory // 2**20
    print(f"the loop stood still for {cost.stop:.3f} s at most (bound: {STOP_SECONDS} s)")
    print(f"the worker held {held} MB at most (bound: {WORKER_MB} MB)")


def kept(target: str, seeds: Path) -> list[bytes]:
    """The inputs that once broke a target."""
    return [path.read_bytes() for path in sorted(seeds.glob(f"{target}-*"))]


def keep(target: str, data: bytes, seeds: Path) -> None:
    """Save an input that broke a target."""
    (seeds / f"{target}-{sha256(data).hexdigest()[:12]}").write_bytes(data)


def thrown(target: str, seconds: float, first: list[bytes]) -> Report:
    """Fuzz a target until the time is over or it breaks.

    Inputs that once broke it come first, then the corpus, then mutations of it.
    """
    report = Report(target)
    bear = TARGETS[target]
    end = time.monotonic() + seconds
    try:
        for data in (*first, *BEGINNINGS[target]):
            _timed(report, bear, data)
        for number in _until(end):
            _some(report, bear, number)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        report.why = f"{type(error).__name__}: {error}"
    return report


def _until(end: float) -> Iterator[int]:
    number = time.time_ns() % 2**32
    while time.monotonic() < end:
        yield number
        number += 1


def _some(report: Report, bear: Callable[[bytes], None], number: int) -> None:
    checks = list(HealthCheck)

    @seed(number)
    @settings(max_examples=AT_ONCE, deadline=None, database=None, suppress_health_check=checks)
    @given(changed(BEGINNINGS[report.target]))
    def each(data: bytes) -> None:
        _timed(report, bear, data)

    each()


def _timed(report: Report, bear: Callable[[bytes], None], data: bytes) -> None:
    start = time.process_time()
    try:
        bear(data)
    except Exception:
        report.broken = data
        raise
    report.inputs += 1
    took = time.process_time() - start
    if took > report.longest:
        report.longest = took
        report.slowest = data


@st.composite
def changed(draw: st.DrawFn, beginnings: tuple[bytes, ...]) -> bytes:
    """A corpus entry with mutations: parts cut, and others inserted, perhaps many times."""
    data = draw(st.sampled_from(beginnings))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 40))
        put = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        times = draw(st.sampled_from((1, 1, 1, 3, 500)))
        data = data[:place] + put * times + data[place + cut :]
    return data


def _guided(target: str, seconds: float, seeds: Path) -> int:
    """Let atheris search for inputs that run new lines, in a process of its own."""
    program = [sys.executable, "-m", "lab.fuzz.guided"]
    arguments = [target, str(max(int(seconds), 1)), str(seeds)]
    return subprocess.run([*program, *arguments], check=False).returncode


def _words(report: Report) -> str:
    said = f"{report.target}: {report.inputs} inputs, the longest took {report.longest:.3f} s"
    if report.broken is not None:
        said += f"; BROKEN: {report.why}"
    return said
