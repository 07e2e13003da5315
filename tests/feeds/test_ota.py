"""Real collections and repositories: terms types, branches, times, addresses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from aiohttp import web

from bot import feeds
from bot.feeds import branches, ota, terms_types, texts
from bot.feeds.fetch import Fetcher, FetchError, Page
from bot.feeds.record_dates import newest_of_a_moment
from bot.model import Document, Item, Record, Source, SourceKind
from bot.runtime.bounded import Here
from lab.replay.archive import MemoryArchive, Version
from lab.replay.server import Clock as ArchiveClock
from lab.replay.server import application

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
T = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
REPOSITORY = Source("x", SourceKind.GITHUB, "", github="o/r")
COLLECTION = Source("x", SourceKind.COLLECTION, "http://host/")
PRIVACY = ("LinkedIn", "Privacy Policy")


def commits(*rows: tuple[str, str, datetime]) -> Page:
    """A repository's feed of (id, subject, moment), newest first."""
    entries = "".join(
        f"<entry><id>tag:github.com,2008:Grit::Commit/{uid}</id><title>{subject}</title>"
        f"<link href='https://github.com/o/r/commit/{uid}'/><updated>"
        f"{when.isoformat()}</updated></entry>"
        for uid, subject, when in rows
    )
    return Page("", f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode())


@pytest.fixture(scope="module")
def folders(known: Any) -> frozenset[str]:
    return frozenset(folder for service in known.services for folder in service.folders)


NAMES = [
    ("LinkedIn Whistleblower Policy", "LinkedIn", "Whistleblower Policy"),
    ("LinkedIn Marketplace Buyers Conditions", "LinkedIn", "Marketplace Buyers Conditions"),
    ("Unheard Of Hyperlinks Policy", "Unheard Of", "Hyperlinks Policy"),
    ("LinkedIn Age Assurance Statement", "LinkedIn", "Age Assurance Statement"),
    ("Google Maps Règles d'usage · été", "Google Maps", "Règles d'usage · été"),
    ("Google Play Rules #2 + 100% more", "Google Play", "Rules #2 + 100% more"),
    ("linkedin Privacy Policy", "linkedin", "Privacy Policy"),
    ("Google Unheard Thing Terms of Service", "Google Unheard Thing", "Terms of Service"),
]


@pytest.mark.parametrize(("name", "service", "terms_type"), NAMES)
@pytest.mark.parametrize(
    "form",
    ["Record new changes of", "First record of", "Apply technical or declaration upgrade on"],
)
def test_any_terms_type_is_a_record(
    folders: frozenset[str], form: str, name: str, service: str, terms_type: str
) -> None:
    page = commits(("1", f"{form} {name}", T))
    [item] = feeds.read(REPOSITORY, page, NOW, folders=folders).items
    assert item.document == Document("x", service, terms_type)


def test_who_asked_for_one_service_knows_where_its_name_ends() -> None:
    page = commits(("1", "Record new changes of Obscure Thing Privacy Promise", T))
    narrow = replace(REPOSITORY, service="Obscure Thing")
    [item] = feeds.read(narrow, page, NOW).items
    assert item.document == Document("x", "Obscure Thing", "Privacy Promise")


@pytest.mark.parametrize(
    "subject",
    ["Update GitHub actions", "Update README", "Start tracking LinkedIn soon", "Merge LinkedIn x"],
)
def test_what_people_do_to_a_repository_is_no_record(folders: frozenset[str], subject: str) -> None:
    assert feeds.read(REPOSITORY, commits(("1", subject, T)), NOW, folders=folders).items == []


def test_an_unknown_terms_type_is_logged_once() -> None:
    known = Item("1", "x", Record.CHANGE, T, "t", "", Document("x", *PRIVACY))
    unheard = replace(known, document=Document("x", "LinkedIn", "Age Assurance Statement"))
    unknown = terms_types.Unknown()
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            unknown.report([known, unheard, replace(unheard, uid="2")])
    assert [entry["terms_type"] for entry in logs] == ["Age Assurance Statement"]


# -- moments

CHANGE = f"Record new changes of {' '.join(PRIVACY)}"


@pytest.mark.parametrize(
    "ahead", [timedelta(minutes=1), timedelta(hours=5), timedelta(hours=23), timedelta(days=6000)]
)
def test_a_version_dated_ahead_was_recorded_by_now(ahead: timedelta) -> None:
    [item] = feeds.read(REPOSITORY, commits(("1", CHANGE, NOW + ahead)), NOW).items
    assert item.when == NOW


def test_a_version_dated_ahead_comes_before_what_the_feed_puts_above_it() -> None:
    rows = (
        ("3", CHANGE, T),
        ("2", CHANGE, NOW + timedelta(hours=5)),
        ("1", CHANGE, T - timedelta(days=1)),
    )
    items = feeds.read(REPOSITORY, commits(*rows), NOW).items
    last = max(items, key=lambda item: item.when)
    assert last.uid == "commit:3"


def test_changes_of_one_second_are_one() -> None:
    rows = (("3", CHANGE, T), ("2", CHANGE, T), ("1", CHANGE, T))
    found = feeds.read(REPOSITORY, commits(*rows), NOW).items
    assert [item.uid[-1] for item in sorted(found, key=lambda item: item.when)] == ["1", "2", "3"]
    [item] = newest_of_a_moment(found)
    assert item.uid == "commit:3"
    assert T < item.when < T + timedelta(milliseconds=1)


def test_a_first_record_or_an_upgrade_of_the_same_second_is_kept_in_its_order() -> None:
    first, upgrade = f"First record of {' '.join(PRIVACY)}", f"Refilter {' '.join(PRIVACY)}"
    rows = (("4", CHANGE, T), ("3", upgrade, T), ("2", CHANGE, T), ("1", first, T))
    items = newest_of_a_moment(feeds.read(REPOSITORY, commits(*rows), NOW).items)
    assert [item.uid[-1] for item in sorted(items, key=lambda item: item.when)] == [
        "1",
        "2",
        "3",
        "4",
    ]


def test_versions_of_other_documents_of_that_second_are_left_as_they_are() -> None:
    rows = (("2", "Record new changes of LinkedIn Terms of Service", T), ("1", CHANGE, T))
    assert {item.when for item in feeds.read(REPOSITORY, commits(*rows), NOW).items} == {T}


class Shelf:
    """A collection with versions of one document, and a client."""

    def __init__(self, fetcher: Fetcher, by_id: bool = True) -> None:
        self.fetcher = fetcher
        self.archive = MemoryArchive("c")
        self.clock = ArchiveClock(NOW, NOW + timedelta(days=9), speed=0)
        self.app = application(self.archive, self.clock, by_id=by_id)
        self.source = COLLECTION

    def add(self, when: datetime, text: str, record: Record = Record.CHANGE) -> Version:
        return self.archive.add(when, *PRIVACY, text, record=record)

    async def items(self) -> list[Item]:
        page = await self.fetcher.get(feeds.url_of(self.source))
        return newest_of_a_moment(feeds.read(self.source, page, NOW).items)

    async def read(self, item: Item, now: datetime = NOW) -> texts.Texts:
        return await texts.read(self.fetcher, Here(), self.source, item, None, now)


@pytest.fixture(params=[True, False], ids=["versions by id", "by date alone"])
async def shelf(request: pytest.FixtureRequest, served: Any) -> AsyncIterator[Shelf]:
    async with Fetcher("test", allow_private=True) as fetcher:
        shelf = Shelf(fetcher, by_id=request.param)
        shelf.source = replace(COLLECTION, url=await served(shelf.app))
        yield shelf


@pytest.mark.parametrize("milliseconds", [0, 1, 640, 999])
async def test_the_text_of_a_moment_with_milliseconds(shelf: Shelf, milliseconds: int) -> None:
    shelf.add(T - timedelta(days=1), "old")
    shelf.add(T + timedelta(milliseconds=milliseconds), "new")
    found = await shelf.read((await shelf.items())[0])
    assert (found.before, found.after) == ("old", "new")


async def test_the_text_before_is_that_before_the_second(shelf: Shelf) -> None:
    shelf.add(T - timedelta(days=1), "old")
    for number in range(4):
        shelf.add(T + timedelta(milliseconds=200 * number), f"part {number}")
    newest, oldest = await shelf.items()
    assert oldest.record is Record.FIRST
    found = await shelf.read(newest)
    assert (found.before, found.after) == ("old", "part 3")


async def test_a_second_that_is_not_over_yet(shelf: Shelf) -> None:
    shelf.add(NOW - timedelta(days=1), "old")
    shelf.add(NOW, "new")
    assert (await shelf.read((await shelf.items())[0])).after == "new"


async def test_our_clock_is_behind_the_trackers(shelf: Shelf) -> None:
    """The date was taken back to now, so the version is not yet there at that moment."""
    shelf.add(NOW - timedelta(days=1), "old")
    shelf.add(NOW + timedelta(minutes=3), "new")
    shelf.clock.move(NOW + timedelta(minutes=4))
    [newest, _] = await shelf.items()
    assert newest.when == NOW
    assert (await shelf.read(newest, NOW + timedelta(minutes=4))).after == "new"


async def test_another_version_is_never_taken_for_the_one_that_was_asked_for(shelf: Shelf) -> None:
    shelf.add(T - timedelta(days=1), "old")
    version = shelf.add(T, "new")
    item = (await shelf.items())[0]
    shelf.archive.versions.remove(version)
    with pytest.raises(FetchError):
        await shelf.read(item)


def test_what_a_collection_says_of_a_version() -> None:
    said = {
        "id": "a" * 40,
        "fetchDate": "2026-11-20T10:15:00Z",
        "content": "x",
        "links": {"prev": None},
    }
    found = ota.version_of(json.dumps(said).encode())
    assert (found.before, found.may_be(T), found.may_be(T + timedelta(seconds=1))) == (
        "",
        True,
        False,
    )
    assert ota.version_of(b'{"content": "x", "fetchDate": "yesterday"}').may_be(T), (
        "it does not say"
    )
    for body in (b"[]", b"null", b'{"content": 1}', b"{}"):
        with pytest.raises(ValueError, match="no text"):
            ota.version_of(body)


async def test_the_stand_in_declares_what_it_answers(shelf: Shelf) -> None:
    shelf.add(T, "text")
    described = json.loads((await shelf.fetcher.get(f"{shelf.source.url}docs")).body or b"")
    assert "/version/{serviceId}/{termsType}/{date}" in described["paths"]
    listed = json.loads(
        (await shelf.fetcher.get(f"{shelf.source.url}versions/LinkedIn?limit=1")).body or b""
    )
    assert (listed["count"], listed["data"][0]["fetchDate"]) == (1, "2026-11-20T10:15:00Z")
    with pytest.raises(FetchError, match="400"):
        await shelf.fetcher.get(f"{shelf.source.url}versions?limit=501")


# -- branches and names

ODD = [
    "Google Maps",
    "DALL·E",
    "C++ Hub",
    "C# Corner",
    "100% Pure",
    "A/B",
    "Ça & là?",
    "é" * 30,
    "naïve; x=1",
    "a:b@c",
]


@pytest.mark.parametrize("branch", ["main", "master", "trunk"])
@pytest.mark.parametrize("service", ODD)
async def test_a_feed_is_found_whatever_its_branch_and_name(
    served: Any, branch: str, service: str
) -> None:
    archive = MemoryArchive("r")
    archive.add(T, service, "Rules #2", "text")
    app = application(archive, ArchiveClock(NOW, NOW, speed=0), branch=branch)
    source = Source("x", SourceKind.GITHUB, await served(app), github="o/r")
    async with Fetcher("test", allow_private=True) as fetcher:
        for terms_type in ("", "Rules #2"):
            page, found = await branches.get(fetcher, source, branches.Wanted(service, terms_type))
            [item] = feeds.read(replace(source, service=service), page, NOW).items
            assert item.document == Document("x", service, "Rules #2")
            assert found == "HEAD"
        with pytest.raises(FetchError, match="404"):
            await branches.get(fetcher, source, branches.Wanted("Nobody"))
    async with Fetcher("test", allow_private=True) as fetcher:
        assert await texts.text_after(fetcher, source, item) == texts.Recorded("text", True)


@pytest.mark.parametrize("service", ODD)
async def test_a_collection_is_asked_for_odd_names(served: Any, service: str) -> None:
    archive = MemoryArchive("c")
    archive.add(T, service, "Rules #2 / 100%", "text")
    app = application(archive, ArchiveClock(NOW, NOW, speed=0))
    source = replace(COLLECTION, url=await served(app))
    async with Fetcher("test", allow_private=True) as fetcher:
        for narrow in ((), (service,), (service, "Rules #2 / 100%")):
            page = await fetcher.get(ota.feed_url(source, *narrow))
            [item] = feeds.read(source, page, NOW).items
            assert await texts.text_after(fetcher, source, item) == texts.Recorded("text", False)


@pytest.mark.parametrize("branch", ["HEAD", "main", "master"])
@pytest.mark.parametrize("known", ["", "HEAD", "master", "main"])
async def test_a_server_that_knows_one_branch_only(served: Any, branch: str, known: str) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.match_info["branch"] != branch:
            raise web.HTTPNotFound
        return web.Response(body=commits(("1", CHANGE, T)).body)

    app = web.Application()
    app.router.add_get("/o/r/commits/{branch}/LinkedIn.atom", answer)
    source = Source("x", SourceKind.GITHUB, await served(app), github="o/r")
    async with Fetcher("test", allow_private=True) as fetcher:
        linkedin = branches.Wanted("LinkedIn")
        _, found = await branches.get(fetcher, source, linkedin, branches.after(known))
        assert found == branch
        assert len(asked) <= 3
        if known not in ("", branch):
            with pytest.raises(FetchError, match="404"):
                await branches.get(fetcher, source, linkedin, [known])


def test_what_page_and_walk_both_have_is_kept_once() -> None:
    entry = (
        "<entry><id>tag:github.com,2008:Grit::Commit/1</id><title>Record new changes"
        " of X Privacy Policy</title></entry>"
    )
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode()
    [item] = feeds.read(REPOSITORY, Page("", body), NOW).items
    assert newest_of_a_moment([item, item]) == [item]
