"""The catalogue as open data: one JSON document, with its licence and its sources."""

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
    """Every service, with its how-to where there is one.

    Every control names its sources, its confidence and the month in which it was verified.
    """
    services = [
        listing.model_dump(mode="json", exclude_defaults=True)
        for listing in known.listings.values()
    ]
    return {
        "version": __version__,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "services": services,
    }


def schema() -> dict[str, Any]:
    """The JSON Schema of a service's file, for editors."""
    return Guide.model_json_schema()


def written(value: dict[str, Any]) -> str:
    """A document as JSON text."""
    return json.dumps(value, indent=1, ensure_ascii=False)
