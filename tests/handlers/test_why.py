"""/why: the choices that let a change through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import languages
from bot.model import Address, Change, Subscription
from bot.platform import Request
from bot.preferences import Interests, Level
from bot.store import Store
from bot.verdicts import Noise, Reason, Role, Severity, Verdict
from tests.support import many, world
from tests.support.world import CHANGE, ITEM, NOW

ME = Address("telegram", "7")
PLAIN = replace(CHANGE, area=None, effective=None, topics=("ai_training",))


class Told:
    """A chat that follows LinkedIn in the UK, to which changes are told and delivered."""

    def __init__(self, store: Store, known: Catalogue, names: Names) -> None:
        self.store = store
        self.context = world.context(store, known, names)
        store.subscriptions.add(Subscription(ME, "linkedin", frozenset({"UK"})), NOW)

    def tell(self, change: Change) -> None:
        world.tell(self.store, change, replace(ITEM, uid=change.uid))
        # What matters less comes in a week's message.
        for now in (NOW, NOW + timedelta(days=8)):
            for delivery in self.store.outbox.claim("telegram", "me", now, timedelta(minutes=1), 9):
                self.store.outbox.sent([(delivery, "9")], "me", NOW)

    def why(self, text: str = "1", language: str = "en") -> str:
        request = Request("why", text, ME, language=language)
        return handlers.answer(request, self.context).text


@pytest.fixture
def chat(store: Store, known: Catalogue, names: Names) -> Told:
    return Told(store, known, names)


def test_the_service_and_the_audience(chat: Told) -> None:
    chat.tell(PLAIN)
    assert (
        "You were told on 4 November 2025 because you follow LinkedIn (UK), "
        "it is for private people and it is something that one must know."
    ) in chat.why()


def test_the_region(chat: Told) -> None:
    chat.tell(replace(PLAIN, area=frozenset({"GB", "CH"})))
    assert "the text names UK, Switzerland," in chat.why()


def test_the_topics(chat: Told) -> None:
    chat.store.preferences.set_interests(
        ME, Interests(topics=frozenset({"ai_training", "security"})), NOW
    )
    chat.tell(PLAIN)
    assert "it is about one of your topics (training AI on your data)." in chat.why()


def test_the_threshold(chat: Told) -> None:
    chat.tell(replace(PLAIN, severity=Severity.SHOULD_KNOW))
    assert "it is something that one should know." in chat.why()
    chat.store.preferences.set_interests(ME, Interests(Level.EVERYTHING), NOW)
    chat.tell(replace(PLAIN, uid="commit:2", verdict=Verdict.MINOR, severity=Severity.MINOR))
    assert "you asked for small edits too." in chat.why("2")


def test_whose_the_change_is_among_several(chat: Told) -> None:
    chat.store.preferences.set_interests(
        ME, Interests(roles=frozenset({Role.USERS, Role.SELLERS})), NOW
    )
    chat.tell(replace(PLAIN, roles=(Role.SELLERS, Role.ADVERTISERS)))
    assert "it is for sellers and it is" in chat.why()


def test_who_no_longer_follows(chat: Told) -> None:
    chat.tell(PLAIN)
    chat.store.subscriptions.remove(ME, "linkedin", NOW)
    assert "You were told on 4 November 2025; you no longer follow it." in chat.why()


def test_noise_is_a_count_and_what_was_told_comes_first(chat: Told) -> None:
    chat.tell(replace(PLAIN, uid="commit:1"))
    for number in range(2, 80):
        noise = replace(
            PLAIN,
            uid=f"commit:{number}",
            verdict=Verdict.NOISE,
            why=(Reason(Noise.FORMAT_ONLY),),
            recorded=NOW + timedelta(minutes=number),
        )
        world.tell(chat.store, noise, replace(ITEM, uid=noise.uid))
    elsewhere = replace(PLAIN, uid="commit:99", area=frozenset({"US"}), recorded=NOW)
    chat.tell(elsewhere)
    said = chat.why("linkedin").splitlines()
    assert said[1].strip() == "You were told:"
    assert said[3].strip() == "You were not told:"
    assert said[4].endswith("it concerns United States.")
    assert said[5] == "78 new versions of texts changed nothing that matters."


def test_only_noise_is_no_heading(chat: Told) -> None:
    noise = replace(PLAIN, verdict=Verdict.NOISE, why=(Reason(Noise.FORMAT_ONLY),))
    world.tell(chat.store, noise)
    assert chat.why("linkedin").splitlines() == [
        "Told, or not, and why: LinkedIn",
        "1 new version of a text changed nothing that matters.",
    ]


@pytest.mark.parametrize("language", languages())
def test_it_quotes_nothing_of_the_text_in_any_language(
    store: Store, known: Catalogue, names: Names, language: str
) -> None:
    many.tell_many(store)
    context = world.context(store, known, names)
    for number in range(1, 18):
        request = Request("why", str(number), many.ME, language=language)
        blocks = handlers.answer(request, context).blocks
        assert len(blocks) == 3
        for block in blocks[1:]:
            said = "".join(span.text for span in block.lines[0])
            assert "CH/EEA/UK" not in said
            assert "→" not in said
