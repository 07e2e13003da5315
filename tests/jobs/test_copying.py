"""Daily backups, of which seven daily and four weekly ones are kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.copying import Copies
from bot.store import Store
from bot.store.copies import folder
from tests.conftest import Clock

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda when: when.replace(microsecond=0, tzinfo=UTC)
)
#: Names that look like copies, or nearly so.
FOREIGN = ["notes.txt", "smallprint-2025-13-01T000000Z.db", "smallprint-before-0006-x.db", ".", ""]


def named(when: datetime) -> str:
    return f"smallprint-{when:%Y-%m-%dT%H%M%SZ}.db"


@given(st.sets(MOMENTS, min_size=1, max_size=60))
def test_of_any_copies_some_are_kept(moments: set[datetime]) -> None:
    names = {named(when) for when in moments}
    kept = folder.to_keep([*names, *FOREIGN])
    assert kept <= names
    assert 1 <= len(kept) <= folder.DAYS + folder.WEEKS
    assert named(max(moments)) in kept
    assert folder.to_keep(kept) == kept, "who tidies twice loses nothing more"
    assert len({when.date() for when in moments}) < 8 or len(kept) >= 7


def test_of_a_year_of_days_seven_and_four_are_kept() -> None:
    first = datetime(2025, 11, 5, 12, tzinfo=UTC)  # a Wednesday
    kept = folder.to_keep(named(first - timedelta(days=day)) for day in range(365))
    days = [day for day in range(365) if named(first - timedelta(days=day)) in kept]
    assert days == [0, 1, 2, 3, 4, 5, 6, 10, 17]


async def test_a_copy_is_made_when_the_newest_is_a_day_old(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    place = tmp_path / "copies"
    copies = Copies(store, place, clock)
    assert copies.newest() is None
    for day in range(40):
        for _tick in range(3):
            await copies.copy_due()
        assert copies.newest() == clock.now, day
        clock.forward(days=1)
    left = sorted(path.name for path in place.iterdir())
    assert set(left) == folder.to_keep(left)
    assert 9 <= len(left) <= 11


async def test_a_failure_is_logged_and_tried_again(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    place = tmp_path / "copies"
    place.touch()
    copies = Copies(store, place, clock)
    await copies.copy_due()
    assert copies.newest() is None
    place.unlink()
    await copies.copy_due()
    assert copies.newest() == clock.now


async def test_what_others_put_there_stays_and_what_was_left_half_done_goes(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    place = tmp_path / "copies"
    place.mkdir()
    theirs = ["notes.txt", "other.db.abc.part", "smallprint-before-0006-2020-01-01T000000Z.db"]
    half, lately = f"{named(clock.now)}.abc_1.part", f"{named(clock.now)}.abc_2.part"
    for name in (*theirs, half, lately):
        (place / name).touch()
        os.utime(place / name, (clock.now.timestamp(),) * 2)
    os.utime(place / half, (0, 0))
    (place / named(clock.now - timedelta(days=900))).symlink_to(store.path or "")
    await Copies(store, place, clock).copy_due()
    left = {path.name for path in place.iterdir()}
    assert left >= {*theirs, lately, named(clock.now)}
    assert half not in left


async def test_a_copy_of_a_clock_that_was_wrong_does_not_stop_the_others(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / named(clock.now + timedelta(days=4000))).touch()
    copies = Copies(store, tmp_path, clock)
    await copies.copy_due()
    assert copies.newest() == clock.now
