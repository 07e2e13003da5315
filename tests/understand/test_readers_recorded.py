"""The readers of the newest recorded text of every document, in six collections.

Which are for people elsewhere was read by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.understand.memory import Edition
from bot.understand.readers import readers_of
from bot.verdicts import Readers
from lab.replay.archive import GitArchive, Version
from tests.support.shared import bare, needs_shared

PRIVACY = "Privacy Policy"
TERMS = "Terms of Service"
#: By the collection, the documents that bind nobody in the EU, as they say themselves.
ELSEWHERE = {
    "vlopses-ie": {
        ("Facebook", PRIVACY),
        ("Instagram", PRIVACY),
        ("Instagram", TERMS),
        ("WhatsApp", TERMS),
    },
    "vlopses-us": {
        ("Facebook", PRIVACY),
        ("Facebook", TERMS),
        ("Google Maps", TERMS),
        ("Instagram", PRIVACY),
        ("Instagram", TERMS),
        ("Temu", PRIVACY),
        ("WhatsApp", TERMS),
    },
    "pga": set[tuple[str, str]](),
    "genai-eu": set[tuple[str, str]](),
    "genai-contrib": set[tuple[str, str]](),
    "france": set[tuple[str, str]](),
}
#: Some whose title, beginning or pointer to another text says that they are for Europe.
FOR_EUROPE = {
    "vlopses-ie": {("TikTok", PRIVACY), ("TikTok", TERMS), ("Google Maps", TERMS)},
    "pga": {("LinkedIn", PRIVACY), ("TikTok", TERMS), ("WhatsApp", TERMS), ("WhatsApp", PRIVACY)},
    "genai-eu": {("ChatGPT", PRIVACY), ("ChatGPT", TERMS), ("Le Chat", TERMS), ("Meta AI", TERMS)},
}


@needs_shared
@pytest.mark.parametrize("collection", sorted(ELSEWHERE))
def test_nobody_in_europe_is_shut_out_of_a_recorded_text(
    collection: str, known: Catalogue, tmp_path: Path
) -> None:
    archive = GitArchive(bare(collection, tmp_path))
    newest = {(each.service, each.terms_type): each for each in archive.versions}
    found = {name: _readers(archive, version, known) for name, version in newest.items()}
    elsewhere = {name for name, readers in found.items() if readers is Readers.ELSEWHERE}
    assert elsewhere == ELSEWHERE[collection]
    for name in FOR_EUROPE.get(collection, ()):
        assert found[name] is Readers.EUROPE, name


def _readers(archive: GitArchive, version: Version, known: Catalogue) -> Readers:
    """By the text and who answers to people in Europe, without what was noted by hand."""
    service = known.names.of_folder(version.service)
    controllers: list[str] = []
    for law in ("EU", "UK", "CH"):
        if found := known.facts.controller(service, law):
            controllers += found.names
    edition = Edition(controllers=tuple(controllers))
    return readers_of(archive.text(version), version.terms_type, edition)
