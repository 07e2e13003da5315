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
from tools.coverage import coverage_page
from tools.settings_page import settings_page

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
