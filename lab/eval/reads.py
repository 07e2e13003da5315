"""Whether an answer says what was asked for: of the intents that change nothing."""

from __future__ import annotations

from collections.abc import Iterable

from lab.eval.answers import Answers
from lab.eval.score import NOTHING, PART, WHOLE, Score, graded
from lab.eval.stage import Exchange
from lab.eval.utterance import Utterance
from lab.eval.words import commands, head, lines, urls
from lab.eval.world import TOLD_SERVICE

_LETTERS = ("objection", "access", "erasure")


def howto(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The page of one of its controls is as good; a picture of the page is a part."""
    found = _says(answers, meant, said, "howto")
    if found == NOTHING and _begins_as_howto(answers, meant, said):
        return WHOLE
    if found:
        return found
    pictures = (answers.same(meant, said.message, f"/picture {each}") for each in meant.services)
    return graded(False, part=_enough(meant, pictures))


def _begins_as_howto(answers: Answers, meant: Utterance, said: Exchange) -> bool:
    heads = (
        head(answers.proper(meant, f"/howto {each}", _region(meant))) for each in meant.services
    )
    return any(line in lines(said.message) for line in heads)


def delete_account(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The page where one ends it; without one, a letter of erasure, or how to opt out."""
    links = {page for each in meant.services if (page := answers.world.deletion_page(each))}
    if links & urls(said.message):
        return WHOLE
    letters = (f"/letter erasure {each}" for each in meant.services)
    letter = answers.same(meant, said.message, *letters)
    if links:
        return graded(False, part=letter)
    return graded(letter or _says(answers, meant, said, "howto") > NOTHING)


def letter(answers: Answers, meant: Utterance, said: Exchange) -> float:
    """The letter of the kind that was named, of any kind where none was; another is a part."""
    kind = meant.wanted.get("kind")
    right = [f"letter {kind}"] if kind else [*(f"letter {each}" for each in _LETTERS), "letter"]
    for verb in right:
        if found := _says(answers, meant, said, verb):
            return found
    others = ("letter", *(f"letter {each}" for each in _LETTERS))
    if any(_says(answers, meant, said, verb) for verb in others):
        return PART
    return graded(False, part=not meant.services and answers.same(meant, said.message, "/letter"))


def recent(answers: Answers, meant: Utterance, said: Exchange) -> float:
    listed = answers.same(meant, said.message, "/recent")
    if not meant.services:
        return graded(listed)
    story = TOLD_SERVICE in meant.services and answers.same(meant, said.message, "/story 1")
    whole = story or _says(answers, meant, said, "recent") > NOTHING
    return graded(whole, part=listed)


def status(answers: Answers, meant: Utterance, said: Exchange) -> float:
    if meant.services:
        own = (f"/subscriptions {each}" for each in meant.services)
        whole = answers.same(meant, said.message, "/subscriptions", *own)
        whole = whole or _says(answers, meant, said, "status") > NOTHING
        return graded(whole, part=answers.same(meant, said.message, "/status"))
    proper = ["/subscriptions"] if meant.wanted.get("list") else ["/status", "/subscriptions"]
    near = ("/status", "/checklist", "/unsubscribe")
    whole = answers.same(meant, said.message, *proper)
    return graded(whole, part=answers.same(meant, said.message, *near))


def why(answers: Answers, meant: Utterance, said: Exchange) -> float:
    own = [f"/why {each}" for each in meant.services]
    proper = own or ["/why", "/why 1", f"/why {TOLD_SERVICE}"]
    near = ["/why", *(f"/status {each}" for each in meant.services)]
    whole = answers.same(meant, said.message, *proper)
    return graded(whole, part=answers.same(meant, said.message, *near))


def checklist(answers: Answers, meant: Utterance, said: Exchange) -> float:
    return graded(answers.same(meant, said.message, "/checklist"))


def export(answers: Answers, meant: Utterance, said: Exchange) -> float:
    a_file = said.message.file is not None
    return graded(a_file, part=answers.same(meant, said.message, "/privacy"))


def privacy(answers: Answers, meant: Utterance, said: Exchange) -> float:
    return graded(answers.same(meant, said.message, "/privacy"))


def services(answers: Answers, meant: Utterance, said: Exchange) -> float:
    own = (f"/services {each}" for each in meant.services)
    offered = [command.split()[-1] for command in commands(said.message) if command.split()]
    whole = answers.same(meant, said.message, "/services", *own)
    whole = whole or bool(set(offered) & set(meant.services))
    return graded(whole, part=answers.same(meant, said.message, "/setup", "/setup packs"))


def _says(answers: Answers, meant: Utterance, said: Exchange, verb: str) -> float:
    """WHOLE where it says it for the region that was asked for, PART where for another one."""
    region, message = _region(meant), said.message
    here = (answers.read_of(meant, message, verb, each, region) for each in meant.services)
    if _enough(meant, here):
        return WHOLE
    anywhere = (answers.same(meant, message, f"/{verb} {each}") for each in meant.services)
    return graded(False, part=bool(region) and _enough(meant, anywhere))


def _enough(meant: Utterance, of_services: Iterable[bool]) -> bool:
    """Whether it is so for all services, or for one where one is enough; of none nothing is."""
    if not meant.services:
        return False
    return any(of_services) if meant.wanted.get("any") else all(of_services)


def _region(meant: Utterance) -> str:
    """The command that chooses what the utterance names, or nothing."""
    codes = ", ".join(code.casefold() for code in meant.regions)
    return f"/region {codes}" if codes else ""


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
