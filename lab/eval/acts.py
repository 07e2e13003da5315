"""Whether a chat's settings became what was meant: of the intents that change something."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lab.eval.answers import Answers
from lab.eval.effects import newly_muted
from lab.eval.score import NOTHING, PART, Score, graded
from lab.eval.stage import Exchange
from lab.eval.timing import when
from lab.eval.utterance import Utterance
from lab.eval.world import EVERYTHING, Settings, canonical, same_area


def subscribe(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    new = said.after.followed.keys() - said.before.followed.keys()
    wanted = set(meant.services)
    hit = new & wanted
    if not hit:
        return NOTHING
    enough = bool(meant.wanted.get("any")) or hit == wanted
    whole = enough and new <= wanted and _placed(meant, said.after, hit)
    return graded(whole, part=True)


def _placed(meant: Utterance, after: Settings, services: set[str]) -> bool:
    """Whether the services are followed for the regions that were named."""
    where = canonical(meant.regions)
    if not where or same_area(after.regions, where):
        return True
    return all(same_area(after.followed[service], where) for service in services)


def unsubscribe(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    followed = said.before.followed.keys()
    gone = followed - said.after.followed.keys()
    if not gone:
        return NOTHING
    wanted = set(followed) if meant.wanted.get("all") else set(meant.services)
    return graded(gone == wanted, part=gone <= wanted)


def region(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    where, mine = canonical(meant.regions), said.after.regions
    moved = mine != said.before.regions
    return graded(same_area(mine, where), part=moved and bool(mine & where))


def mute(answers: Answers, meant: Utterance, said: Exchange) -> float:
    new, followed = newly_muted(said.before, said.after), said.after.followed.keys()
    everything = bool(meant.wanted.get("all"))
    whole = everything or not meant.services
    wanted = {EVERYTHING} if whole else set(meant.services)
    if not new:
        return NOTHING
    if not new & wanted and not (everything and followed <= new):
        return NOTHING
    until = max(said.after.muted[what] for what in new)
    in_time = _ends_when_meant(meant, until, answers.world.clock.now)
    return graded(in_time and new <= wanted | followed, part=True)


def _ends_when_meant(meant: Utterance, until: datetime, now: datetime) -> bool:
    """Whether a silence lasts as many days as were named, or until the day; give or take one."""
    if "days" in meant.wanted:
        days = meant.wanted["days"]
        low, high = days if isinstance(days, list) else (days, days)
        return timedelta(days=low - 1.5) <= until - now <= timedelta(days=high + 1.5)
    if "until" in meant.wanted:
        named = date.fromisoformat(meant.wanted["until"]) - now.date()
        return timedelta(days=-1.01) <= until - now - named <= timedelta(days=1.5)
    return True


def unmute(_answers: Answers, meant: Utterance, said: Exchange) -> float:
    heard = said.before.muted.keys() - said.after.muted.keys()
    wanted = {EVERYTHING} if meant.wanted.get("all") else set(meant.services)
    return graded(bool(wanted) and wanted <= heard)


def topics(answers: Answers, meant: Utterance, said: Exchange) -> float:
    if said.after.topics == frozenset(meant.wanted["topics"]):
        return graded(True)
    if said.after.topics != said.before.topics:
        return PART
    return graded(False, part=answers.same(meant, said.message, "/topics"))


def threshold(answers: Answers, meant: Utterance, said: Exchange) -> float:
    levels, level = meant.wanted["level"], said.after.threshold
    changed = level != said.before.threshold
    if changed and level in levels:
        return graded(True)
    if answers.same(meant, said.message, *(f"/threshold {each}" for each in levels)):
        return graded(True)
    return graded(False, part=changed or answers.same(meant, said.message, "/threshold"))


def language(answers: Answers, meant: Utterance, said: Exchange) -> float:
    if said.after.language == meant.wanted["language"]:
        return graded(True)
    return graded(False, part=answers.same(meant, said.message, "/language"))


def forget(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """To be asked is right, and, where it was confirmed, to be forgotten."""
    confirmed = bool(meant.wanted.get("confirmed"))
    if confirmed and said.before.exists and not said.after.exists:
        return graded(True)
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
