"""Feed text on Telegram: readable, but nothing to press, by Telegram's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.adapters.telegram.markup import html_of
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Alert
from bot.message import Message, Span
from bot.model import Record, Story
from bot.render.alert import alert
from bot.render.blocks import foreign, line, say, text, title
from bot.render.digest import digest
from bot.render.follow_up import follow_up
from bot.render.reader import Reader
from bot.render.reminder import reminder
from bot.render.story import passages, whole
from bot.verdicts import Excerpt, Statement, Verb
from tests.support import judges, world

PRESSABLE = (
    "evil-login.com/verify",
    "t.me/+abcdef",
    "tg://resolve?domain=x",
    "ton://transfer/x",
    "https://evil.example/x",
    "HTTP://EVIL.COM",
    "http://1.2.3.4/x",
    "1.2.3.4:80/x",
    "www.x.example.de:8080/a",
    "дом.рф",
    "/forget",
    "a@evil.example",
    "a@1.2.3.4",
    "#tag",
    "$USD",
    "@durov",
)
#: Commands that the messages name themselves.
OURS = {"/unsubscribe", "/howto", "/story", "/reminders", "/when"}
READER = Reader(frozenset({"EU"}), world.NOW.date(), full=True)


def pressed(message: Message) -> list[str]:
    """What people can press in the words of a message."""
    return judges.telegram_presses(html_of(message))


def hostile(words: str) -> Story:
    """A story in which everything that is text comes from a feed that means harm."""
    said = f"See {words} now"
    excerpt = Excerpt(f"Old {said}.", f"New {said}.", statement=Statement(Verb.SAYS, (said,)))
    change = replace(
        world.CHANGE, title=said, terms_type=said, excerpts=(excerpt,), summary=said, links=()
    )
    memo = replace(change, uid="memo:1", record=Record.MEMO, link="")
    again = replace(change, uid="commit:2")
    return Story(1, change, (memo, again))


def messages(story: Story, known: Catalogue, names: Names) -> Iterator[Message]:
    """The story in each form in which it is told."""
    mine = ("linkedin",)
    yield alert(story, mine, READER, known, names)
    yield whole(story, passages(story, READER.regions), 1, READER, known, names)
    yield reminder(story, mine, READER, known, names)
    yield from (follow_up(story, part.uid, mine, names) for part in story.joined)
    others = [Alert(number, Story(number, story.lead), mine) for number in (1, 2)]
    for small in (False, True):
        yield digest([replace(each, digest=small) for each in others], READER, known, names)


@pytest.mark.parametrize("words", PRESSABLE)
def test_nothing_that_a_feed_says_can_be_pressed(
    words: str, known: Catalogue, names: Names
) -> None:
    for message in messages(hostile(words), known, names):
        assert set(pressed(message)) <= OURS
        shown = judges.telegram_text(html_of(message))["text"].replace("\u2060", "")
        assert words in shown, "it is read as it stands"


@pytest.mark.parametrize("words", [each for each in PRESSABLE if "@" not in each[:1]])
def test_said_by_us_it_could_be(words: str) -> None:
    assert pressed(say(f"See {words} now"))


def test_our_own_words_are_pressed_as_ever() -> None:
    said = say("Write to x, or see b.org/help: /howto linkedin")
    assert pressed(said) == ["b.org/help", "/howto"]


def test_a_title_leads_nowhere_and_a_link_to_its_own_address() -> None:
    assert pressed(Message((title("Booking.com: how to opt out"),))) == []
    linked = Message((text(Span("evil.example", url="https://b.org/", foreign=True)),))
    [entity] = judges.telegram_text(html_of(linked))["entities"]
    assert entity["type"]["url"] == "https://b.org/"


def test_foreign_words_beside_ours_stay_apart() -> None:
    said = Message((text(*line(foreign("see evil.example"), " /story 7")),))
    assert pressed(said) == ["/story"]
