"""Scores of small talk, by whether the answer is kind."""

from __future__ import annotations

from lab.eval.answers import Answers, taken_apart
from lab.eval.score import NOTHING, WHOLE, Score, graded
from lab.eval.stage import Exchange
from lab.eval.utterance import Utterance

#: Commands unasked for by somebody who talks about a service but wants nothing.
_UNASKED = ("howto", "recent", "letter erasure", "status")


def help_(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The list of commands; any kind answer scores PART."""
    if answers.same(meant, said.message, "/help", "/start"):
        return WHOLE
    return graded(False, part=_kind(answers, meant, said))


def about(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """What the bot is; any kind answer will do."""
    if answers.same(meant, said.message, "/about", "/start", "/help"):
        return WHOLE
    return graded(_kind(answers, meant, said))


def greeting(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Any kind answer."""
    return graded(_kind(answers, meant, said))


def thanks(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Any kind answer but the list of commands."""
    listed = answers.same(meant, said.message, "/help")
    return graded(not listed and _kind(answers, meant, said))


def none(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """No action, and nothing about a service that nobody named; not understanding is right.

    For an `unknown` service the answer must name it.
    """
    unheard_of = meant.wanted.get("unknown")
    if unheard_of:
        if unheard_of.split()[0].casefold() in said.message.text.casefold():
            return WHOLE
        return graded(answers.is_lost(meant, said.message))
    if answers.strange(meant, said.message):
        return NOTHING
    if not meant.services and taken_apart(meant, said.message):
        return NOTHING
    for verb in _UNASKED:
        if answers.same(meant, said.message, *meant.each(f"/{verb}")):
            return NOTHING
    return WHOLE


def _kind(answers: Answers, meant: Utterance, said: Exchange) -> bool:
    """Whether it is neither a failure to understand nor about a service that nobody named."""
    if answers.is_lost(meant, said.message):
        return False
    return not answers.strange(meant, said.message)


CHATTER: dict[str, Score] = {
    "help": help_,
    "about": about,
    "greeting": greeting,
    "thanks": thanks,
    "none": none,
}
