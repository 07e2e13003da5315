"""Opt-outs come first for people who want one, or want to leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address
from bot.platform import Request
from bot.render.control import named
from bot.store import Store
from tests.support import world

ME = Address("telegram", "7")
Say = Callable[..., Message]


@pytest.fixture
def say(store: Store, known: Catalogue, names: Names) -> Say:
    context = world.context(store, known, names)

    def said(line: str, language: str = "en") -> Message:
        command, _sep, text = line[1:].partition(" ") if line[:1] == "/" else ("", "", line)
        return handlers.answer(Request(command, text, ME, language=language), context)

    return said


def first(message: Message) -> str:
    """What stands first below the heading of a how-to."""
    return "".join(span.text for span in message.blocks[1].lines[0])


def commands(message: Message) -> list[str]:
    return [action.command for action in message.buttons]


@pytest.mark.parametrize(
    ("language", "line", "wanted"),
    [
        ("en", "how do I stop tiktok ads", "Personalised ads"),
        ("en", "stop linkedin ads", "Advertising data"),
        ("en", "stop linkedin training ai", "Data for Generative AI Improvement"),
        ("en", "how do i stop linkedin using my data?", "Data for Generative AI Improvement"),
        ("de", "keine werbung von facebook", "Weniger personalisierte Werbung"),
        ("fr", "stop pub linkedin", "Advertising data"),
        ("it", "basta pubblicità linkedin", "Advertising data"),
    ],
)
def test_what_a_sentence_is_about_comes_first(
    say: Say, language: str, line: str, wanted: str
) -> None:
    assert first(say(line, language)) == wanted


def test_every_control_is_opened_by_its_button(say: Say, known: Catalogue) -> None:
    """Also where its id makes the name of another service: Google's ads are not Google Ads."""
    for service, guide in known.guides.items():
        for control in guide.controls:
            said = say(f"/howto {service} {control.id}")
            assert said.blocks[0].lines[0][0].text.startswith(guide.name), (service, control.id)
            assert first(said) == named(control), (service, control.id)


def test_a_picture_is_of_the_service_that_its_button_names(say: Say) -> None:
    said = say("/picture facebook ads")
    assert said.file
    assert said.file.name == "facebook-ads.png"
    assert said.blocks[0].lines[0][0].text.startswith("Facebook: ")


def test_of_two_services_the_other_is_a_press_away(say: Say) -> None:
    said = say("how to opt out of linkedin and facebook")
    assert said.blocks[0] == say("/howto linkedin").blocks[0]
    assert "howto facebook" in commands(said)


def test_to_remove_a_service_is_to_unsubscribe(say: Say) -> None:
    say("/subscribe spotify eu")
    assert commands(say("remove spotify"))[0] == "unsubscribe spotify"


def test_who_would_delete_an_account_is_led_to_its_page_first(say: Say) -> None:
    say("/subscribe facebook eu")
    said = say("how do i delete my facebook account")
    assert "https://www.facebook.com/help/delete_account" in {
        span.url for block in said.blocks for line in block.lines for span in line
    }
    assert "letter erasure facebook" in commands(said)
    assert "Dear Sir or Madam" not in said.text


def test_to_delete_ones_data_is_to_forget_the_chat(say: Say) -> None:
    say("/subscribe facebook eu")
    assert commands(say("delete my data")) == ["forget yes"]


@pytest.mark.parametrize(
    ("code", "contact", "shown"),
    [
        ("https://example.org/code", "", "https://example.org/code (docs/how-tos.md)"),
        ("", "https://example.org/me", "https://example.org/me"),
        ("", "", ""),
    ],
)
def test_who_knows_the_steps_is_sent_to_an_address(
    store: Store, known: Catalogue, names: Names, code: str, contact: str, shown: str
) -> None:
    """Never to the bare name of a file, which nobody in a chat can open."""
    context = replace(world.context(store, known, names), code=code, contact=contact)
    said = handlers.answer(Request("howto", "qwant", ME), context).text
    assert "We have no checked steps for Qwant yet." in said
    assert said.partition("also without programming: ")[2] == shown


@pytest.mark.parametrize("others", [(), ("instagram",), ("instagram", "zalando", "adobe")])
@pytest.mark.parametrize("command", ["done", "dismiss"])
def test_a_mark_under_an_alert_is_of_its_own_service(
    store: Store, say: Say, command: str, others: tuple[str, ...]
) -> None:
    """Whatever else the chat follows."""
    for service in ("linkedin", *others):
        say(f"/subscribe {service} austria")
    world.tell(store)
    assert say(f"/{command} 1").text.startswith("LinkedIn: ")
    acted = store.reminders.acted(ME)
    assert {key.service for key in acted} == {"linkedin"}
