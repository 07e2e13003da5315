"""The OpenAPI 3.1 document of `/api/v1`."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot import __version__, locales, regions
from bot.preferences import ROLES
from bot.web.answers import OPEN, Answer
from bot.web.api import (
    JSON,
    ROOT,
    HowtoValue,
    Problem,
    ServicePage,
    ServiceValue,
    StoryPage,
    StoryValue,
)
from bot.web.asked import MOST_PAGES, MOST_TYPED, SERVICE, SEVERITIES
from bot.web.site import Site


def openapi(site: Site) -> Answer:
    """The OpenAPI 3.1 document."""
    return Answer.of(json.dumps(document(site), indent=1), JSON, OPEN)


def document(site: Site) -> dict[str, Any]:
    """The operations and schemas of the API, as OpenAPI 3.1."""
    models = (StoryPage, StoryValue, ServicePage, ServiceValue, HowtoValue, Problem)
    _refs, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    narrowed = ["lang", "for", "service", "audience", "severity", "page"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Smallprint",
            "version": __version__,
            "description": "Changes of terms and privacy policies, and how to opt out. Read only.",
            "license": {"name": "ODC-BY 1.0 and CC BY 4.0"},
        },
        "servers": [{"url": site.base}],
        "paths": {
            f"{ROOT}/stories": _path("stories", "Stories, the latest first", StoryPage, narrowed),
            f"{ROOT}/stories/{{id}}": _path(
                "story", "A story with its passages", StoryValue, ["lang", "for"], _STORY_ID
            ),
            f"{ROOT}/services": _path(
                "services", "Services that can be followed", ServicePage, ["lang", "q", "page"]
            ),
            f"{ROOT}/services/{{id}}": _path(
                "service", "A service", ServiceValue, ["lang"], _SERVICE_ID
            ),
            f"{ROOT}/howtos/{{id}}": _path(
                "howto", "How to opt out of a service", HowtoValue, ["lang", "for"], _SERVICE_ID
            ),
        },
        "components": {"schemas": schemas["$defs"]},
    }


_STORY_ID = {"type": "integer", "minimum": 1, "maximum": 10**15 - 1}
_SERVICE_ID = {"type": "string", "pattern": f"^{SERVICE.pattern}$"}


def _path(
    name: str,
    summary: str,
    answer: type[BaseModel],
    parameters: list[str],
    identity: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One operation; `identity` is the schema of the id in its path."""
    asked = [_parameter(each) for each in parameters]
    if identity is not None:
        asked.insert(0, {"name": "id", "in": "path", "required": True, "schema": identity})
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": asked,
            "responses": {
                "200": _response("The answer", answer),
                "400": _response("A part of the address was not understood", Problem),
                "404": _response("There is none", Problem),
                "503": _response("Too much is asked at the moment", Problem),
            },
        }
    }


def _response(said: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": said, "content": {JSON: {"schema": schema}}}


def _parameter(name: str) -> dict[str, Any]:
    forms: dict[str, tuple[str, dict[str, Any]]] = {
        "lang": ("The language of headlines", {"enum": list(locales.languages())}),
        "for": ("A region", {"enum": _regions()}),
        "service": ("The id of a service", _SERVICE_ID),
        "audience": ("Whom it must be for", {"enum": [role.value for role in ROLES]}),
        "severity": ("How much it must matter at least", {"enum": list(SEVERITIES)}),
        "q": ("A part of a name", {"type": "string", "maxLength": MOST_TYPED}),
        "page": ("Which page", {"type": "integer", "minimum": 1, "maximum": MOST_PAGES}),
    }
    said, schema = forms[name]
    schema = {"type": "string", **schema}
    return {"name": name, "in": "query", "description": said, "schema": schema}


def _regions() -> list[str]:
    """Every code that an address accepts as a region."""
    return sorted({*regions.GROUPS, *regions.all_countries()} - {"GB"})
