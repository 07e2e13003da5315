"""Alerts do not contradict themselves, on every labelled change that matters.

Of fifty of them the words stay as somebody read them aloud: files in `alerts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.catalogue import Catalogue, load
from bot.message import KEEP, Block, Message
from bot.model import Change, Story
from bot.naming import within
from bot.regions import area_of
from bot.render.alert import alert
from bot.render.excerpts import for_reader
from bot.render.opt_out import is_for_users
from bot.render.reader import Reader
from bot.verdicts import OptOut
from lab.eval.labelled import changes, labelled
from lab.replay.archive import GitArchive
from tests.render import drawn
from tests.support.shared import bare, needs_shared

#: Characters of an alert, with the note that counts its passages.
SCREEN = 900
NOTE_CHARACTERS = 80
REGIONS = ("UK", "CH", "DE")
MATERIAL = [label for label in labelled() if label["verdict"] == "material"]
DRAWN = drawn.drawn()
#: Earlier versions that are read before a change; none depends on what was held before them.
HISTORY = 4
#: A collection is replayed in so many parts, each with documents of its own.
AT_ONCE = 3
PARTS = sorted({drawn.part_of(label, AT_ONCE) for label in MATERIAL})
#: The collections from which the fifty are.
COLLECTIONS = sorted({label["collection"] for label in DRAWN})

pytestmark = [needs_shared, pytest.mark.slow]


@pytest.mark.parametrize(("collection", "part"), PARTS, ids=str)
def test_every_alert(collection: str, part: int, tmp_path: Path) -> None:
    known = load()
    archive = GitArchive(bare(collection, tmp_path))
    wanted = [label for label in MATERIAL if drawn.part_of(label, AT_ONCE) == (collection, part)]
    seen = 0
    for _label, change in changes(archive, wanted, HISTORY):
        for region in REGIONS:
            _look(change, region, known)
        seen += 1
    assert seen == len(wanted)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_words_of_fifty_alerts_stay(collection: str, tmp_path: Path) -> None:
    known = load()
    wanted = [label for label in DRAWN if label["collection"] == collection]
    for label, change in changes(GitArchive(bare(collection, tmp_path)), wanted):
        drawn.stays(label, change, known)


def _look(change: Change, region: str, known: Catalogue) -> None:
    regions = frozenset({region})
    reader = Reader(regions, change.recorded.date())
    said = alert(Story(1, change), change.services, reader, known, known.names)
    loose = [block for block in said.blocks if block.weight < KEEP and len(block) > NOTE_CHARACTERS]
    assert len(said.text) <= SCREEN or not loose, "it fits a phone, or nothing is left to leave out"
    _is_no_contradiction(said, change)
    _is_shown(said, change, regions)
    _leads_to_its_own_service(said, change, known)


def _is_no_contradiction(said: Message, change: Change) -> None:
    """It says that there is a way out and shows it, or that there is none."""
    [block] = [block for block in said.blocks if "How to opt out:" in _line_of(block)]
    told = said.text[said.text.index(_line_of(block)) :].partition("To stop hearing")[0]
    shows = bool(list(_links(said))) and "Open " in told
    shows = shows or "›" in told or "In the app:" in told or "On the web:" in told
    shows = shows or "Write to" in told or "“" in told or "the text itself links" in told
    denies = "no way is known" in told or "speaks of a choice" in told
    assert shows != denies or "/howto" in told, told
    if change.opt_out is OptOut.AVAILABLE and is_for_users(change):
        assert "no way is known" not in told


def _line_of(block: Block) -> str:
    return "".join(span.text for span in block.lines[0]) if block.lines else ""


def _is_shown(said: Message, change: Change, regions: frozenset[str]) -> None:
    """What the headline speaks of stands in a passage that is shown, of the reader's own first."""
    quotes = [block for block in said.blocks if block.kind == "quote"]
    shown = for_reader(change, regions)
    assert bool(quotes) == bool(shown)
    if not shown or shown[0].statement is None:
        return
    passage = " ".join(f"{shown[0].before} {shown[0].after}".split())
    for value in shown[0].statement.values:
        assert " ".join(value.strip("… ").split()) in passage, value
    mine = [each for each in shown if each.area and each.area <= area_of(regions)]
    assert not mine or shown[0] in mine


def _leads_to_its_own_service(said: Message, change: Change, known: Catalogue) -> None:
    """Links belong to the service, and what is for others is no opt-out of private people."""
    listing = known.listings.get(change.services[0])
    if listing is None:
        return
    for url in _links(said):
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        is_known = within(host, listing.domains) or _is_in_the_catalogue(url, change, known)
        assert is_known or url in {link.url for link in change.links}, url
    if not is_for_users(change):
        assert "Set it to" not in said.text


def _is_in_the_catalogue(url: str, change: Change, known: Catalogue) -> bool:
    """Whether a control or a document of the service has the address."""
    service = change.services[0]
    guide = known.guide(service)
    if guide and any(control.link == url for control in guide.controls):
        return True
    if url in known.listings[service].policies.values():
        return True
    found = known.facts.document(service, change.terms_type, change.collection, frozenset())
    everywhere = [
        known.facts.document(service, change.terms_type, change.collection, frozenset({r}))
        for r in REGIONS
    ]
    return any(each is not None and each.url == url for each in (found, *everywhere))


def _links(said: Message) -> Iterator[str]:
    for block in said.blocks:
        for line in block.lines:
            yield from (span.url for span in line if span.url)
