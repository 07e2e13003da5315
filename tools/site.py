"""The pages of the documentation that are made when it is built: settings and coverage.

ProperDocs calls `on_files` (`properdocs.yml` names this file).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

# ProperDocs loads a hook as a file, from wherever it is called.
sys.path.insert(0, str(Path(__file__).parents[1]))

from bot import catalogue
from bot.adapters.registry import PLATFORMS
from bot.catalogue import Catalogue
from bot.catalogue.offered import controls_for
from bot.catalogue.schema import Control, Guide
from bot.settings import names_of

if TYPE_CHECKING:
    from properdocs.config.defaults import ProperDocsConfig
    from properdocs.structure.files import Files

#: The regions that have a column.
REGIONS = ("EU", "UK", "CH")
#: The kinds of controls, in the order of their columns.
KINDS = ("setting", "form", "e-mail", "browser signal", "none available")
#: Up to so many months is one line of the table of ages.
AGES = (3, 6, 12)


def on_files(files: Files, config: ProperDocsConfig) -> Files:
    """Add the pages that are made."""
    from properdocs.structure.files import File

    today = datetime.now(UTC).date()  # noqa: TID251 - a page that is built has a day
    made = {
        "operators/settings.md": settings_page(),
        "coverage.md": coverage_page(catalogue.load(), today),
    }
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def settings_page() -> str:
    """Every setting with its meaning, as the code has it."""
    rows = ((f"`{name}`", meaning) for name, meaning in names_of(PLATFORMS).items())
    return "\n".join(
        [
            "# Settings",
            "",
            "Settings are read from the environment and from a file `.env`, in which the",
            "environment wins. `.env.example` has all of them with their defaults; a variable that",
            "is empty counts as not set. `./run smallprint check` says what is wrong.",
            "",
            *table(("Setting", "What it means"), rows),
        ]
    )


def coverage_page(known: Catalogue, today: date) -> str:
    """Which services have steps to opt out, where, of which kinds, and how old that is."""
    guides = sorted(known.guides.values(), key=lambda guide: guide.service.name.casefold())
    controls = [control for guide in guides for control in guide.controls]
    others = sorted(
        (each.name for each in known.services if each.id not in known.guides), key=str.casefold
    )
    return "\n".join(
        [
            "# What it covers",
            "",
            f"{len(known.services)} services can be followed. For {len(guides)} of them there are",
            f"steps to opt out: {len(controls)} things to do. This page is made from the catalogue",
            f"each time the documentation is built, here on {today:%-d %B %Y}.",
            "",
            "## By region and kind",
            "",
            "What is offered in the whole EEA counts under EU.",
            "",
            *table(("Region", *KINDS), (_kinds_of(region, guides) for region in REGIONS)),
            "",
            "## By age",
            "",
            "How long ago somebody last looked. *Never* is what only the service's own terms say.",
            "",
            *table(("Last seen", "Things to do"), _ages(controls, today)),
            "",
            "## By service",
            "",
            "How many things can be done in each region, and the month in which the oldest of them",
            "was last seen.",
            "",
            *table(
                ("Service", *REGIONS, "Kinds", "Oldest"), (_service_row(guide) for guide in guides)
            ),
            "",
            "## Followed without steps",
            "",
            "Changes of these are told too. Nobody has written yet how to opt out of them.",
            "",
            ", ".join(map(_escaped, others)) + ".",
            "",
        ]
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _kinds_of(region: str, guides: Iterable[Guide]) -> list[str]:
    """How many controls of each kind are offered in a region."""
    count: Counter[str] = Counter(each.kind for guide in guides for each in _offered(guide, region))
    return [region, *(str(count[kind]) for kind in KINDS)]


def _ages(controls: Iterable[Control], today: date) -> list[tuple[str, str]]:
    """How many controls were seen how long ago."""
    count = Counter(_age(control, today) for control in controls)
    labels = [f"within {months} months" for months in AGES]
    return [(label, str(count[label])) for label in (*labels, "longer ago", "never")]


def _age(control: Control, today: date) -> str:
    if not control.verified:
        return "never"
    year, month = map(int, control.verified.split("-"))
    passed = (today.year - year) * 12 + today.month - month
    for months in AGES:
        if passed <= months:
            return f"within {months} months"
    return "longer ago"


def _service_row(guide: Guide) -> list[str]:
    """A service: its controls by region, their kinds, and the month of the oldest."""
    kinds = [kind for kind in KINDS if any(each.kind == kind for each in guide.controls)]
    oldest = min(control.verified or "" for control in guide.controls) if guide.controls else ""
    counts = [str(len(_offered(guide, region)) or "") for region in REGIONS]
    return [_escaped(guide.service.name), *counts, ", ".join(kinds), oldest or "never"]


def _offered(guide: Guide, region: str) -> list[Control]:
    return controls_for(guide, frozenset({region}))


def _escaped(name: str) -> str:
    """A name as Markdown shows it."""
    return name.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
