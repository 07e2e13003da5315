"""Scores of intents that change nothing, by whether the answer says what was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from lab.eval.answers import Answers
from lab.eval.score import NOTHING, PART, WHOLE, Score, graded
from lab.eval.stage import Exchange
from lab.eval.utterance import Utterance
from lab.eval.words import commands, head, lines, urls
from lab.eval.world import TOLD_SERVICE

_LETTERS = ("letter objection", "letter access", "letter erasure", "letter")


def howto(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """A how-to, or one of its controls; a picture scores PART."""
    found = _says(answers, meant, said, "howto")
    if found:
        return found
    if _begins_as_howto(answers, meant, said):
        return WHOLE
    pictures = (answers.same(meant, said.message, line) for line in meant.each("/picture"))
    return graded(False, part=_enough(meant, pictures))


def _begins_as_howto(answers: Answers, meant: Utterance, said: Exchange) -> bool:
    shown = lines(said.message)
    for line in meant.each("/howto"):
        if head(answers.proper(meant, line, _region(meant))) in shown:
            return True
    return False


def delete_account(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The page to close the account; without one, a letter of erasure, or the how-to."""
    pages = set(map(answers.world.deletion_page, meant.services)) - {""}
    if pages & urls(said.message):
        return WHOLE
    letter = answers.same(meant, said.message, *meant.each("/letter erasure"))
    if pages:
        return graded(False, part=letter)
    if letter:
        return WHOLE
    return graded(_says(answers, meant, said, "howto") > NOTHING)


def letter(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The letter of the named kind, or of any if none was named; another kind scores PART."""
    kind = meant.wanted.get("kind")
    right = (f"letter {kind}",) if kind else _LETTERS
    for verb in right:
        found = _says(answers, meant, said, verb)
        if found:
            return found
    for verb in _LETTERS:
        if _says(answers, meant, said, verb):
            return PART
    if meant.services:
        return NOTHING
    return graded(False, part=answers.same(meant, said.message, "/letter"))


def recent(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Recent changes of the named services; the whole list scores PART."""
    listed = answers.same(meant, said.message, "/recent")
    if not meant.services:
        return graded(listed)
    if TOLD_SERVICE in meant.services and answers.same(meant, said.message, "/story 1"):
        return WHOLE
    whole = _says(answers, meant, said, "recent") > NOTHING
    return graded(whole, part=listed)


def status(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The state of the sources, or what the chat follows."""
    if meant.services:
        return _status_of_services(answers, meant, said)
    proper = ["/subscriptions"]
    if not meant.wanted.get("list"):
        proper.append("/status")
    if answers.same(meant, said.message, *proper):
        return WHOLE
    near = answers.same(meant, said.message, "/status", "/checklist", "/unsubscribe")
    return graded(False, part=near)


def _status_of_services(answers: Answers, meant: Utterance, said: Exchange) -> float:
    own = meant.each("/subscriptions")
    if answers.same(meant, said.message, "/subscriptions", *own):
        return WHOLE
    if _says(answers, meant, said, "status") > NOTHING:
        return WHOLE
    return graded(False, part=answers.same(meant, said.message, "/status"))


def why(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """Why something was told or not; the state of a service's sources scores PART."""
    proper = meant.each("/why")
    if not proper:
        proper = ["/why", "/why 1", f"/why {TOLD_SERVICE}"]
    if answers.same(meant, said.message, *proper):
        return WHOLE
    near = ["/why", *meant.each("/status")]
    return graded(False, part=answers.same(meant, said.message, *near))


def checklist(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The checklist."""
    return graded(answers.same(meant, said.message, "/checklist"))


def export(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """A file of what is stored; the privacy notice scores PART."""
    a_file = said.message.file is not None
    return graded(a_file, part=answers.same(meant, said.message, "/privacy"))


def privacy(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The privacy notice."""
    return graded(answers.same(meant, said.message, "/privacy"))


def services(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The list of services; a button for one of the named services is as good."""
    own = meant.each("/services")
    if answers.same(meant, said.message, "/services", *own):
        return WHOLE
    for command in commands(said.message):
        words = command.split()
        if words and words[-1] in meant.services:
            return WHOLE
    return graded(False, part=answers.same(meant, said.message, "/setup", "/setup packs"))


def _says(answers: Answers, meant: Utterance, said: Exchange, verb: str) -> float:
    """WHOLE if it says it for the requested region, PART if for another one."""
    region = _region(meant)
    message = said.message
    here = (answers.read_of(meant, message, verb, each, region) for each in meant.services)
    if _enough(meant, here):
        return WHOLE
    if not region:
        return NOTHING
    anywhere = (answers.same(meant, message, line) for line in meant.each(f"/{verb}"))
    return graded(False, part=_enough(meant, anywhere))


def _enough(meant: Utterance, of_services: Iterable[bool]) -> bool:
    """Whether it holds for all services, or for one if one suffices; False without services."""
    if not meant.services:
        return False
    if meant.wanted.get("any"):
        return any(of_services)
    return all(of_services)


def _region(meant: Utterance) -> str:
    """The command that chooses the utterance's regions, or ""."""
    if not meant.regions:
        return ""
    return "/region " + ", ".join(map(str.casefold, meant.regions))


READS: dict[str, Score] = {
    "howto": howto,
    "recent": recent,
    "status": status,
    "why": why,
    "letter": letter,
    "checklist": checklist,
    "export": export,
    "privacy": privacy,
    "services": services,
    "delete_account": delete_account,
}
