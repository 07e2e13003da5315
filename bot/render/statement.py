"""Statements in words: sentences of at most a hundred characters, in any language.

The verb is in the reader's language. The words of the text stay in their own, in quotation marks if
the reader speaks another.
"""

from __future__ import annotations

import re

from bot.locales import N_, _, spoken
from bot.render.blocks import short
from bot.verdicts import Statement, Verb

#: The most characters of a headline.
HEADLINE_CHARACTERS = 100
#: A value is not shortened below this length.
LEAST_CHARACTERS = 12

#: The sentence of each verb, with its values as {what} and {beside}.
SENTENCES = {
    Verb.SELL: N_("Now sells {what}"),
    Verb.SHARE: N_("Now shares {what}"),
    Verb.COLLECT: N_("Now collects {what}"),
    Verb.USE: N_("Now uses {what}"),
    Verb.TRAIN: N_("Now trains AI on {what}"),
    Verb.KEEP: N_("Now keeps {what}"),
    Verb.CHARGE: N_("Now charges {what}"),
    Verb.CLOSE: N_("Now suspends or ends {what}"),
    Verb.REMOVE: N_("Now removes {what}"),
    Verb.MONITOR: N_("Now checks or watches {what}"),
    Verb.CHANGE: N_("Now changes {what}"),
    Verb.MAY_SELL: N_("May now sell {what}"),
    Verb.MAY_SHARE: N_("May now share {what}"),
    Verb.MAY_COLLECT: N_("May now collect {what}"),
    Verb.MAY_USE: N_("May now use {what}"),
    Verb.MAY_TRAIN: N_("May now train AI on {what}"),
    Verb.MAY_KEEP: N_("May now keep {what}"),
    Verb.MAY_CHARGE: N_("May now charge {what}"),
    Verb.MAY_CLOSE: N_("May now suspend or end {what}"),
    Verb.MAY_REMOVE: N_("May now remove {what}"),
    Verb.MAY_MONITOR: N_("May now check or watch {what}"),
    Verb.MAY_CHANGE: N_("May now change {what}"),
    Verb.NEVER_SELL: N_("Says now that it does not sell {what}"),
    Verb.NEVER_SHARE: N_("Says now that it does not share {what}"),
    Verb.NEVER_COLLECT: N_("Says now that it does not collect {what}"),
    Verb.NEVER_USE: N_("Says now that it does not use {what}"),
    Verb.NEVER_TRAIN: N_("Says now that it does not train AI on {what}"),
    Verb.NEVER_KEEP: N_("Says now that it does not keep {what}"),
    Verb.NEVER_CHARGE: N_("Says now that it does not charge {what}"),
    Verb.NEVER_CLOSE: N_("Says now that it does not suspend or end {what}"),
    Verb.NEVER_REMOVE: N_("Says now that it does not remove {what}"),
    Verb.NEVER_MONITOR: N_("Says now that it does not check or watch {what}"),
    Verb.NEVER_CHANGE: N_("Says now that it does not change {what}"),
    Verb.YOU_MUST: N_("You must now {what}"),
    Verb.YOU_MUST_NOT: N_("You must not {what}"),
    Verb.YOU_NEED_NOT: N_("You need not {what}"),
    Verb.YOU_MAY: N_("You may now {what}"),
    Verb.YOU_AGREE: N_("You now agree {what}"),
    Verb.CHOICE: N_("There is a choice: {what}"),
    Verb.CHOICE_GONE: N_("A choice is gone from the text: {what}"),
    Verb.BAN_GONE: N_("A ban is gone from the text: {what}"),
    Verb.PROMISE_GONE: N_("A promise is gone from the text: {what}"),
    Verb.PURPOSE: N_("A new purpose: {what}"),
    Verb.SAYS: N_("Now says: {what}"),
    Verb.NO_LONGER_SAYS: N_("No longer says: {what}"),
    Verb.TURNS: N_("Now {what}, not {beside}"),
    Verb.ADDS: N_("Adds {what} after {beside}"),
    Verb.DROPS: N_("Drops {what} after {beside}"),
    Verb.LISTS: N_("New under {beside}: {what}"),
    Verb.UNLISTS: N_("Gone under {beside}: {what}"),
}
#: Verbs whose values are no clauses that could continue the sentence.
_ALWAYS_QUOTED = frozenset(
    {
        Verb.CHOICE,
        Verb.CHOICE_GONE,
        Verb.BAN_GONE,
        Verb.PROMISE_GONE,
        Verb.PURPOSE,
        Verb.SAYS,
        Verb.NO_LONGER_SAYS,
        Verb.TURNS,
        Verb.ADDS,
        Verb.DROPS,
        Verb.LISTS,
        Verb.UNLISTS,
    }
)
_OF_THE_SERVICE = ((re.compile(r"\bour\b"), "its"), (re.compile(r"\bus\b"), "it"))
#: If the service goes on about itself, or a sentence breaks off, it must be quoted.
_WE = re.compile(r"\bwe\b|[“”\"„«»]", re.I)


def statement_words(said: Statement, language: str) -> str:
    """A statement of a text in a language, without a full stop."""
    template = _(SENTENCES[said.verb])
    values = list(said.values)
    while True:
        written = [_written(value, said.verb, language) for value in values]
        words = template.format(what=written[0], beside=written[-1])
        over = len(words) - HEADLINE_CHARACTERS
        longest = max(range(len(values)), key=lambda number: len(values[number]))
        room = len(values[longest]) - over
        if over <= 0 or room < LEAST_CHARACTERS:
            return short(words, HEADLINE_CHARACTERS)
        values[longest] = _shorter(values[longest], room)


def _written(value: str, verb: Verb, language: str) -> str:
    """A value as part of the sentence if possible, else in quotation marks."""
    is_mine = language == spoken() == "en"
    if verb in _ALWAYS_QUOTED or not is_mine or _WE.search(value):
        return _("“{quote}”", quote=value)
    for pattern, its in _OF_THE_SERVICE:
        value = pattern.sub(its, value)
    return value


def _shorter(value: str, room: int) -> str:
    """A value cut between words, with room for the ellipsis."""
    cut = value[: room - 2].rstrip()
    at = cut.rfind(" ")
    if at > LEAST_CHARACTERS:
        cut = cut[:at]
    return cut.rstrip(" ,;:….") + " …"
