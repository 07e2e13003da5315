"""The pages of the documentation that are made when it is built: settings and coverage.

ProperDocs calls `on_files` (`properdocs.yml` names this file).
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

# ProperDocs loads a hook as a file, from wherever it is called.
sys.path.insert(0, str(Path(__file__).parents[1]))

from bot import catalogue
from bot.adapters.registry import PLATFORMS
from bot.settings import names_of
from tools.coverage import coverage_page
from tools.tables import table

if TYPE_CHECKING:
    from properdocs.config.defaults import ProperDocsConfig
    from properdocs.structure.files import Files


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
