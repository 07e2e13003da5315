"""The catalogue: sourced, and actionable by a button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml

import handlers
from bot.adapters.telegram.layout import COMMAND_BYTES
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import FOLDER, Catalogue, Control, Guide, Pointer, export
from bot.catalogue.names import Names
from bot.catalogue.offered import FIRST, controls_for
from bot.deliveries import Alert
from bot.model import Address, Change, SourceKind, Story, Subscription
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
from bot.verdicts import Excerpt, OptOut
from handlers import start
from tests.catalogue import recorded
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
    tried = {service.id for service in found.values() if service} | set(facts())
    assert len(facts()) == 87
    others = set(known.guides) - tried - set(recorded.ways_out())
    researched = {
        (control.title, control.link, control.web)
        for service in tried & set(known.guides)
        for control in known.guides[service].controls
    }
    for service in others:  # nor are they from its own terms, so they are those of its account
        for control in known.guides[service].controls:
            assert (control.title, control.link, control.web) in researched, (service, control.id)


@needs_shared
def test_every_address_and_every_menu_label_stands_in_the_facts(known: Catalogue) -> None:
    """Nothing is invented.

    A label that was read from recorded terms stands in those of that very service.
    """
    sheets = "\n".join(path.read_text() for path in sorted((FACTS / "howto").glob("*.yaml")))
    words = fold(yaml_words())
    for guide in known.guides.values():
        for address in _addresses(guide):
            assert address in sheets or address in recorded.addresses(), (guide.id, address)
        own = fold(recorded.ways_out().get(guide.id, ""))
        for control in guide.controls:
            for label in (*control.web, *control.mobile):
                assert fold(label) in words or fold(label) in own, (guide.id, control.id, label)


def _addresses(guide: Guide) -> Iterator[str]:
    """What a reader may open or write to, and where it was found."""
    yield from (url for _place, url in guide.links)
    pointers = [guide.contact, guide.delete_account, guide.export_data]
    mailed: list[Control | Pointer | None] = [*guide.controls, *pointers]
    yield from (each.email for each in mailed if each and each.email)
    yield from (source.url for control in guide.controls for source in control.sources)


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


def test_what_the_set_up_names_has_a_way_out(known: Catalogue) -> None:
    """The services of the starter packs, and those that its example names."""
    example = ("gmail", "whatsapp", "linkedin")
    for service_id in {*example, *(each for pack in known.packs.values() for each in pack)}:
        guide = known.guide(service_id)
        assert guide is not None, service_id
        kinds = {control.kind for control in guide.controls}
        assert kinds - {"none available"}, service_id


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
            said = "; look twice."
            if control.said_by_its_terms:
                said = "; nobody has tried it."
            assert said in shown, (guide.id, control.id)


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
    assert verbs == {"picture", "letter", "suggest"}
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
    said = handlers.answer(Request("howto", "air corsica", HERE), context)
    links = {span.url for block in said.blocks for line in block.lines for span in line if span.url}
    assert links == {
        "https://github.com/OpenTermsArchive/france-versions/tree/main/Air%20Corsica",
        "https://www.aircorsica.com/politique-de-confidentialite.html",
    }
    for words in (
        "aircorsica.com",
        "/letter objection air-corsica",
        "https://example.org/smallprint (docs/how-tos.md)",
    ):
        assert words in said.text


def test_what_we_ship_is_sound(known: Catalogue) -> None:
    assert known.problems == ()


def test_editors_are_given_the_form_of_today() -> None:
    assert (FOLDER / "service.schema.json").read_text() == export.written(export.schema()) + "\n", (
        "write it again: ./run smallprint catalogue schema > bot/catalogue/service.schema.json"
    )


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
    template = re.search(r"(?s)```yaml\n(.*?)```", (ROOT / "docs/how-tos.md").read_text())
    assert template
    assert Guide.model_validate(yaml.load(template[1], Loader=yaml.CSafeLoader)).id == "example"
