"""Paged lists: no duplicates, no gaps, no empty headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

import handlers
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import languages
from bot.message import Message
from bot.model import Document, Source, SourceKind, Subscription
from bot.platform import Request
from bot.store import Store, documents
from bot.understand.memory import Held
from bot.understand.stories import told_to_all
from bot.verdicts import Verdict
from tests.support import many, world
from tests.support.world import CHANGE, ITEM, NOW

Say = Callable[..., Message]


@pytest.fixture
def say(store: Store, known: Catalogue, names: Names) -> Say:
    context = replace(world.context(store, known, names), sources=many.SOURCES)

    def said(line: str, language: str = "en", pressed: bool = False) -> Message:
        command, _sep, text = line.partition(" ")
        request = Request(command, text, many.ME, language=language, pressed=pressed)
        return handlers.answer(request, context)

    return said


def turned(say: Say, line: str) -> Iterator[Message]:
    """Every page, as one comes from each to the next by its button."""
    message = say(line)
    yield message
    while later := [each.command for each in message.actions if each.label.endswith("▶")]:
        message = say(later[0], pressed=True)
        assert message.in_place
        yield message


def lines(messages: Iterator[Message]) -> list[str]:
    """The entries of the lists on some pages."""
    found = []
    for message in messages:
        for block in message.blocks:
            if block.kind == "list":
                found += ["".join(span.text for span in line) for line in block.lines]
    return found


@pytest.mark.parametrize("count", [1, 5, 6, 300])
def test_recent(store: Store, say: Say, count: int) -> None:
    for number in range(count):
        uid = f"commit:{number}"
        excerpts = (replace(CHANGE.excerpts[0], after=f"We train AI on item {number}."),)
        world.tell(store, replace(CHANGE, uid=uid, excerpts=excerpts), replace(ITEM, uid=uid))
    pages = list(turned(say, "recent linkedin"))
    told = [
        action.command for page in pages for action in page.actions if "story" in action.command
    ]
    assert sorted(told) == sorted(f"story {number}" for number in range(1, count + 1))
    assert len(lines(iter(pages))) == count
    assert ("page 1 of" in pages[0].text) is (count > 5)
    assert say("recent linkedin 999").text == pages[-1].text


def test_subscriptions_by_name(store: Store, say: Say, known: Catalogue) -> None:
    services = known.services[:300]
    for service in services:
        store.subscriptions.add(Subscription(many.ME, service.id, frozenset({"EU"})), NOW)
    found = [line.split(" · ")[0] for line in lines(turned(say, "subscriptions"))]
    assert found == sorted((service.name for service in services), key=str.casefold)
    assert say("subscriptions 2").text.startswith("You follow 300 services · page 2 of 15")


@pytest.mark.parametrize("line", ["services", "services google", "services meta"])
def test_services(say: Say, known: Catalogue, names: Names, line: str) -> None:
    found = [each.split(" · ")[0] for each in lines(turned(say, line))]
    typed = line.removeprefix("services").strip()
    wanted = names.search(typed) if typed else known.services
    assert sorted(found) == sorted(service.name for service in wanted)


@pytest.mark.parametrize("count", [1, 20, 21, 300])
def test_documents_of_a_service(store: Store, known: Catalogue, names: Names, count: int) -> None:
    source = Source(
        "here", SourceKind.COLLECTION, "https://a.example", jurisdiction=frozenset({"IE"})
    )
    context = replace(world.context(store, known, names), sources=(source,))
    with store.database.write() as connection:
        for number in range(count):
            document = Document("here", "LinkedIn", f"Policy {number:03}")
            held = Held(document, "", NOW, frozenset(), frozenset(), 0)
            documents.write(connection, held)

    def say(line: str, pressed: bool = False) -> Message:
        command, _sep, text = line.partition(" ")
        return handlers.answer(Request(command, text, many.ME, pressed=pressed), context)

    found = lines(turned(say, "status linkedin"))
    assert found == [
        f"Policy {number:03} · recorded in Ireland · 4 November 2025" for number in range(count)
    ]


#: What everybody asks, wherever something or nothing has happened.
ASKED = (
    "recent",
    "recent tiktok",
    "why",
    "why tiktok",
    "status",
    "status tiktok",
    "services",
    "services google",
    "subscriptions",
)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("happened", [False, True])
def test_no_list_is_empty_and_no_heading_stands_over_nothing(
    store: Store, say: Say, language: str, happened: bool
) -> None:
    if happened:
        many.tell_many(store)
    for line in ASKED:
        blocks = say(line, language).blocks
        for block, below in zip(blocks, (*blocks[1:], None), strict=True):
            assert block.lines
            words = "".join(span.text for span in block.lines[-1]).strip()
            if words.endswith(":"):
                assert below, (line, words)
                assert below.kind == "list"
        assert "vlopses" not in say(line, language).text


def test_no_id_of_a_collection_is_shown(store: Store, say: Say) -> None:
    many.tell_many(store)
    said = say("status tiktok").text
    assert "recorded in Ireland" in said
    assert "recorded in Switzerland, France" in said
    for source in ("vlopses-ie", "dating"):
        assert source not in said


def test_what_is_counted_is_what_is_listed(both: Store) -> None:
    """On either database, as `told_to_all` has it; no date of the catalogue, no small edit."""
    world.tell(both)
    many.tell_many(both)
    services = ["linkedin", "tiktok", "spotify"]
    every = both.stories.told(services, 100)
    assert [story.id for story in every] == [
        story.id for story in both.stories.recent(services, 100) if told_to_all(story)
    ]
    assert both.stories.count(services) == len(every) > 15
    assert both.stories.told(services, 5, 5) == every[5:10]
    assert both.changes.counts(["tiktok"])[Verdict.NOISE] == 30
    judged = both.changes.newest(["tiktok"], 100, noise=False)
    assert {each.change.verdict for each in judged} == {Verdict.MATERIAL, Verdict.MINOR}
