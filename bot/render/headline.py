"""One plain sentence for a story: every word of it follows from the text, or is not said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.locales import N_, _
from bot.model import Change, Record, Story
from bot.render import labels
from bot.render.blocks import term_list
from bot.render.excerpts import for_reader
from bot.render.labels import day, join, terms
from bot.render.reasons import turns
from bot.understand.stories import COVERAGE
from bot.verdicts import OptOut, Weight

#: So many passages are read.
TELLING = 3

_NEGATED = re.compile(
    r"\b(?:not|never|no longer|without|prohibit\w*|cannot|may not|n[’']t)\b", re.I
)
_OURS = re.compile(r"\b(?:we|our|us)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a new sentence must say for the headline to say more than its topic.

    A negated sentence claims nothing, nor does one in which the service does not speak of itself:
    it may be what others must not do.
    """

    topic: str
    pattern: re.Pattern[str]
    said: str


_CLAIMS = (
    _Claim(
        "ai_training",
        re.compile(
            r"\b(?:train|fine-tune)(?:s|ing)?\b"
            r".{0,120}\b(?:AI|artificial intelligence|models?)\b",
            re.I,
        ),
        N_("data is used to train AI"),
    ),
    _Claim(
        "data_sharing",
        re.compile(
            r"\b(?:share|disclose|sell|transfer)\b"
            r".{0,120}\b(?:data|information)\b"
            r".{0,80}\b(?:partners?|affiliates?|third part\w+|advertisers)\b",
            re.I,
        ),
        N_("data can go to others"),
    ),
    _Claim(
        "advertising_tracking",
        re.compile(
            r"\b(?:data|information|activity|profile)\b"
            r".{0,120}\b(?:personali[sz]ed? ads?|advertis\w+|ads)\b",
            re.I,
        ),
        N_("data is used for advertising"),
    ),
)


def headline(story: Story, name: str, regions: frozenset[str] = frozenset()) -> str:
    """One sentence: what happened, what it is about, what it says of opting out, and where.

    `regions` are those of the reader, none where nobody knows them.
    """
    lead = story.lead
    if lead.record.told_by_people:
        return lead.title.rstrip(".") + "."
    if lead.record in COVERAGE:
        return _coverage(lead, name)
    shown = for_reader(lead, regions)[:TELLING]
    lead = replace(lead, excerpts=shown)
    return f"{_what(lead, name)}{_choice(lead)}{_where(lead)}"


def _coverage(change: Change, name: str) -> str:
    """That documents are not read, or are read again: nothing about what they say."""
    said = N_("I can no longer read {name}’s {terms} in the collection {collection}.")
    if change.record is Record.READ_AGAIN:
        said = N_("I can read {name}’s {terms} in the collection {collection} again.")
    names = term_list(change.terms_type)
    return _(said, name=name, terms=names, collection=change.collection)


def _what(change: Change, name: str) -> str:
    about = change.topics[:3]
    name_of_terms = terms(change.terms_type)
    if change.record is Record.FIRST and change.effective:
        return _(
            "{name} announces a change of its {terms} for {day}.",
            name=name,
            terms=name_of_terms,
            day=day(change.effective),
        )
    if claims := [_(claim.said) for claim in _CLAIMS if _is_claimed(change, claim)]:
        return _(
            "{name}’s {terms} now says that {claims}.",
            name=name,
            terms=name_of_terms,
            claims=join(claims),
        )
    if about:
        return _(
            "{name} changed what its {terms} says about {topics}.",
            name=name,
            terms=name_of_terms,
            topics=join([labels.topic(topic) for topic in about]),
        )
    if change.why and change.why[0].code is Weight.SMALL_WORD:
        rule = turns(change.why[0].values)
        return _(
            "{name} changed a rule in its {terms}: {rule}.",
            name=name,
            terms=name_of_terms,
            rule=rule,
        )
    return _("{name} changed its {terms}.", name=name, terms=name_of_terms)


def _is_claimed(change: Change, claim: _Claim) -> bool:
    """Whether new words say it: a rewording that said it before is no news."""
    if claim.topic not in change.topics[:3]:
        return False
    for excerpt in change.excerpts:
        if not claim.pattern.search(excerpt.after) or claim.pattern.search(excerpt.before):
            continue
        if _OURS.search(excerpt.after) and not _NEGATED.search(excerpt.after):
            return True
    return False


def _choice(change: Change) -> str:
    match change.opt_out:
        case OptOut.AVAILABLE:
            return " " + _("The new text says that you can opt out.")
        case OptOut.REMOVED:
            return " " + _("A way to opt out that it offered is gone from the text.")
        case OptOut.NONE:
            return ""


def _where(change: Change) -> str:
    """The place, where the text gives one; else nothing, rather than a guess."""
    if change.area is None:
        return ""
    return f" · {', '.join(labels.labels(change.area)[:6])}"
