"""A gap in the entries read of a source, and how much may be spent on filling it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from bot.feeds.fetch import MAX_BODY_BYTES

#: The key of the cursor's note of the open gap.
OPEN = "gap"
#: The key of the note of what was spent today.
SPENT = "gap spent"
#: The key of the note of what was never found.
MISSED = "gap missed"
#: A gap that has been open for longer is given up: its entries are old news by then.
GIVEN_UP_AFTER = timedelta(days=14)
#: How long the status reports what was never found.
SAID_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Place:
    """A feed to search: that of a service's folder, or of one of its documents."""

    folder: str
    terms_type: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap: entries recorded after `since` may be missing; `left` are the feeds to search."""

    since: datetime
    opened: datetime
    left: tuple[Place, ...] = ()

    def is_too_old(self, now: datetime) -> bool:
        """Whether the gap has been open for so long that it is given up."""
        return now - self.opened > GIVEN_UP_AFTER

    def widened(self, since: datetime, left: tuple[Place, ...]) -> Gap:
        """This gap merged with another one, to be searched again from the start."""
        each_once = tuple(dict.fromkeys(left + self.left))
        return replace(self, since=min(self.since, since), left=each_once)

    def dump(self) -> str:
        """The gap as a note of a cursor, in JSON."""
        places = [[place.folder, place.terms_type] for place in self.left]
        said = {"since": self.since.isoformat(), "opened": self.opened.isoformat(), "left": places}
        return json.dumps(said, ensure_ascii=False)

    @classmethod
    def load(cls, notes: Mapping[str, str]) -> Gap | None:
        """The open gap in a cursor's notes; None if there is none, or it cannot be parsed."""
        try:
            said = json.loads(notes.get(OPEN, "null"))
            since = datetime.fromisoformat(said["since"])
            opened = datetime.fromisoformat(said["opened"])
            left = tuple(Place(folder, terms_type) for folder, terms_type in said["left"])
            return cls(since, opened, left)
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a search: pages requested, bytes read and entries taken."""

    pages: int = 0
    bytes: int = 0
    entries: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.pages + other.pages, self.bytes + other.bytes, self.entries + other.entries
        )

    def allows(self, spent: Cost) -> bool:
        """Whether another page can be requested, however large it is."""
        if self.bytes - spent.bytes < MAX_BODY_BYTES:
            return False
        return spent.pages < self.pages and spent.entries < self.entries


#: What may be spent at one poll. A page is about 60 kB. GitHub's feeds have twenty entries, so a
#: busy repository has gaps all day.
PER_POLL = Cost(pages=25, bytes=4 * MAX_BODY_BYTES, entries=1_000)
#: What may be spent in one day.
PER_DAY = Cost(pages=1_000, bytes=12 * MAX_BODY_BYTES, entries=5_000)


class Purse:
    """The budget that is left, at this poll and today."""

    def __init__(self, notes: Mapping[str, str], now: datetime) -> None:
        self._day = f"{now:%Y-%m-%d}"
        self._poll = Cost()
        self._today = _spent(notes.get(SPENT, ""), self._day)

    @property
    def is_open(self) -> bool:
        """Whether another page may be requested."""
        return PER_POLL.allows(self._poll) and PER_DAY.allows(self._today)

    @property
    def entries(self) -> int:
        """How many entries may still be taken."""
        at_this_poll = PER_POLL.entries - self._poll.entries
        today = PER_DAY.entries - self._today.entries
        return max(min(at_this_poll, today), 0)

    def spend(self, pages: int = 0, size: int = 0, entries: int = 0) -> None:
        """Record a cost; `size` is in bytes."""
        cost = Cost(pages, size, entries)
        self._poll += cost
        self._today += cost

    def dump(self) -> str:
        """What was spent today, as a note of a cursor."""
        return json.dumps({"day": self._day, **asdict(self._today)})


def _spent(note: str, day: str) -> Cost:
    try:
        said = json.loads(note)
        if said["day"] == day:
            return Cost(int(said["pages"]), int(said["bytes"]), int(said["entries"]))
    except (ValueError, TypeError, KeyError):
        pass
    return Cost()
