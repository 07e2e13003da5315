"""The page that says what the catalogue covers: services, regions, topics, ages and languages.

It is made from the catalogue each time the documentation is built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from babel import Locale

from bot.catalogue import Catalogue
from bot.catalogue.offered import controls_for
from bot.catalogue.schema import Control, Guide
from bot.locales import CATALOGUE
from tools.tables import escaped, table
from tools.texts import complete, read, sentences

#: The regions that have a column.
REGIONS = ("EU", "UK", "CH")
#: The kinds of controls in the order of their columns, with what each is.
KINDS = {
    "setting": "a switch in the account or the app",
    "form": "a form on the web",
    "e-mail": "a message to write",
    "browser signal": "a signal that the browser sends, such as Global Privacy Control",
    "none available": "the catalogue says that there is no way",
}
#: What topics are called here, in the order of their rows.
TOPICS = {
    "ai_training": "AI training",
    "advertising_tracking": "ads and tracking",
    "data_sharing": "data sharing",
    "user_rights": "your rights",
    "visibility": "visibility",
    "data_retention": "retention",
}
#: Up to so many months is one line of the table of ages.
AGES = (3, 6, 12)
#: What nobody has looked at, by who says it.
NEVER_OWN = "never; the recorded terms of the service say it"
NEVER_OTHERS = "never; other sources say it"
#: The last letters of the parts of the long table.
PARTS = ("C", "F", "L", "P", "S", "Z")


def coverage_page(known: Catalogue, today: date, folder: Path = CATALOGUE) -> str:
    """Which services have steps to opt out, where, of which kinds, and how old that is.

    `folder` holds the translations of the how-tos.
    """
    guides = sorted(known.guides.values(), key=lambda guide: guide.service.name.casefold())
    controls = [control for guide in guides for control in guide.controls]
    lines = [
        *_opening(known, guides, controls, today),
        *_by_region(guides),
        *_by_topic(controls),
        *_by_age(controls, today),
        *_by_language(guides, folder),
        *_by_service(guides),
        *_without_steps(known),
    ]
    return "\n".join(lines)


def _opening(
    known: Catalogue, guides: Sequence[Guide], controls: Sequence[Control], today: date
) -> Iterator[str]:
    without = sum(control.kind == "none available" for control in controls)
    yield from (
        "# What it covers",
        "",
        f"You can follow {len(known.services)} services. {len(guides)} of them have a how-to.",
        f"The how-tos have {len(controls)} entries. An entry is one thing that you can do;",
        f"{without} of them say that there is no way to opt out.",
        "",
        "This page is made from the catalogue each time the documentation is built, here on",
        f"{today:%-d %B %Y}. The [guide to how-tos](how-tos.md) says how to add or correct one.",
        "",
    )


def _by_region(guides: Sequence[Guide]) -> Iterator[str]:
    yield from (
        "## By region and kind",
        "",
        "An entry counts in a region if it is offered in any country there. Entries for the EEA",
        "count under EU.",
        "",
    )
    yield from table(
        ("Region", "Services", *KINDS), (_region_row(each, guides) for each in REGIONS)
    )
    yield ""
    yield from (f"- *{kind}*: {meaning}" for kind, meaning in KINDS.items())
    yield ""


def _region_row(region: str, guides: Iterable[Guide]) -> list[str]:
    """A region: the services with an entry there, and how many entries there are of each kind."""
    offered = [_offered(guide, region) for guide in guides]
    services = sum(bool(controls) for controls in offered)
    count = Counter[str](control.kind for controls in offered for control in controls)
    return [region, str(services), *(str(count[kind]) for kind in KINDS)]


def _by_topic(controls: Sequence[Control]) -> Iterator[str]:
    yield from (
        "## By topic",
        "",
        "*On unless you act* counts the entries whose sources say that the service does it by",
        "default.",
        "",
    )
    yield from table(
        ("Topic", "Entries", "On unless you act"),
        (_topic_row(each, controls) for each in TOPICS),
    )
    yield ""


def _topic_row(topic: str, controls: Iterable[Control]) -> list[str]:
    about = [control for control in controls if control.topic == topic]
    return [TOPICS[topic], str(len(about)), str(sum(bool(each.on_by_default) for each in about))]


def _by_age(controls: Sequence[Control], today: date) -> Iterator[str]:
    yield from (
        "## By age",
        "",
        "When somebody last looked at the setting, the form or the address itself.",
        "",
    )
    count = Counter(_age(control, today) for control in controls)
    labels = (*map(_within, AGES), "longer ago", NEVER_OWN, NEVER_OTHERS)
    yield from table(("Last seen", "Entries"), ((label, str(count[label])) for label in labels))
    yield ""


def _age(control: Control, today: date) -> str:
    if not control.verified:
        return NEVER_OWN if control.said_by_its_terms else NEVER_OTHERS
    year, month = map(int, control.verified.split("-"))
    passed = (today.year - year) * 12 + today.month - month
    return next((_within(months) for months in AGES if passed <= months), "longer ago")


def _within(months: int) -> str:
    return f"within {months} months"


def _by_language(guides: Sequence[Guide], folder: Path) -> Iterator[str]:
    yield from (
        "## By language",
        "",
        "How many how-tos are translated as a whole. What is not translated is shown in English.",
        "The labels of menus stay as they stand on the screen.",
        "",
    )
    rows = [("English", str(len(guides)), "0")]
    rows += [_language_row(path, guides) for path in sorted(folder.glob("*.po"))]
    yield from table(("Language", "Whole", "In part"), rows)
    yield ""


def _language_row(path: Path, guides: Iterable[Guide]) -> tuple[str, str, str]:
    """A language: how many how-tos are translated as a whole, and how many in part."""
    done = {text for text, message in read(path).items() if complete(message)}
    whole = part = 0
    for guide in guides:
        texts = {text for _place, text in sentences(guide)}
        whole += texts <= done
        part += not texts <= done and bool(texts & done)
    name = Locale("en").languages[path.stem]
    return str(name), str(whole), str(part)


def _by_service(guides: Sequence[Guide]) -> Iterator[str]:
    yield from (
        "## By service",
        "",
        "How many entries each region has, of which kinds and topics they are, and the month in",
        "which the oldest was last seen. *Never* means that nobody has looked at one of them yet.",
        "",
    )
    head = ("Service", *REGIONS, "Kinds", "Topics", "Oldest")
    for part, members in groupby(guides, lambda guide: _part(guide.service.name)):
        yield from (f"### {part}", "", *table(head, map(_service_row, members)), "")


def _service_row(guide: Guide) -> list[str]:
    """A service: its entries by region, their kinds and topics, the month of the oldest."""
    kinds = [kind for kind in KINDS if any(each.kind == kind for each in guide.controls)]
    about = [
        TOPICS[topic] for topic in TOPICS if any(each.topic == topic for each in guide.controls)
    ]
    oldest = min((control.verified or "" for control in guide.controls), default="")
    counts = [str(len(_offered(guide, region)) or "–") for region in REGIONS]
    name = escaped(guide.service.name)
    return [name, *counts, ", ".join(kinds), ", ".join(about), oldest or "never"]


def _without_steps(known: Catalogue) -> Iterator[str]:
    names = sorted(
        (each.name for each in known.services if each.id not in known.guides), key=str.casefold
    )
    yield from (
        "## Followed without a how-to",
        "",
        "You are told of changes of these services too, but nobody has yet written how to opt out",
        f"of them. There are {len(names)}.",
        "",
    )
    for part, members in groupby(names, _part):
        yield from (f"**{part}**: {', '.join(map(escaped, members))}.", "")


def _part(name: str) -> str:
    """The part of an alphabetical list in which a name stands."""
    letter = name[0].upper()
    if not letter.isascii() or not letter.isalpha():
        return "0 to 9" if letter.isdigit() else "Other letters"
    first = "A"
    for last in PARTS:
        if letter <= last:
            return f"{first} to {last}"
        first = chr(ord(last) + 1)
    raise AssertionError(letter)


def _offered(guide: Guide, region: str) -> list[Control]:
    return controls_for(guide, frozenset({region}))
