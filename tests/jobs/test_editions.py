"""Texts that are not for Europe: who hears of their changes, and the notice above them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.facts import Facts
from bot.deliveries import Alert
from bot.feeds.fetch import Fetcher
from bot.jobs import known as knowing
from bot.jobs import readers as finding
from bot.jobs.lanes import Locks
from bot.jobs.resources import Resources
from bot.model import (
    Address,
    Change,
    Cursor,
    Document,
    Item,
    Record,
    Source,
    SourceKind,
    Story,
    Subscription,
)
from bot.platform import Request
from bot.preferences import ChatSettings
from bot.regions import EEA, EUROPE
from bot.render import plain
from bot.render import story as story_in_full
from bot.render.alert import ELSEWHERE, alert
from bot.render.digest import digest
from bot.render.reader import Reader
from bot.render.reminder import reminder
from bot.states import CoverageState, DeliveryState
from bot.store import Store
from bot.store.coverage_tables import coverage
from bot.understand import Edition
from bot.understand.decide import Publish, Reading, Skip, decide
from bot.understand.memory import Held
from bot.understand.narrowing import for_readers
from bot.verdicts import Origin, Readers, Verdict
from handlers import recent, status
from tests.conftest import Clock
from tests.support.world import CHANGE, NOW, context, tell

START = datetime(2025, 11, 1, 12, tzinfo=UTC)
OVERSEAS = "This policy applies to users outside the European Economic Area.\n\nWe collect names.\n"
AT_HOME = "This policy applies to users in the European Economic Area.\n\nWe collect names.\n"
FOR_ALL = "This policy applies to all users, in Europe and elsewhere.\n\nWe collect names.\n"
SILENT = "We collect names.\n"
RULE = (
    "\nFrom now on we use everything that you post here to train our artificial intelligence "
    "models, and we share it with advertisers.\n"
)
LOCAL = (
    "\nIf you live in the European Union, we use everything that you post here to train our "
    "artificial intelligence models, and we share it with advertisers.\n"
)
EUROPEAN = frozenset({"EU"})
BRAZIL = frozenset({"BR"})
READ_TOO = Edition(europe_is_read=True)


def item(collection: str, number: int, days: float = 0) -> Item:
    document = Document(collection, "LinkedIn", "Privacy Policy")
    when = START + timedelta(days=days)
    record = Record.CHANGE if number > 1 else Record.FIRST
    return Item(f"commit:{collection}{number}", collection, record, when, "Record", "", document)


def first(collection: str, text: str, edition: Edition, catalogue: Catalogue) -> Held:
    decision = decide(Reading(item(collection, 1), edition, text), catalogue.names)
    assert isinstance(decision, Skip)
    assert decision.memory
    return decision.memory


def changed(
    text: str, edition: Edition, catalogue: Catalogue, came: str = RULE, collection: str = "row"
) -> Change:
    memory = first(collection, text, edition, catalogue)
    reading = Reading(item(collection, 2, 3), edition, text + came, memory=memory)
    decision = decide(reading, catalogue.names)
    assert isinstance(decision, Publish)
    assert decision.memory
    assert decision.memory.readers is decision.change.readers
    return decision.change


@pytest.mark.parametrize(
    ("text", "readers"),
    [
        (OVERSEAS, Readers.ELSEWHERE),
        (AT_HOME, Readers.EUROPE),
        (FOR_ALL, Readers.ALL),
        (SILENT, Readers.UNKNOWN),
    ],
)
def test_a_document_and_its_changes_know_their_readers(
    text: str, readers: Readers, known: Catalogue
) -> None:
    assert first("row", text, Edition(), known).readers is readers
    change = changed(text, Edition(), known)
    assert change.readers is readers
    assert change.area is None, "nobody is shut out where the text for Europe is not read"


def test_where_both_editions_are_read_each_is_told_to_its_own(known: Catalogue) -> None:
    change = changed(OVERSEAS, READ_TOO, known)
    assert change.area
    assert not change.area & EEA
    assert "CH" not in change.area
    assert {"US", "BR", "GB"} <= change.area
    for text in (AT_HOME, FOR_ALL, SILENT):
        assert changed(text, READ_TOO, known).area is None


def test_a_text_for_elsewhere_that_names_europe_is_told_there(known: Catalogue) -> None:
    change = changed(OVERSEAS, READ_TOO, known, came=LOCAL)
    assert change.area is None or change.area & EEA


def test_an_edition_outside_europe_is_for_its_countries_unless_it_is_for_all(
    known: Catalogue,
) -> None:
    american = Edition(frozenset({"US"}))
    assert changed(SILENT, american, known).area == frozenset({"US"})
    assert changed(OVERSEAS, american, known).area == frozenset({"US"})
    assert changed(FOR_ALL, american, known).area is None
    assert changed(AT_HOME, american, known).area is None


def test_noise_is_not_looked_at_again(known: Catalogue) -> None:
    memory = replace(first("row", OVERSEAS, Edition(), known), readers=Readers.EUROPE)
    reading = Reading(item("row", 2, 3), Edition(), f"{OVERSEAS}\n\n", memory=memory)
    decision = decide(reading, known.names)
    assert isinstance(decision, Publish)
    assert decision.change.verdict is Verdict.NOISE
    assert decision.memory
    assert decision.memory.readers is Readers.EUROPE


def test_a_text_that_could_not_be_had_is_for_whom_it_was(known: Catalogue) -> None:
    memory = first("row", OVERSEAS, Edition(), known)
    decision = decide(Reading(item("row", 2, 3), Edition(), memory=memory), known.names)
    assert isinstance(decision, Publish)
    assert decision.change.readers is Readers.ELSEWHERE
    assert decision.change.area is None


# -- through the store


def follow(store: Store, chat: str, regions: frozenset[str]) -> None:
    store.subscriptions.add(Subscription(Address("console", chat), "linkedin", regions), START)


def read(store: Store, catalogue: Catalogue, which: Item, text: str, edition: Edition) -> Change:
    """What becomes of a version, as the interpreter does it."""
    assert which.document
    memory = store.documents.get(which.document)
    told = store.stories.near(["linkedin"], which.when)
    reading = Reading(which, edition, text, memory=memory, told=told)
    decision = decide(reading, catalogue.names)
    store.sources.due([which.source], which.when)
    store.items.keep(which.source, [which], Cursor(learned=True), which.when, which.when)
    if isinstance(decision, Skip):
        store.items.skip(which, decision.why, decision.memory, False)
        return CHANGE
    assert isinstance(decision, Publish)
    change, story = decision.change, decision.story
    audience = matcher.audience(change, story)
    store.stories.publish(which, change, decision.memory, story, audience, which.when)
    return change


def waiting(store: Store) -> dict[str, tuple[Story, frozenset[str]]]:
    """By chat, the story that waits for it, and its regions."""
    later = START + timedelta(days=30)
    found = {}
    for delivery in store.outbox.claim("console", "me", later, timedelta(minutes=1), 10):
        found[delivery.address.chat] = (delivery.alerts[0].story, delivery.regions)
    return found


def test_people_in_europe_hear_once_their_own_text_has_it_too(
    store: Store, known: Catalogue
) -> None:
    follow(store, "berlin", EUROPEAN)
    follow(store, "rio", BRAZIL)
    read(store, known, item("row", 1), OVERSEAS, READ_TOO)
    read(store, known, item("eu", 1), AT_HOME, Edition())
    read(store, known, item("row", 2, 3), OVERSEAS + RULE, READ_TOO)
    assert store.outbox.depth() == {DeliveryState.QUEUED: 1}
    read(store, known, item("eu", 2, 6), AT_HOME + RULE, Edition())
    assert store.outbox.depth() == {DeliveryState.QUEUED: 2}
    told = waiting(store)
    assert set(told) == {"berlin", "rio"}
    story, regions = told["berlin"]
    assert len(story.parts) == 2, "it is one event"
    said = words(story, regions, known)
    assert ELSEWHERE not in said
    assert "outside Europe" not in said


def test_a_text_for_elsewhere_says_so_first_where_the_other_is_not_read(
    store: Store, known: Catalogue
) -> None:
    follow(store, "berlin", EUROPEAN)
    follow(store, "rio", BRAZIL)
    read(store, known, item("row", 1), OVERSEAS, Edition())
    read(store, known, item("row", 2, 3), OVERSEAS + RULE, Edition())
    told = waiting(store)
    said = words(*told["berlin"], known)
    assert said.splitlines()[0].endswith("outside Europe")
    assert next(filter(None, said.splitlines()[1:])) == ELSEWHERE
    assert ELSEWHERE not in words(*told["rio"], known)


def words(story: Story, regions: frozenset[str], catalogue: Catalogue) -> str:
    reader = Reader(regions, START.date())
    message = alert(story, ("linkedin",), reader, catalogue, catalogue.names)
    return plain.text_of(message, width=10_000)


@pytest.mark.parametrize("regions", [frozenset({"EEA"}), frozenset({"UK"}), frozenset({"CH"})])
def test_every_part_of_europe_is_told(regions: frozenset[str], known: Catalogue) -> None:
    story = Story(1, replace(CHANGE, readers=Readers.ELSEWHERE))
    assert ELSEWHERE in words(story, regions, known)
    assert ELSEWHERE in words(story, regions | BRAZIL, known)
    reader = Reader(regions, START.date())
    passages = story_in_full.passages(story, regions)
    full = story_in_full.whole(story, passages, 1, reader, known, known.names)
    assert ELSEWHERE in plain.text_of(full, width=10_000)
    gathered = digest([Alert(1, story, ("linkedin",))], reader, known, known.names)
    assert "Not for Europe: " in plain.text_of(gathered, width=10_000)
    reminded = reminder(story, ("linkedin",), reader, known, known.names)
    assert ELSEWHERE in plain.text_of(reminded, width=10_000)
    for readers in (Readers.EUROPE, Readers.ALL, Readers.UNKNOWN):
        mine = Story(1, replace(CHANGE, readers=readers))
        assert ELSEWHERE not in words(mine, regions, known)


def test_a_list_of_changes_says_which_are_not_for_europe(store: Store, known: Catalogue) -> None:
    change = replace(CHANGE, readers=Readers.ELSEWHERE)
    tell(store, change)
    asked = Request("recent", "linkedin", Address("console", "me"))
    berlin = replace(
        context(store, known, known.names), chat=ChatSettings(regions=EUROPEAN), now=NOW
    )
    assert "Not for Europe: " in plain.text_of(recent.run(asked, berlin), width=10_000)
    rio = replace(berlin, chat=ChatSettings(regions=BRAZIL))
    assert "Not for Europe: " not in plain.text_of(recent.run(asked, rio), width=10_000)


@pytest.mark.parametrize("is_small", [False, True])
def test_a_digest_says_which_changes_are_not_for_europe(is_small: bool, known: Catalogue) -> None:
    story = Story(1, replace(CHANGE, readers=Readers.ELSEWHERE))
    told = Alert(1, story, ("linkedin",), digest=is_small)
    berlin = Reader(EUROPEAN, NOW.date())
    said = plain.text_of(digest([told], berlin, known, known.names), width=10_000)
    assert "Not for Europe: " in said


def test_what_narrows_never_widens() -> None:
    narrow = replace(CHANGE, area=frozenset({"US"}), places=("US",))
    for readers in Readers:
        assert for_readers(narrow, readers, READ_TOO).area == frozenset({"US"})
    open_to_all = replace(CHANGE, area=None, places=("EU", "US"))
    for readers in Readers:
        assert for_readers(open_to_all, readers, READ_TOO).area is None


# -- what is known


def resources(store: Store, fetcher: Fetcher, known: Catalogue, *ids: str) -> Resources:
    sources = [Source(each, SourceKind.COLLECTION, "https://a.example/") for each in ids]
    clock = Clock()
    return Resources(store, fetcher, sources, known.names, clock, facts=known.facts)


async def test_the_edition_of_a_document_has_what_is_noted(store: Store, known: Catalogue) -> None:
    document = Document("vlopses-ie", "Facebook", "Privacy Policy")
    async with Fetcher("test") as fetcher:
        given = resources(store, fetcher, known, "vlopses-ie", "pga")
        found = await knowing.edition_of(document, Edition(frozenset({"IE"}), "en"), given)
        nothing = await knowing.edition_of(
            document, Edition(), replace(given, facts=Facts(), sources=())
        )
    assert (found.jurisdiction, found.noted) == (frozenset({"IE"}), Readers.ELSEWHERE)
    assert "Meta Platforms Ireland Limited" in found.controllers
    assert not found.europe_is_read
    assert nothing == Edition()


@pytest.mark.parametrize(
    ("readers", "sources", "is_read"),
    [
        (Readers.EUROPE, ("row", "eu"), True),
        (Readers.ALL, ("row", "eu"), True),
        (Readers.ELSEWHERE, ("row", "eu"), False),
        (Readers.UNKNOWN, ("row", "eu"), False),
        (None, ("row", "eu"), False),
        (Readers.EUROPE, ("row",), False),
    ],
)
async def test_whether_the_text_for_europe_is_read(
    readers: Readers | None,
    sources: tuple[str, ...],
    is_read: bool,
    store: Store,
    known: Catalogue,
) -> None:
    memory = first("eu", AT_HOME, Edition(), known)
    store.documents.add_past(replace(memory, readers=readers), "en")
    async with Fetcher("test") as fetcher:
        given = resources(store, fetcher, known, *sources)
        document = Document("row", "LinkedIn", "Privacy Policy")
        assert (await knowing.edition_of(document, Edition(), given)).europe_is_read is is_read
        terms = replace(document, terms_type="Terms of Service")
        assert not (await knowing.edition_of(terms, Edition(), given)).europe_is_read


async def test_a_text_for_europe_that_is_no_longer_read_keeps_nobody_from_the_other(
    store: Store, known: Catalogue
) -> None:
    store.documents.add_past(first("eu", AT_HOME, Edition(), known), "en")
    lost = {
        "key": "eu/LinkedIn/Privacy Policy",
        "collection": "eu",
        "folder": "LinkedIn",
        "terms_type": "Privacy Policy",
        "service": "linkedin",
        "state": CoverageState.LOST,
        "why": Origin.ENDED,
        "since": NOW,
        "looks": 0,
        "times": 1,
    }
    document = Document("row", "LinkedIn", "Privacy Policy")
    async with Fetcher("test") as fetcher:
        given = resources(store, fetcher, known, "row", "eu")
        assert (await knowing.edition_of(document, Edition(), given)).europe_is_read
        with store.database.write() as connection:
            connection.execute(insert(coverage).values(**lost))
        assert not (await knowing.edition_of(document, Edition(), given)).europe_is_read


async def test_documents_of_before_are_looked_at(store: Store, known: Catalogue) -> None:
    for collection, text in (("row", OVERSEAS), ("eu", AT_HOME), ("one", SILENT)):
        memory = first(collection, text, Edition(), known)
        store.documents.add_past(replace(memory, readers=None), "en")
    async with Fetcher("test") as fetcher:
        given = resources(store, fetcher, known, "row", "eu", "one")
        assert await finding.find_missing(given, Locks()) == 3
        assert await finding.find_missing(given, Locks()) == 0
    found = store.documents.read_of(["row", "eu", "one"], ["LinkedIn"])
    whose = {each.key.split("/")[0]: each.readers for each in found}
    assert whose == {"row": Readers.ELSEWHERE, "eu": Readers.EUROPE, "one": Readers.UNKNOWN}
    held = store.documents.get(Document("row", "LinkedIn", "Privacy Policy"))
    assert held
    assert (held.text, held.readers) == (OVERSEAS, Readers.ELSEWHERE)


def test_status_says_which_edition_is_read(store: Store, known: Catalogue) -> None:
    for collection, text in (("row", OVERSEAS), ("eu", AT_HOME), ("all", FOR_ALL), ("one", SILENT)):
        store.documents.add_past(first(collection, text, Edition(), known), "en")
    sources = tuple(
        Source(each, SourceKind.COLLECTION, "https://a.example/", jurisdiction=frozenset({country}))
        for each, country in (("row", "US"), ("eu", "IE"), ("all", "FR"), ("one", "DE"))
    )
    told = replace(context(store, known, known.names), sources=sources)
    message = status.run(Request("status", "linkedin", Address("console", "me")), told)
    said = plain.text_of(message, width=10_000)
    assert "· recorded in United States · 1 November 2025 · for people outside Europe" in said
    assert "· recorded in Ireland · 1 November 2025 · for people in Europe" in said
    assert "· recorded in France · 1 November 2025 · for people in Europe too" in said
    assert "· recorded in Germany · 1 November 2025 · it does not say for whom" in said


def test_europe_is_all_four_groups() -> None:
    assert EEA | {"GB", "CH"} == EUROPE
