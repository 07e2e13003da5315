"""Plain words in place of commands: to unsubscribe, mute, set the region, or greet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address, Subscription
from bot.platform import Hint, Request
from bot.preferences import ChatSettings
from bot.store import Store
from bot.understand.topics import TOPICS
from tests.support import world

ME = Address("telegram", "7")
Say = Callable[..., Message]


@pytest.fixture
def context(store: Store, known: Catalogue, names: Names) -> handlers.Context:
    return world.context(store, known, names)


@pytest.fixture
def say(context: handlers.Context) -> Say:
    def said(line: str, language: str = "en") -> Message:
        command, _sep, text = line[1:].partition(" ") if line[:1] == "/" else ("", "", line)
        return handlers.answer(Request(command, text, ME, language=language), context)

    return said


def commands(message: Message) -> list[str]:
    return [action.command for action in message.buttons]


def chosen(store: Store) -> ChatSettings:
    """What the chat chose."""
    settings = store.preferences.get(ME)
    assert settings
    return settings


# -- to end it, or to pause


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "stop all alerts"),
        ("en", "unsubscribe from everything"),
        ("de", "alles abbestellen"),
        ("fr", "arrête tout"),
    ],
)
def test_all_can_be_stopped_in_words(say: Say, language: str, line: str) -> None:
    assert commands(say(line, language)) == ["unsubscribe all", "mute all"]


def test_a_pause_is_offered_and_one_with_an_end_is_made(say: Say, store: Store) -> None:
    assert commands(say("pause")) == ["mute all 7 days"]
    say("mute everything until friday")
    until = chosen(store).schedule.muted_until
    assert until
    assert until.date() in (date(2025, 11, 6), date(2025, 11, 7)), "midnight in the chat's zone"


def test_who_uses_a_service_no_more_is_not_offered_to_follow_it(say: Say) -> None:
    say("/subscribe linkedin eu")
    assert commands(say("I don't use linkedin any more")) == ["unsubscribe linkedin"]
    say("/unsubscribe linkedin")
    assert commands(say("I don't use linkedin any more")) == []


# -- where one lives


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("norway", "NO"),
        ("Sverige", "SE"),
        ("Norvegia", "NO"),
        ("noruega", "NO"),
        ("I live in Switzerland", "CH"),
        ("ich wohne in Österreich", "AT"),
    ],
)
@pytest.mark.parametrize("asked", ["/start", "/setup country", "/subscribe linkedin"])
def test_where_one_lives_can_be_typed(
    say: Say, store: Store, line: str, code: str, asked: str
) -> None:
    """In any language, also below the buttons that ask for it."""
    say(asked)
    say(line)
    assert chosen(store).regions == {code}


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("/setup in uk", "Europe/London"),
        ("/region es", "Europe/Madrid"),
        ("i live in sweden", "Europe/Stockholm"),
        ("/setup in gr", "Europe/Athens"),
    ],
)
def test_the_time_zone_is_that_of_the_country(say: Say, store: Store, line: str, zone: str) -> None:
    say(line)
    assert chosen(store).schedule.zone == zone


def test_who_comes_by_a_link_is_asked_where_they_live(say: Say) -> None:
    said = say("/start subscribe_linkedin")
    assert "Where do you live?" in said.text
    assert {"region eea", "region uk", "region ch"} <= set(commands(said))


def test_who_follows_all_for_one_region_lives_there(say: Say, store: Store) -> None:
    """Whatever they ask about: a letter is under their law, and no region is made up."""
    for service in ("linkedin", "tiktok"):
        say(f"/subscribe {service} uk")
    assert "UK GDPR" in say("/letter erasure gmail").text
    assert "(UK)" in say("/howto gmail").text
    assert say("/region").text.startswith("You will hear what concerns: UK.")
    say("/subscribe reddit norway")
    assert "UK GDPR" not in say("/letter erasure gmail").text


# -- small talk, and what is near to it


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("hello", "setup"),
        ("hi", "setup"),
        ("what is GDPR", "setup"),
        ("what is this", "about"),
        ("subscribe_nosuch", "setup packs"),
    ],
)
def test_small_talk_is_no_service(say: Say, line: str, offered: str) -> None:
    said = say(line)
    assert offered in commands(said)
    assert "Did you mean" not in said.text
    assert "I did not understand" not in said.text


def test_questions_about_the_bot_are_answered(say: Say) -> None:
    assert say("thanks").text == "You are welcome."
    assert say("who are you?").text.startswith("Smallprint")
    assert say("?").text.startswith("What you can say")
    say("/subscribe linkedin eu")
    assert say("opt out").text.startswith("What you can opt out of")


# -- choices by plain words


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("/topics ai", "ai_training"),
        ("/topics AI training", "ai_training"),
        ("/topics ads", "advertising_tracking"),
    ],
)
def test_a_topic_is_known_by_its_words(say: Say, store: Store, line: str, topic: str) -> None:
    say(line)
    assert chosen(store).interests.topics == {topic}


def test_every_topic_is_known_by_the_label_that_is_shown(say: Say, store: Store) -> None:
    shown = say("/topics").menu
    assert shown
    for option in shown.options:
        say(f"/topics {option.label}")
        assert chosen(store).interests.topics == {option.command.removeprefix("topics +")}
        say("/topics all")


def test_a_topic_is_taken_back_by_a_word_or_a_press_and_by_no_repetition(
    say: Say, store: Store
) -> None:
    say("/topics ads")
    say("/topics ads")
    assert chosen(store).interests.topics == {"advertising_tracking"}
    say("/topics ai")
    assert len(chosen(store).interests.topics) == 2
    say("/topics not ads")
    assert chosen(store).interests.topics == {"ai_training"}
    say("/topics only ads")
    assert chosen(store).interests.topics == {"advertising_tracking"}
    say("/topics all")
    say("/topics not ads")
    assert len(chosen(store).interests.topics) == len(TOPICS) - 1


def test_a_press_on_an_old_keyboard_does_what_it_shows(say: Say, store: Store) -> None:
    shown = say("/topics").menu
    assert shown
    first = shown.options[0].command
    for _ in range(2):
        say(f"/{first}")
        assert len(chosen(store).interests.topics) == 1
    shown = say("/topics").menu
    assert shown
    say(f"/{shown.options[0].command}")
    assert chosen(store).interests.topics == frozenset()


def test_an_unknown_level_has_the_buttons_of_those_there_are(say: Say) -> None:
    offered = commands(say("/threshold high"))
    assert offered == ["threshold must", "threshold should", "threshold everything"]


@pytest.mark.parametrize(
    ("word", "subject"),
    [
        ("object", "Objection to the use of my data"),
        ("copy", "Request for access to my data"),
        ("erase", "Request for erasure of my data"),
    ],
)
def test_a_letter_is_asked_for_in_words(say: Say, word: str, subject: str) -> None:
    assert say(f"/letter {word} linkedin").text.startswith(f"{subject} (LinkedIn)")


def test_no_quiet_hours_are_spoken_of_where_there_are_none(say: Say) -> None:
    assert "breaks through" not in say("/when").text
    assert "breaks through" in say("/when quiet 22-8").text


# -- names


def test_what_most_people_mean_comes_first(context: handlers.Context) -> None:
    """Infolinks has no steps, and few know it."""
    offered = handlers.answer(Hint("card", "link", "en"), context).actions
    assert offered[0].command == "linkedin"
    assert [
        each.command for each in handlers.answer(Hint("card", "tiktok uk"), context).actions
    ] == ["tiktok uk"]


@pytest.mark.parametrize(
    "line", ["/howto linkedin", "/status linkedin", "linkedin", "/services link"]
)
def test_nobody_is_offered_to_follow_what_they_follow(say: Say, store: Store, line: str) -> None:
    def offers() -> bool:
        said = say(line)
        options = said.menu.options if said.menu else ()
        return "subscribe linkedin" in [each.command for each in (*said.buttons, *options)]

    assert offers()
    store.subscriptions.add(Subscription(ME, "linkedin", frozenset({"EU"})), world.NOW)
    assert not offers()


def test_a_search_says_what_it_found(say: Say) -> None:
    assert say("/services link").text.startswith("4 services: “link”\n")


def test_alternatives_are_no_steps(known: Catalogue, say: Say) -> None:
    """ "Or on the web" is no second step: what has several ways in has no numbers."""
    for service in ("linkedin", "gmail", "facebook"):
        kinds = {block.kind for block in say(f"/howto {service}").blocks}
        assert "list" in kinds
        assert "steps" not in kinds
    assert known.guides["gmail"].controls
