"""Scores of the intent `when`, by whether the chat is told when it wants to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lab.eval.answers import Answers
from lab.eval.score import graded
from lab.eval.stage import Exchange
from lab.eval.utterance import Utterance
from lab.eval.values import Timing
from lab.eval.words import lines

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Times of day, as (start, end) in hours after midnight.
MORNING_HOURS = (6, 11)
EVENING_HOURS = (17, 22)
WORK_HOURS = (9, 16)
NIGHT_HOURS = (0, 5)


def when(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """A named time must be set; without one, the settings must be shown."""
    met = list(_conditions(meant.wanted, said.after.timing))
    if not met:
        return graded(_shows_panel(answers, meant, said))
    if said.after.timing != said.before.timing:
        return graded(all(met), part=any(met))
    return graded(False, part=_shows_panel(answers, meant, said))


def _shows_panel(answers: Answers, meant: Utterance, said: Exchange) -> bool:
    if answers.same(meant, said.message, "/when"):
        return True
    return lines(answers.proper(meant, "/when"))[-1] in lines(said.message)


def _conditions(wanted: dict[str, Any], timing: Timing) -> Iterator[bool]:
    """For each wanted condition, whether it holds."""
    clock = f"{timing.at // 60:02}:{timing.at % 60:02}"
    exactly = {
        "mode": timing.mode,
        "time": clock,
        "zone": timing.zone,
        "silent": timing.silent,
    }
    for name, value in exactly.items():
        if name in wanted:
            yield wanted[name] == value
    if "days" in wanted:
        yield DAYS[timing.weekday] in wanted["days"]
    if wanted.get("morning"):
        yield _within(timing.at, MORNING_HOURS)
    if wanted.get("evening"):
        digest = timing.mode != "now" and _within(timing.at, EVENING_HOURS)
        yield digest or _quiet_for(timing, WORK_HOURS)
    if "quiet" in wanted:
        yield _quiet_as_wanted(wanted["quiet"], timing)


def _quiet_as_wanted(wanted: str, timing: Timing) -> bool:
    """Whether the quiet hours are as wanted: "night", or hours such as "22-7"."""
    if wanted == "night":
        return _quiet_for(timing, NIGHT_HOURS)
    start, end = (int(hour) * 60 for hour in wanted.split("-"))
    return timing.quiet == (start, end)


def _within(minute: int, hours: tuple[int, int]) -> bool:
    return hours[0] * 60 <= minute <= hours[1] * 60


def _quiet_for(timing: Timing, hours: tuple[int, int]) -> bool:
    """Whether the quiet hours include all of these."""
    if timing.quiet is None:
        return False
    start, end = timing.quiet
    moments = range(hours[0] * 60, hours[1] * 60, 30)
    if start < end:
        return all(start <= minute < end for minute in moments)
    return all(minute >= start or minute < end for minute in moments)
