"""A short run of the long-life benchmark: it works, and loses nothing."""

from __future__ import annotations

from lab.bench import life


def test_a_short_life() -> None:
    report = life.run(life.Length(hours=0.2, minutes=0.04), chats=9, versions=None)
    assert (report["lost"], report["twice"], report["unanswered"]) == (0, 0, 0)
    assert report["settled"]
    assert report["exit_code"] == 0
    assert report["errors"] == []
    assert report["alerts"] > 0
    assert report["polls"] > sum(report["failures"].values()) > 0
    assert report["ratio"] > 0
    assert report["lags"]
