"""What a sentence wants; none of these sentences is one that the model was taught."""

from __future__ import annotations

from datetime import date

import pytest

from bot.catalogue import Catalogue
from bot.conversation.intents import Intent
from bot.conversation.reading import parts, read
from lab.train import sentences

TODAY = date(2026, 11, 27)
WANTED = {
    "could you possibly keep watch over reddit?": Intent.SUBSCRIBE,
    "bitte pass ab jetzt auf reddit auf": Intent.SUBSCRIBE,
    "reddit can be dropped now": Intent.UNSUBSCRIBE,
    "comment empêcher reddit d'utiliser mes messages": Intent.HOWTO,
    "come faccio a dire no all'ia di reddit": Intent.HOWTO,
    "sono appena arrivato in Austria": Intent.REGION,
    "please pipe down for three weeks": Intent.MUTE,
    "halt den mund bis freitag": Intent.MUTE,
    "wolałbym po polsku": Intent.LANGUAGE,
    "laat alles over mij verdwijnen": Intent.FORGET,
    "que guardas sobre mí": Intent.PRIVACY,
    "o que consegues fazer": Intent.HELP,
    "not before half past nine": Intent.WHEN,
    "moin moin": Intent.GREETING,
    "what is the capital of peru": Intent.NONE,
}


@pytest.mark.parametrize("said", WANTED)
def test_what_a_sentence_wants(known: Catalogue, said: str) -> None:
    assert said not in {each.text for each in sentences.examples()}
    assert read(said, known.names, TODAY).intent is WANTED[said]


@pytest.mark.parametrize(
    "said",
    [
        "stop reddit training its ai on me",
        "schluss mit der werbung bei reddit",
        "reddit sin anuncios",
    ],
)
def test_to_stop_what_a_service_does_is_not_to_unsubscribe(known: Catalogue, said: str) -> None:
    assert read(said, known.names, TODAY).intent is Intent.HOWTO


def test_times_alone_are_when_to_be_told_and_a_day_is_silence(known: Catalogue) -> None:
    assert read("fridays at noon", known.names, TODAY).intent is Intent.WHEN
    assert read("silêncio até sexta", known.names, TODAY).intent is Intent.MUTE


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("follow reddit and stop tiktok", [Intent.SUBSCRIBE, Intent.UNSUBSCRIBE]),
        ("i live in germany and use reddit and tiktok", [Intent.SUBSCRIBE]),
        ("Hi! I use whatsapp. Thanks!", [Intent.SUBSCRIBE]),
        ("unfollow tiktok and reddit", [Intent.UNSUBSCRIBE]),
    ],
)
def test_several_things_at_once(known: Catalogue, said: str, wanted: list[Intent]) -> None:
    assert [each.intent for each in parts(said, known.names, TODAY)] == wanted


ODD = ("", "   ", "<s>", "?!", "🎉", "a" * 5000, "and " * 400, "\x00\u202e")


@pytest.mark.parametrize("said", ODD)
def test_anything_can_be_read(known: Catalogue, said: str) -> None:
    assert parts(said, known.names, TODAY)
