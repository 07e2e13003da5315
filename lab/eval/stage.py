"""Chats prepared for an utterance, and what happens in them when it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from lab.eval.utterance import Utterance
from lab.eval.values import Settings
from lab.eval.words import Message
from lab.eval.world import World, world

NOW = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
#: The services that every chat follows, and a country that no utterance names.
BASE = ("linkedin", "spotify", "whatsapp")
HOME = ("EE",)
#: What is said before, for contexts that are not commands.
CONTEXTS = {
    "region question": "/start",
    "services question": "/setup packs",
    "unsubscribe question": "/unsubscribe",
    "forget question": "/forget",
    "alert": "/story 1",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange: the chat's settings before and after, and the answer."""

    before: Settings
    after: Settings
    message: Message


@dataclass(frozen=True, slots=True)
class Talk:
    """A private chat of somebody who speaks `lang`."""

    world: World
    chat: str
    lang: str

    def say(self, line: str, pressed: bool = False) -> Message:
        """Say a line, or press a button with it; returns the answer."""
        return self.world.say(self.chat, line, self.lang, pressed)

    def settings(self) -> Settings:
        """The chat's current settings."""
        return self.world.settings(self.chat)

    def exchange(self, line: str, *presses: str) -> Exchange:
        """Say a line, then press buttons; the answer is the last one."""
        before = self.settings()
        message = self.say(line)
        for command in presses:
            message = self.say(command, pressed=True)
        return Exchange(before, self.settings(), message)


class Stage:
    """A world in which every utterance gets chats of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._numbers = count(1001)

    def chat(self, utterance: Utterance) -> Talk:
        """A chat with the preconditions of an utterance, after its context was said."""
        talk = Talk(self.world, str(next(self._numbers)), utterance.lang)
        for service in _followed(utterance):
            self.world.follow("telegram", talk.chat, service, HOME)
        for line in _preparations(utterance):
            talk.say(line)
        return talk


@contextmanager
def stage() -> Iterator[Stage]:
    """A stage on a temporary database."""
    with world(NOW, contact="https://example.org/smallprint") as made:
        made.tell_a_story()
        yield Stage(made)


def _followed(utterance: Utterance) -> list[str]:
    """The services to follow beforehand: the named ones too, unless they are to be followed."""
    named = set(utterance.services)
    if utterance.intent == "subscribe":
        return [service for service in BASE if service not in named]
    return sorted({*BASE, *named})


def _preparations(utterance: Utterance) -> Iterator[str]:
    """The lines to say beforehand, so that there is something to unmute, or a choice to change."""
    wanted = utterance.wanted
    if utterance.intent == "unmute":
        for what in ("all", *utterance.services):
            yield f"/mute {what} 30 days"
    if wanted.get("mode") == "now":
        yield "/when daily 18:00"
    if utterance.intent == "threshold" and "changes" in wanted.get("level", ()):
        yield "/threshold everything"
    if utterance.context:
        prior = utterance.context.removeprefix("after:")
        yield CONTEXTS.get(prior, f"/{prior}")
