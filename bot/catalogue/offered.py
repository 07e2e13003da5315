"""The controls that are offered in a region, in order of importance."""

from __future__ import annotations

from collections.abc import Iterable

from bot.catalogue import Catalogue
from bot.catalogue.schema import Control, Guide
from bot.model import Story
from bot.regions import area_of
from bot.verdicts import Area

#: The most important topics, in this order.
FIRST = ("ai_training", "advertising_tracking", "data_sharing")


def controls_for(guide: Guide, regions: frozenset[str]) -> list[Control]:
    """The controls offered in any of the regions, the most important first.

    Without regions, all controls.
    """
    where = area_of(regions)
    offered = [control for control in guide.controls if _is_offered(control, where)]
    switched: set[str] = {control.topic for control in offered if control.kind == "setting"}
    return sorted(offered, key=lambda control: _rank(control, switched))


def usable(guide: Guide | None, regions: frozenset[str]) -> list[Control]:
    """The controls that let a person do something in those regions; empty without a how-to."""
    if guide is None:
        return []
    offered = controls_for(guide, regions)
    return [control for control in offered if control.kind != "none available"]


def open_controls(guide: Guide | None, regions: frozenset[str]) -> list[Control]:
    """The usable controls of settings that are on by default."""
    return [control for control in usable(guide, regions) if control.on_by_default]


def control_for(
    story: Story, service: str, regions: frozenset[str], known: Catalogue
) -> Control | None:
    """The first usable control of a service about the topics of a story, or None."""
    topics = [topic for part in story.parts for topic in part.topics]
    return control_about(topics, service, regions, known)


def control_about(
    topics: Iterable[str],
    service: str,
    regions: frozenset[str],
    known: Catalogue,
    area: Area = None,
) -> Control | None:
    """The first usable control of a service about one of the topics, in their order; or None.

    A control only for `area`, where something changed, goes before the others.
    """
    offered = usable(known.guide(service), regions)
    if area is not None:
        offered.sort(key=lambda control: not area_of(control.regions) <= area)
    for topic in topics:
        for control in offered:
            if control.topic == topic:
                return control
    return None


def _is_offered(control: Control, where: frozenset[str]) -> bool:
    """Whether a control is offered in any of the countries, or no countries are given."""
    if not where:
        return True
    return bool(area_of(control.regions) & where)


def _rank(control: Control, switched: set[str]) -> tuple[bool, int]:
    """The sort key of a control. `switched` are the topics that have a switch."""
    place = len(FIRST)
    if control.topic in FIRST:
        place = FIRST.index(control.topic)
    if control.kind not in ("form", "e-mail"):
        return False, place
    # A form to object is the longer way if the same topic has a switch: it covers what the switch
    # does not reach. So is a form for any less important topic.
    longer = control.topic in switched or control.topic not in FIRST
    return longer, place
