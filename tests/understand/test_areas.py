"""The area of a change, by its places, section and edition."""

from __future__ import annotations

import pytest

from bot import regions
from bot.catalogue.names import Names
from bot.render import labels
from bot.understand import (
    Edition,
)
from tests.understand.policy import IRELAND, OLD, judged

AREAS = [
    (
        "For members in the EU, EEA, UK, or Switzerland we do this new thing with data.",
        ["EU", "EEA", "UK", "Switzerland"],
    ),
    (
        "Residents of the United States and Canada get this new thing and have to pay.",
        ["Canada", "United States"],
    ),
    (
        "If you are outside the EEA, Switzerland and the UK, we do this new thing.",
        ["everywhere but: EU, EEA, UK, Switzerland"],
    ),
    (
        "Our new registered office is at 1 Harbour Street, Dublin 2, D02, Ireland, as of today.",
        None,
    ),
    ("LinkedIn Ireland Unlimited Company does this new thing with all of your data.", None),
    ("We follow the EU-U.S. Data Privacy Framework in this new thing that we do.", None),
    ("We do this new thing with all of the data that you have given us so far.", None),
]


@pytest.mark.parametrize(("sentence", "area"), AREAS)
def test_area(sentence: str, area: list[str] | None, names: Names) -> None:
    change = judged(OLD, f"{OLD}\n{sentence}\n", names)
    assert (labels.labels(change.area) if change.area else None) == area


def test_area_from_the_section_and_from_a_definition(names: Names) -> None:
    new = "We train our models on everything that you have ever posted here."
    section = judged(OLD, f"{OLD}\nEuropean Regional Privacy Notice\n-----\n\n{new}\n", names)
    assert section.area == regions.EUROPE
    term = (
        "We use the term “Designated Countries” to refer to countries in the European Union (EU) "
        "and Switzerland."
    )
    defined = judged(
        f"{OLD}\n{term}",
        f"{OLD}\n{term}\n\nIn the Designated Countries we train our models on what you posted.",
        names,
    )
    assert defined.area == regions.EU | {"CH"}


def test_an_edition_outside_europe_is_for_there(names: Names) -> None:
    american = Edition(frozenset({"US"}))
    new = f"{OLD}\nWe do this new thing with all of the data that you have given us.\n"
    assert judged(OLD, new, names, edition=american).area == frozenset({"US"})
    assert judged(OLD, new, names, edition=IRELAND).area is None, (
        "an Irish edition is a hint, not a proof"
    )
