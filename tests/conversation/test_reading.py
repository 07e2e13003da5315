"""The intents of sentences, none of which the model was trained on."""

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
def test_what_a_sentence_wants_is_done_or_offered(known: Catalogue, said: str) -> None:
    assert said not in {each.text for each in sentences.examples()}
    found = read(said, known.names, TODAY)
    assert WANTED[said] in (found.intent, *found.near)


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


@pytest.mark.parametrize(
    "said",
    [
        "please don't unsubscribe me from reddit",
        "don't delete my data",
        "bitte nicht abbestellen",
        "i do not want to stop",
        "ne me désabonne pas",
    ],
)
def test_what_is_not_to_be_taken_away_is_not(known: Catalogue, said: str) -> None:
    found = read(said, known.names, TODAY)
    assert found.intent in (Intent.NONE, Intent.SUBSCRIBE), found.intent


@pytest.mark.parametrize(
    ("said", "services"),
    [
        ("follow google but not youtube", ["google"]),
        ("sigue a google pero no a youtube", ["google"]),
        ("segui google ma non youtube", ["google"]),
        ("tell me about everything except tiktok", []),
        ("alles ausser tiktok", []),
        ("no tiktok tracking", ["tiktok"]),
    ],
)
def test_a_service_that_is_taken_out_is_not_meant(
    known: Catalogue, said: str, services: list[str]
) -> None:
    assert [each.id for each in read(said, known.names, TODAY).services] == services


@pytest.mark.parametrize(
    "said", ["undo that please", "mach das rückgängig", "remets comme avant", "cofnij to"]
)
def test_undo_is_a_sentence_too(known: Catalogue, said: str) -> None:
    assert read(said, known.names, TODAY).intent is Intent.UNDO


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
