"""The catalogue as open data: one JSON document, with its licence and the sources of every statement."""

from __future__ import annotations

import json
from typing import Any

from bot import __version__
from bot.catalogue import Catalogue
from bot.catalogue.schema import Guide

LICENCE = "CC-BY-4.0"
ATTRIBUTION = (
    "Smallprint, with changes recorded by the contributors of Open Terms Archive (ODC-BY 1.0)"
)


def document(known: Catalogue) -> dict[str, Any]:
    """Every service, with its how-to where there is one; every control names its sources, confidence and month."""
    return {
        "version": __version__, "licence": LICENCE, "attribution": ATTRIBUTION,
        "services": [listing.model_dump(mode="json", exclude_defaults=True) for listing in known.listings.values()],
    }  # fmt: skip


def schema() -> dict[str, Any]:
    """The JSON Schema of a service's file, for editors."""
    return Guide.model_json_schema()


def written(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)
