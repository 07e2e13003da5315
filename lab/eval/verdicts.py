"""The verdict on an utterance, from its effects, its answer and the answer's buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lab.eval.acts import ACTS
from lab.eval.answers import Answers
from lab.eval.chatter import CHATTER
from lab.eval.effects import changes, harm
from lab.eval.reads import READS
from lab.eval.score import NOTHING, PART, WHOLE, Score
from lab.eval.stage import Exchange
from lab.eval.utterance import Utterance
from lab.eval.words import Message, commands, lines

_SCORES: dict[str, Score] = ACTS | READS | CHATTER
#: The most buttons that are pressed to see what they do, and that the report names.
_PRESSED = 30
_NAMED = 8


class Verdict(StrEnum):
    """How good an answer was, from best to worst.

    RIGHT: the right command with the right services, regions and times, at once. OFFERED: it asks
    back, and a button of the answer does that. PARTLY: the right command, but a service, the
    region, the time or the kind is lost; or the right button below the answer to another question.
    NOT_UNDERSTOOD: it says so, or asks back without the right button. WRONG: it answers or does
    something else. HARMFUL: it did, unasked, what must not be done.
    """

    RIGHT = "right"
    OFFERED = "offered"
    PARTLY = "partly"
    NOT_UNDERSTOOD = "not understood"
    WRONG = "wrong"
    HARMFUL = "harmful"


GOOD = frozenset({Verdict.RIGHT, Verdict.OFFERED})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons.

    `did` is what was done, `harm` what of it was harmful, and `by` the button that did it.
    """

    utterance: Utterance
    verdict: Verdict
    said: str
    did: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()
    by: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """The row for a line of JSON."""
        found = {"did": list(self.did), "harm": list(self.harm), "said": self.said, "by": self.by}
        return {**self.utterance.given, **found, "verdict": self.verdict.value}


def judge(answers: Answers, meant: Utterance) -> Judgement:
    """Say an utterance, and judge the result; a crash is wrong."""
    try:
        return _judge(answers, meant)
    except Exception as error:  # noqa: BLE001 - whatever the product raises, the others are judged
        return Judgement(meant, Verdict.WRONG, f"CRASH {error!r}")


def _judge(answers: Answers, meant: Utterance) -> Judgement:
    said = answers.stage.chat(meant).exchange(meant.text)
    did = changes(said.before, said.after, meant.lang)
    harmed = harm(meant, said.before, said.after)
    found = Judgement(
        meant, Verdict.HARMFUL, _quoted(said.message), tuple(sorted(did)), tuple(sorted(harmed))
    )
    if harmed:
        return found
    met = _score(answers, meant, said)
    if met == WHOLE:
        return replace(found, verdict=Verdict.RIGHT)
    offered, by = _offered(answers, meant, said.message)
    found = replace(found, by=by)
    if offered == WHOLE:
        return replace(found, verdict=Verdict.OFFERED)
    if met or offered:
        return replace(found, verdict=Verdict.PARTLY)
    if did or not _asks(answers, meant, said.message):
        return replace(found, verdict=Verdict.WRONG)
    return replace(found, verdict=Verdict.NOT_UNDERSTOOD)


def _score(answers: Answers, meant: Utterance, said: Exchange) -> float:
    intents = (meant.intent, *meant.wanted.get("also", ()))
    return max(_SCORES[intent](answers, replace(meant, intent=intent), said) for intent in intents)


def _asks(answers: Answers, meant: Utterance, message: Message) -> bool:
    """Whether it says that it did not understand, or asks what one would like."""
    if meant.intent == "none":
        return False
    return answers.is_lost(meant, message) or answers.asks_back(meant, message)


def _offered(answers: Answers, meant: Utterance, message: Message) -> tuple[float, str]:
    """The best score of an answer's button, and the button; each is pressed in a twin chat.

    The buttons below the answer to gibberish, and the example below the list of commands, do not
    count; nor do any if nothing in particular is wanted.
    """
    best, by = NOTHING, ""
    if meant.intent in CHATTER or lines(message) == answers.gibberish(meant.lang):
        return best, by
    if answers.same(meant, message, "/help"):
        return best, by
    most = _cap(answers, meant, message)
    for command in dict.fromkeys(commands(message)[:_PRESSED]):
        reached = min(_pressed(answers, meant, command), most(command))
        if reached > best:
            best, by = reached, command
        if best == WHOLE:
            break
    return best, by


def _pressed(answers: Answers, meant: Utterance, command: str) -> float:
    said = answers.stage.chat(meant).exchange(meant.text, command)
    if harm(meant, said.before, said.after):
        return NOTHING
    return _score(answers, meant, said)


def _cap(answers: Answers, meant: Utterance, message: Message) -> Callable[[str], float]:
    """A function for the most that a button can score.

    It is less below the answer to another question; and nobody looks for the closing of an account
    behind "How to opt out".
    """
    elsewhere = answers.answers_else(meant, message)

    def most(command: str) -> float:
        if elsewhere:
            return PART
        if meant.intent == "delete_account" and command.split(maxsplit=1)[0] == "howto":
            return PART
        return WHOLE

    return most


def _quoted(message: Message) -> str:
    buttons = "".join(f" [{command}]" for command in commands(message)[:_NAMED])
    return " ¶ ".join(lines(message)) + buttons
