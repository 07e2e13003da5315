"""Comparison of answers with those of the proper commands, and with that to gibberish."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from lab.eval.stage import BASE, Stage
from lab.eval.utterance import Utterance
from lab.eval.words import Message, commands, head, holds, lines
from lab.eval.world import TOLD_SERVICE

#: Text that nobody can understand.
GIBBERISH = "qzxvk wrtkp plmzx"
_QUOTED = re.compile(r"[“„«‚\"]\s?([^”“»\"]{1,80})\s?[”“»\"]")
#: Intents that read about a service, and their commands.
_READING = {"howto": "howto", "recent": "recent", "letter": "letter erasure"}


class Answers:
    """Classifies the answers given on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.world = stage.world
        self._gibberish: dict[str, list[str]] = {}

    # -- proper commands

    def proper(self, utterance: Utterance, line: str, prior: str = "") -> Message:
        """The answer to a proper command, after `prior`, in a chat like the utterance's."""
        twin = self.stage.chat(utterance)
        if prior:
            twin.say(prior)
        return twin.say(line)

    def same(self, utterance: Utterance, message: Message, *proper: str) -> bool:
        """Whether the answer contains what one of the commands says."""
        return any(holds(message, self.proper(utterance, line)) for line in proper)

    def read_of(
        self, utterance: Utterance, message: Message, verb: str, service: str, region: str
    ) -> bool:
        """Whether it contains what `verb` says about a service, for the requested region.

        The head of a how-to names the region.
        """
        proper = self.proper(utterance, f"/{verb} {service}", region)
        if not holds(message, proper):
            return False
        if verb == "howto" and region:
            return head(proper) in lines(message)
        return True

    def answers_else(self, utterance: Utterance, message: Message) -> bool:
        """Whether it is the whole answer to another question about the service."""
        for intent, verb in _READING.items():
            if intent == utterance.intent:
                continue
            if self.same(utterance, message, *utterance.each(f"/{verb}")):
                return True
        return False

    def asks_back(self, utterance: Utterance, message: Message) -> bool:
        """Whether it only asks what one would like to do with the service, as for its bare name."""
        alone = replace(utterance, context="")
        said = lines(message)
        for name in map(self.world.label, utterance.services):
            if said == lines(self.proper(alone, name)):
                return True
        return False

    # -- answers that show no understanding

    def gibberish(self, lang: str) -> list[str]:
        """The lines of the answer to gibberish."""
        if lang not in self._gibberish:
            nobody = Utterance(
                id="",
                lang=lang,
                text=GIBBERISH,
                context="",
                intent="none",
                services=(),
                regions=(),
                wanted={},
                must_not=frozenset(),
                given={},
            )
            self._gibberish[lang] = lines(self.stage.chat(nobody).say(GIBBERISH))
        return self._gibberish[lang]

    def is_lost(self, utterance: Utterance, message: Message) -> bool:
        """Whether it says that it did not understand, or does not know what was typed."""
        plainly = lines(message) == self.gibberish(utterance.lang)
        return plainly or unknown(utterance, message)

    # -- services that nobody named

    def strange(self, utterance: Utterance, message: Message) -> set[str]:
        """Services that the answer is about or offers, although nobody named them."""
        offered = commands(message)
        found = self.services_of(each for each in offered if not each.startswith("setup"))
        found -= {TOLD_SERVICE, *utterance.services, *BASE}
        if utterance.context:
            found -= self.services_of([utterance.context])
        if TOLD_SERVICE not in utterance.services and _offers_the_told(offered):
            found.add(TOLD_SERVICE)
        return found

    def services_of(self, typed: Iterable[str]) -> set[str]:
        """Services whose ids are in command lines, bundles included."""
        found: set[str] = set()
        for line in typed:
            for word in line.split()[1:]:
                if word.startswith("*"):
                    found.update(self.world.unbundled(word[1:]))
                elif self.world.is_service(word):
                    found.add(word)
        return found


def _offers_the_told(offered: Iterable[str]) -> bool:
    """Whether it offers the service of the story, which is the example in many answers."""
    return any(each.split()[:2] == ["subscribe", TOLD_SERVICE] for each in offered)


def unknown(utterance: Utterance, message: Message) -> bool:
    """Whether the answer quotes the input, or a part of it, as unknown."""
    typed = utterance.text.casefold()
    for line in lines(message)[:2]:
        for quoted in _QUOTED.findall(line):
            words = quoted.strip(" .…").casefold()
            if len(words) > 1 and words in typed:
                return True
    return False


def taken_apart(utterance: Utterance, message: Message) -> bool:
    """Whether a part of a sentence was taken as a command, and the rest is quoted as unknown."""
    if not unknown(utterance, message):
        return False
    typed = _bare(utterance.text)
    return not any(typed in _bare(line) for line in lines(message)[:2])


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
