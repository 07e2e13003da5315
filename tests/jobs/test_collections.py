"""Moved and renamed collections and services."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from bot import catalogue
from bot.app import App
from bot.catalogue.names import Names
from bot.catalogue.schema import Listing
from bot.feeds import sources
from bot.feeds.collections import addresses_in
from bot.feeds.fetch import Fetcher, FetchError
from bot.jobs.addresses import Addresses
from bot.jobs.resources import Resources
from bot.model import Address, Service, Source, SourceKind, Subscription
from bot.platform import Request
from bot.runtime.http_server import serve
from bot.settings import Settings
from bot.store import Store
from bot.store.reminders import ControlKey, Done
from handlers import COMMANDS
from tests.conftest import Clock
from tests.support import world

RECORDED = Path(__file__).parents[1] / "data/collections.json"
HERE = Address("telegram", "1")
THERE = Address("telegram", "2")
NOW = world.NOW
EU = frozenset({"EU"})


# -- the published list


def test_the_recorded_list() -> None:
    found = addresses_in(RECORDED.read_bytes())
    assert found["genai-contrib"] == "http://86.54.83.121/collection-api/v1/"
    assert found["france"] == "http://217.182.67.38/france/collection-api/v1/"
    assert found["sante-numerique-france"].endswith("/v1/"), "a slash that is missing is put there"
    assert found["dating"], "the older form has names only"
    assert len(found) == 5


@pytest.mark.parametrize(
    "endpoint",
    [
        "ftp://86.54.83.7/",
        "http://127.0.0.1/v1/",
        "http://10.1.2.3/v1/",
        "http://[::1]/v1/",
        "http://[::ffff:169.254.169.254]/v1/",
        "http://169.254.169.254/latest/",
        "http://localhost/v1/",
        "http://db.internal/v1/",
        "http://user:secret@86.54.83.7/v1/",
        "http://86.54.83.7/v1/?next=",
        "http://86.54.83.7/v1/#",
        "http://86.54.83.7:99999/v1/",
        "http:///v1/",
        "//86.54.83.7/v1/",
        "http://86.54.83.7/a b/",
        "file:///etc/passwd",
        "x" * 5_000,
        "",
        None,
        7,
        ["http://86.54.83.7/"],
    ],
)
def test_what_cannot_be_an_address_is_left_out(endpoint: Any) -> None:
    rows = [
        {"id": "bad", "endpoint": endpoint},
        {"id": "good", "endpoint": "https://c.example.org/v1"},
    ]
    assert addresses_in(json.dumps(rows).encode()) == {"good": "https://c.example.org/v1/"}


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"[" * 20_000, b"null", b"\xff\xfe"])
def test_what_is_no_list_says_so(body: bytes) -> None:
    with pytest.raises(FetchError):
        addresses_in(body)


class Servers:
    """The list and two addresses of a collection, on this machine."""

    def __init__(self) -> None:
        self.ids = {"old": "contrib", "new": "contrib", "third": "contrib"}
        self.listed: Any = []
        self.asked: list[str] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/list.json", self._list)
        app.router.add_get("/{place}/{rest:.*}", self._metadata)
        return app

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response(self.listed)

    async def _metadata(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.match_info["place"] not in self.ids:
            raise web.HTTPServiceUnavailable
        return web.json_response({"id": self.ids[request.match_info["place"]]})


class Rig:
    def __init__(self, store: Store, servers: Servers, fetcher: Fetcher, base: str) -> None:
        self.store, self.servers, self.fetcher, self.base = store, servers, fetcher, base
        self.clock = Clock(NOW)
        self.source = Source("contrib", SourceKind.COLLECTION, f"{base}old/")
        self.job = self.made(fetcher)

    def made(self, fetcher: Fetcher, published: str = "list.json") -> Addresses:
        url = f"{self.base}{published}" if published else ""
        given = Resources(self.store, fetcher, [self.source], Names([]), self.clock)
        return Addresses(given, url, allow_private=True)

    def says(self, place: str, name: str = "contrib") -> None:
        self.servers.listed = [{"id": name, "endpoint": f"{self.base}{place}/"}]

    async def days(self, count: int = 1) -> None:
        for _ in range(count):
            await self.job.look_due()
            self.clock.forward(days=1)

    async def read_at(self, fetcher: Fetcher | None = None) -> str:
        """Where a reader of the feed ends up."""
        self.servers.asked.clear()
        with suppress(FetchError):
            await (fetcher or self.fetcher).get(f"{self.source.url}feed")
        return self.servers.asked[0].split("/")[1]


@pytest.fixture
async def rig(store: Store) -> AsyncIterator[Rig]:
    servers = Servers()
    runner, base = await serve(servers.app())
    async with Fetcher("test", allow_private=True) as fetcher:
        yield Rig(store, servers, fetcher, base)
    await runner.cleanup()


@pytest.mark.parametrize("old", ["answers", "is dead", "is another's now"])
async def test_a_moved_collection_is_followed_once_seen_twice(rig: Rig, old: str) -> None:
    rig.store.collections.looked("contrib", NOW, "contrib")
    rig.says("new")
    if old == "is dead":
        del rig.servers.ids["old"]
    elif old == "is another's now":
        rig.servers.ids["old"] = "kenya"
    await rig.days(1)
    assert await rig.read_at() == "old"
    await rig.days(1)
    assert await rig.read_at() == "new"


@pytest.mark.parametrize(
    ("learnt", "there"),
    [("contrib", "kenya"), ("", "kenya"), ("contrib", "Contrib"), ("pga", "contrib")],
)
async def test_never_another_collection_under_the_same_id(
    rig: Rig, learnt: str, there: str
) -> None:
    if learnt:
        rig.store.collections.looked("contrib", NOW, learnt)
    rig.says("new")
    rig.servers.ids["new"] = there
    del rig.servers.ids["old"]
    await rig.days(6)
    assert await rig.read_at() == "old"


async def test_a_slip_of_the_list_is_not_followed(rig: Rig) -> None:
    for place in ("new", "old", "new", "third", "new", "old"):
        rig.says(place)
        await rig.days(1)
    assert await rig.read_at() == "old"


async def test_an_address_that_does_not_answer_is_not_followed(rig: Rig) -> None:
    rig.says("new")
    del rig.servers.ids["new"]
    await rig.days(5)
    assert await rig.read_at() == "old"
    rig.servers.ids["new"] = "contrib"
    await rig.days(1)
    assert await rig.read_at() == "new"


async def test_the_list_is_read_once_a_day_and_other_ids_are_nothing(rig: Rig) -> None:
    rig.says("new", "contrib-2")
    await rig.days(4)
    assert await rig.read_at() == "old"
    rig.says("new")
    for _ in range(5):
        await rig.job.look_due()
    assert await rig.read_at() == "old", "twice on one day is once"


async def test_a_start_goes_on_where_it_was_read(rig: Rig) -> None:
    rig.says("new")
    await rig.days(2)
    async with Fetcher("test", allow_private=True) as fetcher:
        await rig.made(fetcher).begin()
        assert await rig.read_at(fetcher) == "new"
    async with Fetcher("test", allow_private=True) as fetcher:
        await rig.made(fetcher, published="").begin()
        assert await rig.read_at(fetcher) == "old", "without a list the operator's word counts"
    rig.source = replace(rig.source, url=f"{rig.base}third/")
    async with Fetcher("test", allow_private=True) as fetcher:
        await rig.made(fetcher).begin()
        assert await rig.read_at(fetcher) == "third", "and so it does once it was changed"


async def test_it_comes_back_and_moves_on(rig: Rig) -> None:
    rig.says("new")
    await rig.days(2)
    rig.says("third")
    await rig.days(2)
    assert await rig.read_at() == "third"
    rig.says("old")
    await rig.days(2)
    assert await rig.read_at() == "old"


async def test_a_dead_address_is_left_for_the_operators(rig: Rig) -> None:
    rig.says("new")
    await rig.days(2)
    del rig.servers.ids["new"]
    await rig.days(1)
    assert await rig.read_at() == "old"


async def test_encryption_is_not_given_up(rig: Rig) -> None:
    rig.source = replace(rig.source, url="https://127.0.0.1:1/v1/")
    rig.job = rig.made(rig.fetcher)
    rig.says("new")
    await rig.days(4)
    assert rig.store.collections.of(["contrib"])["contrib"].address == ""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ""),
        ('collections = ""', ""),
        (
            'collections = "https://opentermsarchive.org/collections.json"',
            "https://opentermsarchive.org/collections.json",
        ),
        ('collections = "opentermsarchive.org"', None),
        ("collections = 7", None),
        ('collections = "https://a b"', None),
    ],
)
def test_the_setting(tmp_path: Path, line: str, found: str | None) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(f'{line}\n[[source]]\nid = "a"\nkind = "news"\nurl = "https://example.org/"\n')
    if found is None:
        with pytest.raises(sources.SourcesError, match="collections is not an address"):
            sources.load(path)
        with pytest.raises(sources.SourcesError, match="collections is not an address"):
            sources.collections(str(path))
    else:
        assert sources.load(path)
        assert sources.collections(str(path)) == found


def test_ours_follows_the_list() -> None:
    assert sources.collections("") == "https://opentermsarchive.org/collections.json"


# -- services that were renamed, merged or divided


def follow(store: Store, service: str, where: Address = HERE, regions: frozenset[str] = EU) -> None:
    store.subscriptions.add(Subscription(where, service, regions), NOW - timedelta(days=9))


def followed(store: Store, where: Address = HERE) -> dict[str, frozenset[str]]:
    return {each.service: each.regions for each in store.subscriptions.of(where)}


def test_a_renamed_service_keeps_its_followers(both: Store) -> None:
    follow(both, "linkedin", regions=frozenset({"DE", "CH"}))
    both.subscriptions.mute(HERE, "linkedin", NOW + timedelta(days=5), NOW)
    both.reminders.act(HERE, Done(ControlKey("linkedin", "ai-training"), "done"), NOW)
    world.tell(both)
    moves = {"linkedin": ("linked",)}
    assert both.successions.settle(moves, {"linked"}) == 2
    assert both.successions.settle(moves, {"linked"}) == 0
    assert followed(both) == {"linked": frozenset({"DE", "CH"})}
    assert both.subscriptions.muted(HERE, NOW) == {"linked": NOW + timedelta(days=5)}
    assert [key.service for key in both.reminders.acted(HERE)] == ["linked"]
    [story] = both.stories.recent(["linked"], 3)
    assert story.lead.services == ("linked",)
    assert [judged.change.services for judged in both.changes.newest(["linked"], 3)] == [
        ("linked",)
    ]
    assert both.stories.recent(["linkedin"], 3) == []


def test_what_is_queued_for_a_renamed_service_still_arrives(both: Store) -> None:
    follow(both, "linkedin")
    assert world.tell(both) == 1
    both.successions.settle({"linkedin": ("linked",)}, {"linked"})
    [delivery] = both.outbox.claim("telegram", "", NOW, timedelta(minutes=1), 9)
    assert delivery.alerts[0].services == ("linked",)
    assert both.subscriptions.remove(HERE, "linked", NOW) == ["linked"]


def test_merged_services_are_followed_once_and_aloud(both: Store) -> None:
    """A chat that muted one of the two hears of what is left of both."""
    follow(both, "hbo-max", regions=frozenset({"DE"}))
    follow(both, "max", regions=frozenset({"CH"}))
    both.subscriptions.mute(HERE, "hbo-max", NOW + timedelta(days=5), NOW)
    follow(both, "hbo-max", THERE)
    both.subscriptions.mute(THERE, "hbo-max", NOW + timedelta(days=5), NOW)
    moves = {"hbo-max": ("hbo",), "max": ("hbo",)}
    both.successions.settle(moves, {"hbo"})
    assert followed(both) == {"hbo": frozenset({"DE", "CH"})}
    assert both.subscriptions.muted(HERE, NOW) == {}
    assert both.subscriptions.muted(THERE, NOW) == {"hbo": NOW + timedelta(days=5)}


def test_who_muted_both_is_left_in_peace_until_the_first_ends(both: Store) -> None:
    for service, days in (("a", 5), ("b", 9)):
        follow(both, service)
        both.subscriptions.mute(HERE, service, NOW + timedelta(days=days), NOW)
    both.successions.settle({"a": ("b",)}, {"b"})
    assert both.subscriptions.muted(HERE, NOW) == {"b": NOW + timedelta(days=5)}


def test_a_divided_service_leaves_its_followers_to_all_parts(both: Store) -> None:
    follow(both, "linkedin")
    world.tell(both)
    moves = {"linkedin": ("linkedin-jobs", "linkedin-learning")}
    both.successions.settle(moves, set(moves["linkedin"]))
    assert set(followed(both)) == {"linkedin-jobs", "linkedin-learning"}
    for part in followed(both):
        assert len(both.stories.recent([part], 3)) == 1


def test_a_part_that_kept_the_name_gives_the_other_away_once(both: Store) -> None:
    """Who then stops following the new part is not made to follow it again at the next start."""
    follow(both, "google")
    moves = {"google": ("google-maps",)}
    living = {"google", "google-maps"}
    assert both.successions.settle(moves, living) == 1
    assert set(followed(both)) == {"google", "google-maps"}
    both.subscriptions.remove(HERE, "google-maps", NOW)
    follow(both, "google", THERE)
    assert both.successions.settle(moves, living) == 0
    assert set(followed(both)) == {"google"}
    assert set(followed(both, THERE)) == {"google"}


def test_a_former_id_that_comes_back_from_an_older_copy_moves_again(both: Store) -> None:
    moves = {"twitter": ("x",)}
    both.successions.settle(moves, {"x"})
    follow(both, "twitter")
    both.successions.settle(moves, {"x"})
    assert set(followed(both)) == {"x"}


def test_the_dates_of_a_renamed_service_do_not_begin_again(both: Store) -> None:
    change = replace(world.CHANGE, uid="control:linkedin/ai-training/2025-12-01")
    assert both.reminders.add_deadline(change, NOW)
    both.successions.settle({"linkedin": ("linked",)}, {"linked"})
    again = replace(change, uid="control:linked/ai-training/2025-12-01", services=("linked",))
    assert not both.reminders.add_deadline(again, NOW)


def test_former_ids_lead_to_the_service() -> None:
    names = Names([Service("x", "X", replaces=("twitter",)), Service("google", "Google")])
    former = Names([Service("twitter", "Twitter")])
    assert names.label("twitter") == "X"
    assert names.find("twitter").service == names.get("x")
    assert [each.id for each in names.unbundled(former.bundled(["twitter"]))] == ["x"]


def test_the_catalogue_says_who_replaced_whom(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "registry.yaml").write_text(
        "- {id: a, name: A, replaces: [old, older]}\n- {id: b, name: B, replaces: [old]}\n"
    )
    found = catalogue.load(tmp_path)
    assert found.successors == {"old": ("a", "b"), "older": ("a",)}
    with pytest.raises(ValidationError, match="its own id"):
        Listing.model_validate({"id": "a", "name": "A", "replaces": ["a"]})


async def test_they_move_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    store = Store(url)
    store.open()
    follow(store, "sample-that-was-renamed")
    store.close()
    known = catalogue.load()
    heir = known.listings["x"].model_copy(update={"replaces": ("sample-that-was-renamed",)})
    renamed = replace(known, listings={**known.listings, "x": heir})
    monkeypatch.setattr(catalogue, "load", lambda: renamed)
    stop = asyncio.Event()
    stop.set()
    await App(Settings.model_validate({"database": url}), [], []).run(stop)
    store.open()
    assert set(followed(store)) == {"x"}
    store.close()


@pytest.mark.parametrize("command", [command.entry.name for command in COMMANDS])
def test_a_service_that_is_gone_breaks_no_command(
    store: Store, known: catalogue.Catalogue, names: Names, command: str
) -> None:
    follow(store, "gone-for-good")
    context = world.context(store, known, names)
    run = next(each.run for each in COMMANDS if each.entry.name == command)
    for typed in ("", "gone-for-good"):
        assert run(Request(command, typed, HERE), context).text
    if command == "subscriptions":
        assert "gone-for-good" in run(Request(command, "", HERE), context).text
    if command == "unsubscribe":
        assert followed(store) == {}


# -- folders of collections


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("Twitter", "x"),
        ("twitter.com", "x"),
        ("X (formerly Twitter)", "x"),
        ("Twitter (now X)", "x"),
        ("TWITTER", "x"),
        ("Linkedin", "linkedin"),
        ("www.linkedin.com", "linkedin"),
        ("https://www.spotify.com/", "spotify"),
        ("Whats App", "whatsapp"),
        ("Mastercard.example", "mastercard-example"),
        ("Something New (formerly Something Old)", "something-new-formerly-something-old"),
        ("Nowhere", "nowhere"),
    ],
)
def test_a_folder_is_recognised_by_a_name_or_domain(
    names: Names, folder: str, service: str
) -> None:
    assert names.of_folder(folder) == service
