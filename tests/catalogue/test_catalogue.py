"""The catalogue: nothing invented, every service found, what can be done in reach of a button."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from aiohttp import web

import handlers
from bot.adapters.telegram.layout import COMMAND_BYTES
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import FOLDER, Catalogue, Control, Guide, export, load
from bot.catalogue.names import Names
from bot.catalogue.offered import FIRST, controls_for
from bot.cli import _links as links
from bot.feeds.fetch import Fetcher
from bot.jobs.upkeep import Upkeep
from bot.model import (
    Address,
    Alert,
    Change,
    Delivery,
    Excerpt,
    OptOut,
    SourceKind,
    Story,
    Subscription,
)
from bot.model import Source as ModelSource
from bot.naming import fold
from bot.platform import Request
from bot.regions import EUROPE, countries
from bot.render.alert import alert
from bot.render.delivery import Words
from bot.render.digest import digest
from bot.render.howto import howto
from bot.render.reader import Reader
from bot.render.reminder import reminder
from bot.store import Store
from handlers import start
from tests.support import world
from tests.support.shared import SHARED, needs_shared
from tests.support.world import CHANGE
from tools.texts import ROOT

FACTS = SHARED / "facts"
HERE = Address("telegram", "1")


@cache
def facts() -> dict[str, dict[str, Any]]:
    """The researched services by id; what stands in two sheets is one."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((FACTS / "howto").glob("*.yaml")):
        for service in yaml.load(path.read_text(), Loader=yaml.CSafeLoader):
            if service["id"] in found:
                found[service["id"]]["controls"] += service["controls"]
            else:
                found[service["id"]] = service
    return found


@needs_shared
def test_every_researched_service_has_a_how_to(known: Catalogue, names: Names) -> None:
    """The sheets and the registry were written apart: other names are found by their addresses."""
    found = {
        service: names.exactly(fact["domains"][0])
        for service, fact in facts().items()
        if service not in known.guides
    }
    assert {service.id for service in found.values() if service} <= set(known.guides), found
    assert len(known.guides) == len(facts()) == 87


@needs_shared
def test_every_address_and_every_menu_label_stands_in_the_facts(known: Catalogue) -> None:
    """Nothing is invented."""
    sheets = "\n".join(path.read_text() for path in sorted((FACTS / "howto").glob("*.yaml")))
    words = fold(yaml_words())
    for guide in known.guides.values():
        sources = [source.url for control in guide.controls for source in control.sources]
        for url in (*sources, *(url for _place, url in guide.links)):
            assert url in sheets, (guide.id, url)
        for control in guide.controls:
            for label in (*control.web, *control.mobile):
                assert fold(label) in words, (guide.id, control.id, label)


@cache
def yaml_words() -> str:
    """All texts of the sheets, run together, so that folded lines do not matter."""
    return " ".join(_strings(facts()))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        yield " ".join(str(each) for each in value)
        for each in value:
            yield from _strings(each)
    elif value is not None:
        yield str(value)


def test_what_can_be_done_fits_a_button_and_is_offered_in_europe(known: Catalogue) -> None:
    for guide in known.guides.values():
        for control in guide.controls:
            assert len(f"checklist {guide.id} {control.id} later".encode()) <= COMMAND_BYTES
            assert any(countries(code) & EUROPE for code in control.regions), (guide.id, control.id)


def test_the_first_control_is_about_ai_where_there_is_one(known: Catalogue) -> None:
    for guide in known.guides.values():
        topics = [control.topic for control in guide.controls]
        if "ai_training" in topics:
            assert topics[0] == "ai_training", guide.id


def test_what_few_sources_report_is_not_said_as_certain(known: Catalogue) -> None:
    def unsure(control: Control) -> bool:
        return control.confidence != "high"

    for guide in known.guides.values():
        for control in filter(unsure, guide.controls):
            reader = Reader(frozenset(), date(2026, 11, 22))
            shown = howto(known.by_id[guide.id], guide, reader, wanted=control.id).text
            assert "; look twice." in shown, (guide.id, control.id)


def test_a_control_is_in_doubt_once_the_text_lost_or_reworded_its_opt_out(known: Catalogue) -> None:
    guide, service = known.guides["linkedin"], known.by_id["linkedin"]
    offer = "You can opt out of this in your settings."
    gone = replace(CHANGE, opt_out=OptOut.REMOVED, recorded=datetime(2026, 9, 2, tzinfo=UTC))

    def shown(change: Change) -> str:
        reader = Reader(frozenset({"EU"}), date(2026, 9, 9))
        return howto(service, guide, reader, stories=[Story(7, change)]).text

    assert "In doubt since 2 September 2026" in shown(gone)
    assert "/story 7" in shown(gone)
    assert "In doubt" not in shown(CHANGE), "it says that one can opt out"
    reworded = replace(
        gone, opt_out=OptOut.AVAILABLE, excerpts=(Excerpt(offer, "You can opt out by letter."),)
    )
    assert "what the text says about opting out has changed" in shown(reworded)
    assert "In doubt" not in shown(replace(reworded, excerpts=(Excerpt("Hello.", "Goodbye."),))), (
        "about no opt-out"
    )
    assert "In doubt" not in shown(replace(gone, recorded=datetime(2026, 7, 1, tzinfo=UTC))), (
        "looked at since"
    )
    assert "In doubt" not in shown(replace(gone, topics=("payments_refunds",))), (
        "about something else"
    )


def test_an_alert_a_reminder_and_the_checklist_say_it_too(
    known: Catalogue, names: Names, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when a later story is told: the text lost its opt-out, and nobody has looked since."""
    when = datetime(2026, 9, 2, tzinfo=UTC)
    store.subscriptions.add(Subscription(HERE, "linkedin", frozenset({"EU"})), when)
    world.tell(
        store,
        replace(CHANGE, opt_out=OptOut.REMOVED, recorded=when),
        replace(world.ITEM, when=when),
        when,
    )
    [story] = store.stories.shaken("linkedin")
    later = Story(9, replace(CHANGE, uid="commit:later", recorded=when))
    told = (later, ("linkedin",), Reader(frozenset({"EU"}), when.date()), known, names)
    for message in (alert(*told, touched=[story]), reminder(*told, touched=[story])):
        assert "In doubt since 2 September 2026" in message.text
    both = [Alert(1, later, ("linkedin",)), Alert(2, replace(later, id=10), ("linkedin",))]
    assert "(in doubt since the text changed)" in digest(both, *told[2:], lambda _: [story]).text
    assert "in doubt" not in digest(both, *told[2:]).text
    assert "In doubt" not in alert(*told).text
    context = handlers.Context(store, known, names, when)
    said = handlers.answer(Request("checklist", "linkedin ai-training", HERE), context)
    assert "In doubt since 2 September 2026" in said.text
    words = Words(known, names, store.stories.shaken)
    [delivery] = store.outbox.claim("telegram", "", when, timedelta(minutes=1), 1)
    assert "In doubt" in words.of(delivery, Telegram("unused"), when).message.text, (
        "the story that says so, too"
    )


def test_what_is_for_oneself_can_be_opened_from_a_group(known: Catalogue) -> None:
    """There a personal button is a link to a private chat, which has to know what it asks for."""
    guide = known.guides["linkedin"]
    said = howto(guide.service, guide, Reader(frozenset({"EU"}), date(2026, 11, 22)))
    verbs = {action.command.split()[0] for action in said.buttons if action.personal}
    assert verbs == {"picture", "letter"}
    assert verbs <= set(start.LINKS)


def test_what_matters_most_comes_first_and_the_longer_way_last(known: Catalogue) -> None:
    [linkedin, threads] = [
        controls_for(known.guides[name], frozenset({"CH"})) for name in ("linkedin", "threads")
    ]
    assert [control.id for control in linkedin] == ["ai-training", "ads", "objection"], (
        "the British one is not offered there"
    )
    chatgpt = controls_for(known.guides["chatgpt"], frozenset({"EU"}))
    assert [control.id for control in chatgpt] == ["ai-training", "portal", "objection"]
    assert threads[0].kind == "form", "where there is no switch, the form is what there is"
    for guide in known.guides.values():
        topics = [
            control.topic
            for control in controls_for(guide, frozenset())
            if control.kind == "setting"
        ]
        assert topics == sorted(topics, key=lambda topic: (*FIRST, topic).index(topic)), guide.id


# -- bad input

GOOD = """
id: linkedin
name: LinkedIn
domains: [linkedin.com]
controls:
  - id: ads
    topic: advertising_tracking
    title: Advertising data
    kind: setting
    regions: [EU]
    link: https://www.linkedin.com/ads
    stops: It stops the ads.
    does_not_stop: It stops nothing else.
    sources: [{url: "https://www.linkedin.com/help"}]
    confidence: high
"""


def loaded(folder: Path, linkedin: str) -> Catalogue:
    """A small catalogue of two services, of which one is as told."""
    (folder / "services").mkdir()
    (folder / "services/linkedin.yaml").write_text(linkedin)
    other = GOOD.replace("linkedin", "tiktok").replace("LinkedIn", "TikTok")
    (folder / "services/tiktok.yaml").write_text(other)
    (folder / "registry.yaml").write_text("- {id: bing, name: Bing, folders: {Bing: [contrib]}}\n")
    (folder / "packs.yaml").write_text("social: [tiktok]\n")
    (folder / "authorities.yaml").write_text("{}\n")
    return load(folder)


def test_a_sound_file_is_taken(tmp_path: Path) -> None:
    known = loaded(tmp_path, GOOD)
    assert known.problems == ()
    assert set(known.guides) == {"linkedin", "tiktok"}


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        (
            "kind: setting",
            "kind: [setting",
            "linkedin.yaml, line 10: did not find expected ',' or ']'",
        ),
        (
            "kind: setting",
            "kind: setting\n    kind: form",
            "linkedin.yaml, line 9: kind stands twice",
        ),
        (
            "kind: setting",
            "kind: switch",
            "linkedin.yaml, line 9: controls.0.kind is 'switch'; it can be 'setting', 'form', ",
        ),
        (
            "confidence: high",
            "confidense: high",
            "linkedin.yaml, line 15: controls.0.confidense is no field that there is",
        ),
        (
            "confidence: high",
            "confidense: high",
            "linkedin.yaml, line 6: controls.0.confidence is missing",
        ),
        (
            "https://www.linkedin.com/ads",
            "http://linkedin.com/ads",
            "line 11: controls.0.link is 'http://linkedin.com/ads', "
            "which is not an address that begins with https://",
        ),
        (
            "https://www.linkedin.com/ads",
            "https://evil.org/ads",
            "linkedin.yaml, line 2: a link leads to evil.org, which is "
            "not among the domains: say under elsewhere why",
        ),
        (
            "regions: [EU]",
            "regions: []",
            "line 6: controls.0 is offered nowhere: name at least one region, or leave the ",
        ),
        (
            "regions: [EU]",
            "regions: [EU, XQ]",
            "line 10: controls.0.regions.1 there is no region 'XQ'; use EU, EEA, UK, CH ",
        ),
        (
            "kind: setting",
            "kind: setting\n    effective: 2026-03-01\n    deadline: 2026-02-01",
            "line 6: controls.0 the deadline, 2026-02-01, is before the effective date, 2026-03-01",
        ),
        (
            "kind: setting",
            "kind: setting\n    effective: soon",
            "line 10: controls.0.effective is no date such as 2026-01-15",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\naliases: [Tik Tok]",
            "tiktok is called 'TikTok', and so is linkedin",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\nfolders: {Bing: [contrib]}",
            "bing is 'Bing' in contrib, and so is linkedin",
        ),
        (
            "id: linkedin",
            "id: linked-in",
            "linkedin.yaml: its id is linked-in; the file must be linked-in.yaml",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\nelsewhere: {a.org: A form.}",
            "elsewhere: no link leads to a.org",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\neveryday: [Link]",
            "line 2: everyday: 'Link' is none of its names",
        ),
        (
            "stops: It",
            "labels: {de: {Werbung: Anzeigen}}\n    stops: It",
            "'Werbung' stands in no path of this control",
        ),
    ],
)
def test_a_broken_file_is_named_by_line_and_field_and_stops_nobody(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    known = loaded(tmp_path, GOOD.replace(good, bad, 1))
    assert any(said in problem for problem in known.problems), known.problems
    assert "tiktok" in known.guides
    assert "bing" in known.by_id


def test_a_broken_list_stops_nobody_either(tmp_path: Path) -> None:
    loaded(tmp_path, GOOD)
    (tmp_path / "registry.yaml").write_text(
        "- {id: bing, name: Bing}\n- {id: Skype, name: Skype}\n- {id: msn, name: MSN}\n"
    )
    (tmp_path / "packs.yaml").write_text("social: [myspace]\n")
    known = load(tmp_path)
    assert set(known.listings) == {"bing", "linkedin", "msn", "tiktok"}
    assert known.problems == (
        (
            "registry.yaml, line 2: id is 'Skype', which is not a short name of small"
            " letters, digits and hyphens"
        ),
        "packs.yaml: social: there is no service 'myspace'",
    )
    assert known.packs == {"social": ()}
    for broken, said in (
        ("- {id: bing, name: [}\n", "line 1"),
        ("bing\n", "is no list"),
        ("", "is empty"),
    ):
        (tmp_path / "registry.yaml").write_text(broken)
        known = load(tmp_path)
        assert set(known.listings) == {"linkedin", "tiktok"}
        assert any(
            problem.startswith("registry.yaml") and said in problem for problem in known.problems
        ), known.problems


def test_where_there_are_no_steps_what_is_known_is_said(
    known: Catalogue, names: Names, store: Store
) -> None:
    source = ModelSource(
        "france",
        SourceKind.COLLECTION,
        "http://127.0.0.1/",
        github="OpenTermsArchive/france-versions",
    )
    context = handlers.Context(
        store, known, names, world.NOW, code="https://example.org/smallprint", sources=(source,)
    )
    said = handlers.answer(Request("howto", "air france", HERE), context)
    links = {span.url for block in said.blocks for line in block.lines for span in line if span.url}
    assert links == {"https://github.com/OpenTermsArchive/france-versions/tree/main/Air%20France"}
    for words in (
        "airfrance.fr",
        "/letter objection air-france",
        "https://example.org/smallprint (CONTRIBUTING-howto.md)",
    ):
        assert words in said.text


def test_what_we_ship_is_sound(known: Catalogue) -> None:
    assert known.problems == ()


def test_editors_are_given_the_form_of_today() -> None:
    assert (FOLDER / "service.schema.json").read_text() == export.written(export.schema()) + "\n", (
        "write it again: ./run smallprint catalogue schema > bot/catalogue/service.schema.json"
    )


# -- found again


def typed_forms(known: Catalogue) -> Iterator[tuple[str, str]]:
    """What people type for a service: its names, a pasted link, a name with a typo."""
    rng = random.Random(2025)
    shared = _shared(known)
    for service in known.services:
        for name in (service.name, *service.nicknames):
            if fold(name) not in shared:
                yield name, service.id
        for domain in service.domains[:1]:
            if domain not in shared and "/" not in domain:
                yield f"https://www.{domain}/legal/privacy-policy", service.id
        if len(fold(service.name)) >= 6 and fold(service.name) not in shared:
            yield _typo(service.name, rng), service.id


def _shared(known: Catalogue) -> set[str]:
    """What two services claim, and names of companies: there is no one right answer."""
    claims: dict[str, set[str]] = {}
    for service in known.services:
        for name in (service.name, *service.nicknames):
            claims.setdefault(fold(name), set()).add(service.id)
        for domain in service.domains:
            claims.setdefault(domain, set()).add(service.id)
    owners = [fold(service.owner) for service in known.services if service.owner]
    return {name for name, ids in claims.items() if len(ids) > 1} | {
        owner for owner in owners if owners.count(owner) > 1
    }


def _typo(name: str, rng: random.Random) -> str:
    """One letter left out, doubled, swapped with the next, or another one."""
    place = rng.randrange(1, len(name) - 1)
    match rng.choice("odsx"):
        case "o":
            return name[:place] + name[place + 1 :]
        case "d":
            return name[:place] + name[place] + name[place:]
        case "s":
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        case _other:
            return name[:place] + rng.choice("aeiorstnl") + name[place + 1 :]


def test_what_people_type_finds_the_service(known: Catalogue, names: Names) -> None:
    cases = list(typed_forms(known))
    assert len(cases) >= 400
    first = wrong = 0
    for typed, wanted in cases:
        found = names.find(typed)
        best = found.service or next(iter(found.nearest), None)
        first += best is not None and best.id == wanted
        wrong += found.service is not None and found.service.id != wanted
    assert first / len(cases) >= 0.98, f"{first} of {len(cases)}"
    assert wrong == 0, "where it is not sure it asks"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("领英", "linkedin"),
        ("Twitter", "x"),
        ("https://www.linkedin.com/legal/privacy-policy", "linkedin"),
        ("chat gpt", "chatgpt"),
    ],
)
def test_other_scripts_former_names_and_links(names: Names, typed: str, found: str) -> None:
    service = names.find(typed).service
    assert service
    assert service.id == found


def test_a_company_offers_its_services(names: Names) -> None:
    assert {service.id for service in names.find("meta").nearest} == {
        "facebook",
        "instagram",
        "whatsapp",
        "threads",
        "meta-ai",
    }
    assert names.find("google").service is not None, "a service of that very name goes first"


def test_the_export_is_whole_and_names_licence_and_sources(known: Catalogue) -> None:
    found = export.document(known)
    assert found["licence"] == "CC-BY-4.0"
    assert len(found["services"]) == len(known.services)
    guides = [service for service in found["services"] if "controls" in service]
    assert len(guides) == len(known.guides)
    assert all(control["sources"] for guide in guides for control in guide["controls"])
    assert {guide["id"] for guide in guides} == set(known.guides)
    validator = jsonschema.Draft202012Validator(export.schema())
    for guide in guides:
        validator.validate(guide)


def test_the_template_for_contributors_is_a_how_to() -> None:
    template = re.search(r"(?s)```yaml\n(.*?)```", (ROOT / "CONTRIBUTING-howto.md").read_text())
    assert template
    assert Guide.model_validate(yaml.load(template[1], Loader=yaml.CSafeLoader)).id == "example"


# -- kept true


async def test_links_that_are_gone_or_moved_are_named(served: Any) -> None:
    async def page(request: web.Request) -> web.Response:
        match request.path:
            case "/moved":
                raise web.HTTPMovedPermanently("/fine")
            case "/login":
                raise web.HTTPForbidden
            case "/gone":
                raise web.HTTPNotFound
            case "/broken":
                raise web.HTTPInternalServerError
        return web.Response(text="fine")

    app = web.Application()
    app.router.add_get("/{name}", page)
    base = (await served(app)).rstrip("/")
    async with Fetcher("test", allow_private=True) as fetcher:
        fates = {
            name: (await links.follow(f"{base}/{name}", ("x",), fetcher)).state
            for name in ("fine", "moved", "login", "gone", "broken")
        }
    fate = links.LinkState
    assert fates == {
        "fine": fate.FINE,
        "moved": fate.MOVED,
        "login": fate.CLOSED,
        "gone": fate.GONE,
        "broken": fate.UNREACHED,
    }


def test_the_report_names_what_needs_a_person(known: Catalogue) -> None:
    fate = links.LinkState
    found = [
        links.Followed("https://a.org", ("x: ads",), fate.FINE),
        links.Followed("https://b.org", ("y: ads", "z: policy"), fate.GONE),
    ]
    old = known.stale(date(2026, 11, 22))
    said = list(links.report(found, old))
    assert said[0] == "gone: https://b.org (y: ads, z: policy)"
    assert said[-1] == (
        "1 fine, 0 asks for a login or a browser, 0 moved, 1 gone, 0 cannot be"
        f" reached; {len(old)} to look at again"
    )
    months = [control.verified or "" for _service, control in old]
    assert months == sorted(months), "the oldest first"


@needs_shared
def test_everything_that_is_tracked_can_be_followed(names: Names) -> None:
    with (FACTS / "registry/services.csv").open(newline="") as file:
        missing = [
            row["ota_name"]
            for row in csv.DictReader(file)
            if names.get(names.of_folder(row["ota_name"])) is None
        ]
    assert missing == []


# -- the operator's reminder

OPERATOR = Address("telegram", "77")


def queued(store: Store, now: datetime) -> list[Delivery]:
    return store.outbox.claim("telegram", "", now, timedelta(minutes=1), 9)


async def test_the_operator_is_told_once_a_month_what_to_look_at(
    both: Store, known: Catalogue, names: Names
) -> None:
    """In that one chat, as of the day on which it is sent."""
    now = datetime(2026, 11, 1, 8, tzinfo=UTC)
    both.subscriptions.add(Subscription(HERE, "linkedin", frozenset({"EU"})), now)
    upkeep = Upkeep(both, known, OPERATOR, lambda: now)
    for _look in range(3):
        await upkeep.remind_due()
    [delivery] = queued(both, now)
    assert delivery.address == OPERATOR
    said = Words(known, names).of(delivery, Telegram("unused"), now).message
    old = known.stale(now.date())
    assert f"{len(old)} opt-outs were last looked at more than 180 days ago" in said.text
    assert f"{old[0][0].name}: {old[0][1].title}" in said.text
    both.outbox.sent([(delivery, "1")], "", now)
    now += timedelta(days=31)
    await upkeep.remind_due()
    assert len(queued(both, now)) == 1, "and again in the next month"


async def test_the_reminder_comes_with_the_news_where_they_come_together(
    store: Store, known: Catalogue, names: Names
) -> None:
    now = world.NOW
    store.subscriptions.add(Subscription(OPERATOR, "linkedin", frozenset({"EU"})), now)
    for number in range(4):
        uid = f"commit:{number}"
        world.tell(store, replace(CHANGE, uid=uid), replace(world.ITEM, uid=uid), now)
    await Upkeep(store, known, OPERATOR, lambda: datetime(2026, 11, 1, tzinfo=UTC)).remind_due()
    [delivery] = queued(store, datetime(2026, 11, 1, tzinfo=UTC))
    said = (
        Words(known, names)
        .of(delivery, Telegram("unused"), datetime(2026, 11, 1, tzinfo=UTC))
        .message
    )
    assert "How-tos to look at again" in said.text
    assert "LinkedIn" in said.text
    assert "/unsubscribe" in said.text


async def test_where_all_was_looked_at_nothing_is_said(store: Store, tmp_path: Path) -> None:
    fresh = loaded(
        tmp_path, GOOD.replace("confidence: high", "confidence: high\n    verified: 2026-10")
    )
    only = Catalogue({"linkedin": fresh.guides["linkedin"]})
    now = datetime(2026, 11, 1, tzinfo=UTC)
    await Upkeep(store, only, OPERATOR, lambda: now).remind_due()
    assert queued(store, now) == []
