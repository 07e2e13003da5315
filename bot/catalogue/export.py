"""The catalogue as open data: one JSON document, with its licence and its sources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from bot import __version__
from bot.catalogue import Catalogue
from bot.catalogue.schema import Guide

LICENCE = "CC-BY-4.0"
ATTRIBUTION = (
    "Smallprint, with changes and facts recorded by the contributors of Open Terms Archive"
    " (ODC-BY 1.0), among them the Platform Governance Archive"
)


def document(known: Catalogue) -> dict[str, Any]:
    """Every service with its how-to, if it has one, and all controllers and document addresses.

    Every control names its sources, its confidence and the month in which it was verified. Every
    controller names the text it was taken from, and every document says how its address was found.
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
        "controllers": _rows(known.facts.controllers),
        "documents": _rows(known.facts.documents),
    }


def _rows(facts: Iterable[BaseModel]) -> list[dict[str, Any]]:
    """Facts without their empty fields."""
    found = []
    for fact in facts:
        values = fact.model_dump(mode="json")
        found.append({name: value for name, value in values.items() if value})
    return found


def schema() -> dict[str, Any]:
    """The JSON Schema of a service's file, for editors."""
    return Guide.model_json_schema()


def written(value: dict[str, Any]) -> str:
    """A document as JSON text, indented by one space."""
    return json.dumps(value, indent=1, ensure_ascii=False)
