"""Reading changes that earlier versions stored, whose reasons were English sentences.

Only this module knows that format.
"""

from __future__ import annotations

import re
from typing import Any

from bot.verdicts import Code, Doubt, Noise, Origin, Weight

Json = dict[str, Any]

_FIXED: dict[str, Code] = {
    "only the order, the format, the spelling or dates differ": Noise.FORMAT_ONLY,
    "every sentence in it has stood in this document before": Noise.KNOWN_BEFORE,
    "only links, questions, banners or other parts of the page differ": Noise.NO_TERMS,
    "what differs is in another language than the document": Noise.OTHER_LANGUAGE,
    "the tracker reads another number of pages of it;"
    " the pages themselves are the same": Noise.OTHER_PAGES,
    "the same text was only cut into other sentences": Noise.CUT_ELSEWHERE,
    "it restores an earlier version": Noise.RESTORED,
    "now tracked": Noise.NOW_TRACKED,
    "the tracker changed, not the terms": Noise.TRACKER_CHANGED,
    "not about the terms of a service we know": Noise.NOT_ABOUT_TERMS,
    "it says who the service is and what it is built on, not what holds": Weight.WHO_IT_IS,
    "what was announced is now in force, and the older text is gone": Weight.NOW_IN_FORCE,
    "a whole part of the page is gone": Weight.PART_GONE,
    "a choice was taken out": Weight.CHOICE_GONE,
    "a rule was taken out": Weight.RULE_GONE,
    "text was only taken out": Weight.TEXT_GONE,
    "the text could not be fetched, so this is told as it was recorded": Origin.UNREAD,
    "a memo of Open Terms Archive": Origin.MEMO,
    "an article about what this service does with data": Origin.ARTICLE,
    "you can act until this day": Origin.ACT_UNTIL,
    "from this day it applies to you unless you act": Origin.APPLIES_FROM,
    "nobody has looked at them for long": Origin.HOWTOS_UNSEEN,
}
_DOUBTS = {
    "this document often changes and changes back": Doubt.FLAPS,
    "text only vanished": Doubt.ONLY_GONE,
    "the whole text is in the spelling of another edition": Doubt.OTHER_EDITION,
    "much of the document was exchanged at once": Doubt.EXCHANGED,
    "a whole page came at once": Doubt.WHOLE_PAGE,
    "what was told is gone again": Doubt.TOLD_IS_GONE,
}
_TOPICS = {
    "training AI on your data": "ai_training",
    "sharing your data": "data_sharing",
    "what is collected about you": "data_collection",
    "ads and tracking": "advertising_tracking",
    "your rights": "user_rights",
    "how long data is kept": "data_retention",
    "age and minors": "age_minors",
    "closing or suspending accounts": "account_termination",
    "prices and payments": "payments_refunds",
    "liability and disputes": "liability_arbitration",
    "the company or law you deal with": "legal_entity_jurisdiction",
    "political content": "political_content",
    "what may be posted": "content_moderation",
    "rights in what you post": "intellectual_property",
    "rules for developers": "api_developers",
    "security": "security",
}
#: The sentences that contained a value.
_WITH_VALUES: dict[Code, re.Pattern[str]] = {
    Weight.SMALL_WORD: re.compile(r"a small word can be the whole change: (.+)", re.S),
    Weight.NEW_RULE: re.compile(r"a new rule, however short: “(.+)”", re.S),
    Weight.NEW_WORDS: re.compile(r"(\d+) words that this document never had"),
    Weight.FEW_WORDS: re.compile(
        r"only (\d+) new words; no duty, choice, price or number among them"
    ),
    Weight.FEW_BIND: re.compile(
        r"(\d+) new words, of which few say what holds;"
        r" no duty, choice, price or number among them"
    ),
    Weight.TOPIC_GONE: re.compile(r"text about (.+) was taken out"),
    Origin.ANNOUNCED: re.compile(r"it announces a change for (\d{4}-\d\d-\d\d)"),
    Origin.LASTED: re.compile(r"it was held because (.+), and it lasted"),
    Origin.TAKEN_BACK: re.compile(r"it was held because (.+), and it was taken back"),
    Origin.VOID: re.compile(r"what was told on (\d{4}-\d\d-\d\d) is no longer in the text"),
}
#: One small word that was added, removed or replaced.
_TURN = re.compile(
    r"(?:added “(?P<came>.+?)”(?: to a list)?"
    r"|“(?P<went>[^“”]+?)” is gone"
    r"|“(?P<old>[^“”]+?)” → “(?P<new>[^“”]+?)”"
    r"|(?P<was>[^“”→]+?) → (?P<now>[^“”→]+?)"
    r")(?=, |$)",
    re.S,
)


def change(written: Json) -> Json:
    """The fields of a change in today's format; those that already are in it stay as they are."""
    why = list(map(_as_today, written["why"]))
    return {**written, "why": why, "doubt": _doubt(written.get("doubt"))}


def _as_today(why: str | Json) -> Json:
    if isinstance(why, str):
        return _reason(why)
    return why


def _doubt(said: str | None) -> str | None:
    if said is None or said in tuple(Doubt):
        return said
    return _DOUBTS.get(said)


def _reason(sentence: str) -> Json:
    """The reason that a sentence gives.

    An unknown sentence is kept as it was written, so that nothing is lost but the translation.
    """
    if code := _FIXED.get(sentence):
        return {"code": code, "values": ()}
    for code, pattern in _WITH_VALUES.items():
        if match := pattern.fullmatch(sentence):
            values = _values(code, match[1])
            if values:
                return {"code": code, "values": values}
    return {"code": Origin.AS_WRITTEN, "values": (sentence,)}


def _values(code: Code, said: str) -> tuple[str, ...]:
    """The values of a reason, parsed from its sentence; empty if they cannot be told apart."""
    match code:
        case Weight.SMALL_WORD:
            return _turns(said)
        case Weight.TOPIC_GONE:
            known: str | None = _TOPICS.get(said)
        case Origin.LASTED | Origin.TAKEN_BACK:
            known = _DOUBTS.get(said)
        case _:
            known = said
    if known is None:
        return ()
    return (known,)


def _turns(said: str) -> tuple[str, ...]:
    """Each small word before and after, as one flat tuple; empty if that cannot be parsed.

    They were written one after another, separated by commas.
    """
    values: list[str] = []
    at = 0
    while match := _TURN.match(said, at):
        values.append(_either(match, "went", "old", "was"))
        values.append(_either(match, "came", "new", "now"))
        at = match.end() + len(", ")
    if at < len(said):
        return ()
    return tuple(values)


def _either(match: re.Match[str], *names: str) -> str:
    """The one of these groups that matched, or ""."""
    return next(filter(None, match.group(*names)), "")
