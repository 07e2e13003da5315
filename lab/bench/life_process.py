"""The service on an accelerated clock, with measurements of its event loop's lag.

python -m lab.bench.life_process '{"start": ..., "zero": FILE, "speed": ..., "lags": FILE}'
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from bot import app
from bot.cli import _service
from bot.feeds import fetch
from bot.jobs import deliver, post
from bot.runtime import noticing, watching
from bot.watch.alarms import LOOK_SECONDS as ALARMS_SECONDS

#: The interval between two measurements of the loop's lag.
LOOK_SECONDS = 0.05
#: Timers that are not driven by the clock.
TIMERS = (
    "UPKEEP_SECONDS",
    "COVERAGE_SECONDS",
    "ADDRESSES_SECONDS",
    "TIDY_SECONDS",
    "REMIND_SECONDS",
    "COPY_SECONDS",
)


class Fast:
    """A clock that stands at `start` until a file exists, and then runs `speed` times as fast.

    `zero` is the file with the start time, in seconds since 1970, so that several processes share
    the clock. For `lab.replay` it is a clock that runs already.
    """

    def __init__(self, start: str, zero: str, speed: float) -> None:
        self._start = datetime.fromisoformat(start)
        self._file = Path(zero)
        self._zero: float | None = None
        self.speed = speed

    def __call__(self) -> datetime:
        """The current time of the clock."""
        if self._zero is None and self._file.exists():
            self._zero = float(self._file.read_text())
        passed = 0.0 if self._zero is None else time.time() - self._zero
        return self._start + timedelta(seconds=passed * self.speed)

    def begin(self) -> float:
        """Start the clock in every process; returns the time, in seconds since 1970."""
        now = time.time()
        whole = self._file.with_suffix(".new")
        whole.write_text(str(now))
        whole.rename(self._file)
        return now

    @property
    def now(self) -> datetime:
        """The current time of the clock."""
        return self()

    def go(self) -> None:
        """Do nothing: the clock runs already."""


class Lags:
    """The loop's lag, collected per recorded hour and written when the hour is over."""

    def __init__(self, clock: Fast, path: Path, start: datetime) -> None:
        self._clock = clock
        self._path = path
        self._start = start
        self._hour = 0
        self._late: list[float] = []

    async def watch(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                began = loop.time()
                await asyncio.sleep(LOOK_SECONDS)
                self._late.append(max(0.0, loop.time() - began - LOOK_SECONDS))
                hour = int((self._clock() - self._start) / timedelta(hours=1))
                if hour != self._hour:
                    self._write()
                    self._hour = hour
        finally:
            self._write()

    def _write(self) -> None:
        late = sorted(self._late)
        self._late = []
        if not late:
            return
        found = {
            "hour": self._hour,
            "looks": len(late),
            "p50": late[len(late) // 2],
            "p99": late[int(len(late) * 0.99)],
            "max": late[-1],
            "tasks": len(asyncio.all_tasks()),
        }
        with self._path.open("a") as file:
            file.write(json.dumps(found) + "\n")


def hasten(clock: Fast) -> None:
    """Accelerate everything that does not use the app's clock: timers, waits of hosts.

    The times of a message in flight, which are the platform's, stay as they are.
    """
    speed = clock.speed

    class Hastened(datetime):
        """A datetime class for code without a clock."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            """The accelerated clock's time."""
            return clock().astimezone(tz)

    setattr(fetch, "datetime", Hastened)  # noqa: B010 - no name that it gives
    for name in TIMERS:
        setattr(noticing, name, getattr(noticing, name) / speed)
    setattr(watching, "LOOK_SECONDS", ALARMS_SECONDS / speed)  # noqa: B010
    for module, name in ((deliver, "LEASE"), (post, "FORGOTTEN")):
        setattr(module, name, getattr(module, name) * speed)


def main() -> int:
    """Run the service as its verb does."""
    given = json.loads(sys.argv[1])
    clock = Fast(given["start"], given["zero"], given["speed"])
    lags = Lags(clock, Path(given["lags"]), datetime.fromisoformat(given["start"]))

    class Living(app.App):
        """The app on the accelerated clock."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **{**named, "clock": clock})

        async def run(self, stop: asyncio.Event) -> None:
            """Serve, with measurements."""
            watching = asyncio.create_task(lags.watch())
            try:
                await super().run(stop)
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)

    hasten(clock)
    setattr(_service, "App", Living)  # noqa: B010 - the verb's own, and no name that it gives
    return _service.run()


if __name__ == "__main__":
    sys.exit(main())
