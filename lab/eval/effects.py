"""The changes in a chat, and those that must not have happened."""

from __future__ import annotations

from lab.eval.utterance import Utterance
from lab.eval.values import Settings

#: Values of `must_not` besides names of changes.
ANY_CHANGE = "any change"
UNASKED = "forget without asking"


def changes(before: Settings, after: Settings, lang: str) -> set[str]:
    """The commands whose effects happened; for a forgotten chat, only "forget"."""
    if before.exists and not after.exists:
        return {"forget"}
    happened = {
        "subscribe": after.followed.keys() - before.followed.keys(),
        "unsubscribe": before.followed.keys() - after.followed.keys(),
        "region": _regions_moved(before, after),
        "when": after.timing != before.timing,
        "mute": newly_muted(before, after),
        "unmute": before.muted.keys() - after.muted.keys(),
        "topics": after.topics != before.topics,
        "threshold": after.threshold != before.threshold,
        "language": after.language not in (before.language, lang, ""),
    }
    return {name for name, is_so in happened.items() if is_so}


def newly_muted(before: Settings, after: Settings) -> set[str]:
    """What is newly muted, or muted until another time than before."""
    return {what for what, _until in after.muted.items() - before.muted.items()}


def harm(utterance: Utterance, before: Settings, after: Settings) -> set[str]:
    """The changes that happened but must not have."""
    done = changes(before, after, utterance.lang)
    banned = utterance.must_not
    if ANY_CHANGE in banned:
        return done
    found = done & banned
    if UNASKED in banned:
        found |= done & {"forget"}
    if utterance.intent == "unsubscribe" and "forget" not in done:
        found |= _others_lost(utterance, before, after)
    return found


def _others_lost(utterance: Utterance, before: Settings, after: Settings) -> set[str]:
    """Services that were unsubscribed from although others were meant."""
    if utterance.wanted.get("all"):
        return set()
    lost = before.followed.keys() - after.followed.keys() - set(utterance.services)
    return {"unsubscribe others"} if lost else set()


def _regions_moved(before: Settings, after: Settings) -> bool:
    if after.regions != before.regions:
        return True
    for service, where in after.followed.items():
        if before.followed.get(service, where) != where:
            return True
    return False
