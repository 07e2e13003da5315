"""Scores of intents that change something, by whether the chat's settings became what was meant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lab.eval.answers import Answers
from lab.eval.effects import newly_muted
from lab.eval.score import NOTHING, PART, WHOLE, Score, graded
from lab.eval.stage import Exchange
from lab.eval.timing import when
from lab.eval.utterance import Utterance
from lab.eval.values import EVERYTHING, Settings
from lab.eval.world import canonical, same_area


def subscribe(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether exactly the meant services are followed, for the named regions."""
    new = said.after.followed.keys() - said.before.followed.keys()
    wanted = set(meant.services)
    hit = new & wanted
    if not hit:
        return NOTHING
    if new - wanted:
        return PART
    if hit != wanted and not meant.wanted.get("any"):
        return PART
    return graded(_placed(meant, said.after, hit), part=True)


def _placed(meant: Utterance, after: Settings, services: set[str]) -> bool:
    """Whether the services are followed for the named regions."""
    where = canonical(meant.regions)
    if not where or same_area(after.regions, where):
        return True
    return all(same_area(after.followed[service], where) for service in services)


def unsubscribe(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether exactly the meant services are no longer followed."""
    followed = said.before.followed.keys()
    gone = followed - said.after.followed.keys()
    if not gone:
        return NOTHING
    wanted = set(meant.services)
    if meant.wanted.get("all"):
        wanted = set(followed)
    return graded(gone == wanted, part=gone <= wanted)


def region(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether the chat's regions are the named ones."""
    where = canonical(meant.regions)
    mine = said.after.regions
    if same_area(mine, where):
        return WHOLE
    moved = mine != said.before.regions
    return graded(False, part=moved and bool(mine & where))


def mute(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether exactly the meant services are muted, for the named time."""
    new = newly_muted(said.before, said.after)
    if not new or not _mutes_what_was_meant(meant, new, said.after):
        return NOTHING
    until = max(said.after.muted[what] for what in new)
    if not _ends_when_meant(meant, until, answers.world.clock.now):
        return PART
    wanted = _to_be_muted(meant)
    return graded(new <= wanted | said.after.followed.keys(), part=True)


def _to_be_muted(meant: Utterance) -> set[str]:
    if meant.wanted.get("all") or not meant.services:
        return {EVERYTHING}
    return set(meant.services)


def _mutes_what_was_meant(meant: Utterance, new: set[str], after: Settings) -> bool:
    """Whether any meant service is muted; everything can be muted service by service."""
    if new & _to_be_muted(meant):
        return True
    return bool(meant.wanted.get("all")) and after.followed.keys() <= new


def _ends_when_meant(meant: Utterance, until: datetime, now: datetime) -> bool:
    """Whether a mute lasts for the named days, or until the named day, give or take one."""
    if "days" in meant.wanted:
        days = meant.wanted["days"]
        low, high = days if isinstance(days, list) else (days, days)
        return timedelta(days=low - 1.5) <= until - now <= timedelta(days=high + 1.5)
    if "until" in meant.wanted:
        named = date.fromisoformat(meant.wanted["until"]) - now.date()
        return timedelta(days=-1.01) <= until - now - named <= timedelta(days=1.5)
    return True


def unmute(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether the meant services are no longer muted."""
    heard = said.before.muted.keys() - said.after.muted.keys()
    wanted = set(meant.services)
    if meant.wanted.get("all"):
        wanted = {EVERYTHING}
    if not wanted:
        return NOTHING
    return graded(wanted <= heard)


def topics(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether the chat's topics are the named ones; being asked scores PART."""
    if said.after.topics == frozenset(meant.wanted["topics"]):
        return WHOLE
    if said.after.topics != said.before.topics:
        return PART
    return graded(False, part=answers.same(meant, said.message, "/topics"))


def threshold(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether the level is one of those meant, now or already before; being asked scores PART."""
    levels = meant.wanted["level"]
    level = said.after.threshold
    changed = level != said.before.threshold
    if changed and level in levels:
        return WHOLE
    proper = [f"/threshold {each}" for each in levels]
    if answers.same(meant, said.message, *proper):
        return WHOLE
    if changed:
        return PART
    return graded(False, part=answers.same(meant, said.message, "/threshold"))


def language(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Whether the chat's language is the named one; being asked scores PART."""
    if said.after.language == meant.wanted["language"]:
        return WHOLE
    return graded(False, part=answers.same(meant, said.message, "/language"))


def forget(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Being asked is right; after a confirmation, so is being forgotten."""
    confirmed = bool(meant.wanted.get("confirmed"))
    if confirmed and said.before.exists and not said.after.exists:
        return WHOLE
    asked = answers.same(meant, said.message, "/forget")
    return graded(asked and not confirmed, part=asked)


ACTS: dict[str, Score] = {
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "region": region,
    "when": when,
    "mute": mute,
    "unmute": unmute,
    "topics": topics,
    "threshold": threshold,
    "language": language,
    "forget": forget,
}
