"""Reasons in words, in the reader's language.

A reason without a sentence here does not pass mypy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, assert_never

from bot.locales import N_, _
from bot.render import labels
from bot.render.blocks import quoted
from bot.render.labels import day
from bot.verdicts import Doubt, Ground, Noise, Origin, Reason, Weight

_NothingNew = Literal[
    Noise.FORMAT_ONLY,
    Noise.KNOWN_BEFORE,
    Noise.NO_TERMS,
    Noise.OTHER_LANGUAGE,
    Noise.CUT_ELSEWHERE,
    Noise.RESTORED,
]
_TakenOut = Literal[
    Weight.NOW_IN_FORCE,
    Weight.PART_GONE,
    Weight.CHOICE_GONE,
    Weight.RULE_GONE,
    Weight.TOPIC_GONE,
    Weight.TEXT_GONE,
]
_Dated = Literal[
    Origin.ANNOUNCED,
    Origin.VOID,
    Origin.ACT_UNTIL,
    Origin.APPLIES_FROM,
    Origin.HOWTOS_UNSEEN,
]
_Ours = Literal[Origin.SUGGESTED, Origin.TROUBLE, Origin.OPERATOR]
_Coverage = Literal[
    Origin.NOT_RECORDED,
    Origin.NOT_READ,
    Origin.SILENT,
    Origin.ENDED,
    Origin.UNREACHED,
    Origin.READ_AGAIN,
]

_GROUNDS = {
    Ground.AI_TRAINING: N_("new words about training AI"),
    Ground.SOLD: N_("new words about selling data"),
    Ground.RECIPIENTS: N_("new words about who gets data"),
    Ground.MORE_DATA: N_("new words about what is collected or used"),
    Ground.WATCHED: N_("new words about checking or watching people"),
    Ground.ADS: N_("new words about ads and tracking"),
    Ground.KEPT: N_("different words about how long data is kept"),
    Ground.MONEY: N_("new words about money"),
    Ground.ACCOUNT: N_("new words about closing or suspending accounts"),
    Ground.DISPUTES: N_("different words about liability and disputes"),
    Ground.OTHER_COMPANY: N_("it names another company"),
    Ground.DUTIES: N_("new words about duties or bans"),
    Ground.ONE_SIDED: N_("new words about what the service may do"),
    Ground.AGE: N_("different words about age"),
    Ground.CHOICE_GONE: N_("words about a choice or a right are gone"),
    Ground.CHOICE: N_("new words about a choice or a right"),
    Ground.PROTECTION_GONE: N_("words that protect or limit something are gone"),
    Ground.LICENCE: N_("new words about rights in content"),
    Ground.FIGURES: N_("a number or a span of time is different"),
    Ground.DATED: N_("it carries a new date"),
    Ground.LIKE_WHAT_MATTERED: N_("much in it resembles changes that mattered"),
    Ground.SMALL_EDIT: N_("only a few words differ"),
    Ground.ONLY_NAMES: N_("mostly names or contact details differ"),
    Ground.OF_THE_PAGE: N_("much of it belongs to the page around the terms"),
    Ground.EXPLAINS: N_("it explains, or points elsewhere"),
    Ground.MOVED: N_("the same text stands elsewhere in the document"),
    Ground.OTHER_EDITION: N_("it may be a different edition of the page"),
    Ground.UNLIKE_WHAT_MATTERED: N_("little in it resembles changes that mattered"),
}


def reasons(why: Iterable[Reason]) -> str:
    """All reasons of a verdict, as one phrase."""
    return "; ".join(reason(each) for each in why)


def reason(why: Reason) -> str:
    """One reason as a phrase without a full stop."""
    match why.code:
        case Noise():
            return _noise(why.code)
        case Weight():
            return _weight(why.code, why.values)
        case Ground():
            return _(_GROUNDS[why.code])
        case Origin():
            return _origin(why.code, why.values)
        case Doubt():
            return doubt(why.code)
        case _:
            assert_never(why.code)


def _noise(code: Noise) -> str:
    match code:
        case Noise.OTHER_PAGES:
            return _(
                "the tracker now reads a different number of its pages; "
                "the pages themselves are the same"
            )
        case Noise.NOW_TRACKED:
            return _("now tracked")
        case Noise.TRACKER_CHANGED:
            return _("the tracker changed, not the terms")
        case Noise.NOT_ABOUT_TERMS:
            return _("not about the terms of a service we know")
        case _:
            return _nothing_new(code)


def _nothing_new(code: _NothingNew) -> str:
    """Why the differences say nothing new."""
    match code:
        case Noise.FORMAT_ONLY:
            return _("only the order, the format, the spelling or dates differ")
        case Noise.KNOWN_BEFORE:
            return _("every sentence in it has been in this document before")
        case Noise.NO_TERMS:
            return _("only links, questions, banners or other parts of the page differ")
        case Noise.OTHER_LANGUAGE:
            return _("what differs is in a different language from the document")
        case Noise.CUT_ELSEWHERE:
            return _("the same text was only split into sentences differently")
        case Noise.RESTORED:
            return _("it restores an earlier version")
        case _:
            assert_never(code)


def _weight(code: Weight, values: Sequence[str]) -> str:
    match code:
        case Weight.WHO_IT_IS:
            return _("it says who the service is and what it is built on, not what rules apply")
        case Weight.SMALL_WORD:
            return _("a small word can be the whole change: {words}", words=turns(values))
        case Weight.NEW_RULE:
            return _("a new rule, however short: “{rule}”", rule=values[0])
        case Weight.NEW_WORDS:
            return _("{number} words that this document never had", number=values[0])
        case Weight.FEW_WORDS:
            return _(
                "only {number} new words; no duty, choice, price or number among them",
                number=values[0],
            )
        case Weight.FEW_BIND:
            return _(
                "{number} new words, few of which set a rule; "
                "no duty, choice, price or number among them",
                number=values[0],
            )
        case _:
            return _taken_out(code, values)


def _taken_out(code: _TakenOut, values: Sequence[str]) -> str:
    """What a change removes that mostly removes text."""
    match code:
        case Weight.NOW_IN_FORCE:
            return _("what was announced is now in force, and the older text is gone")
        case Weight.PART_GONE:
            return _("a whole part of the page is gone")
        case Weight.CHOICE_GONE:
            return _("a choice was taken out")
        case Weight.RULE_GONE:
            return _("a rule was taken out")
        case Weight.TOPIC_GONE:
            return _("text about {topic} was taken out", topic=labels.topic(values[0]))
        case Weight.TEXT_GONE:
            return _("text was only taken out")
        case _:
            assert_never(code)


def _origin(code: Origin, values: Sequence[str]) -> str:
    match code:
        case Origin.UNREAD:
            return _("the text could not be fetched, so this is told as it was recorded")
        case Origin.MEMO:
            return _("a memo of Open Terms Archive")
        case Origin.ARTICLE:
            return _("an article about what this service does with data")
        case Origin.LASTED:
            why = doubt(Doubt(values[0]))
            return _("it was held because {doubt}, and it lasted", doubt=why)
        case Origin.TAKEN_BACK:
            why = doubt(Doubt(values[0]))
            return _("it was held because {doubt}, and it was taken back", doubt=why)
        case Origin.AS_WRITTEN:
            return values[0]
        case _:
            return _dated(code, values)


def _dated(code: _Dated | _Ours | _Coverage, values: Sequence[str]) -> str:
    """A reason that depends on a day."""
    match code:
        case Origin.ANNOUNCED:
            return _("it announces a change for {day}", day=_day(values))
        case Origin.VOID:
            return _("what was told on {day} is no longer in the text", day=_day(values))
        case Origin.ACT_UNTIL:
            return _("you can act until this day")
        case Origin.APPLIES_FROM:
            return _("from this day it applies to you unless you act")
        case Origin.HOWTOS_UNSEEN:
            return _("nobody has checked these how-tos for a long time")
        case Origin.SUGGESTED | Origin.TROUBLE | Origin.OPERATOR:
            return _of_ours(code)
        case _:
            return _coverage(code)


def _of_ours(code: _Ours) -> str:
    """A reason about this bot rather than a service."""
    match code:
        case Origin.TROUBLE:
            return _("something goes wrong")
        case Origin.OPERATOR:
            return _("who runs this bot says it")
        case Origin.SUGGESTED:
            return _("people suggested it")
        case _:
            assert_never(code)


def _coverage(code: _Coverage) -> str:
    """Why a collection does not read a document, or that it does again."""
    match code:
        case Origin.NOT_RECORDED:
            return _("the collection no longer records it")
        case Origin.NOT_READ:
            return _("the collection itself cannot read it")
        case Origin.SILENT:
            return _("the collection has recorded nothing for longer than it usually takes")
        case Origin.ENDED:
            return _("the collection has ended")
        case Origin.UNREACHED:
            return _("the collection does not answer")
        case Origin.READ_AGAIN:
            return _("the collection reads it again")
        case _:
            assert_never(code)


def doubt(code: Doubt) -> str:
    """Why a change is held."""
    match code:
        case Doubt.FLAPS:
            return _("this document often changes and changes back")
        case Doubt.ONLY_GONE:
            return _("text only vanished")
        case Doubt.OTHER_EDITION:
            return _("the whole text is in the spelling of another edition")
        case Doubt.EXCHANGED:
            return _("much of the document was exchanged at once")
        case Doubt.WHOLE_PAGE:
            return _("a whole page came at once")
        case Doubt.TOLD_IS_GONE:
            return _("what was told is gone again")
        case Doubt.UNSURE:
            return _("it was unclear whether it matters")
        case _:
            assert_never(code)


def turns(values: Sequence[str]) -> str:
    """The words by which a rule was reversed; `values` alternate between before and after."""
    pairs = zip(values[::2], values[1::2], strict=True)
    return ", ".join(_turn(before, after) for before, after in pairs)


def _turn(before: str, after: str) -> str:
    if not after:
        return _("“{words}” is gone", words=before)
    if not before:
        return _("added “{words}”", words=after)
    if " " in before + after:
        return f"{quoted(before)} → {quoted(after)}"
    return f"{before} → {after}"


def _day(values: Sequence[str]) -> str:
    return day(date.fromisoformat(values[0]))
