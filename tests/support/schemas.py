"""Fast validators from Discord's OpenAPI document.

The document says "one of these twenty" of each part of a message and "one of these numbers, each
with its name" of each type. Read as it stands, every part is tried against all of them, which was
three quarters of the time of the tests. Both are read here so that the verdict stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator

from tests.support.shared import SPECS

DOCUMENT = SPECS / "discord-openapi.json"


@cache
def validator(schema: str) -> Draft202012Validator | None:
    """A validator of one schema of the document; None where the shared data is not here."""
    if not DOCUMENT.exists():
        return None
    components = _components()
    reference = f"#/components/schemas/{schema}"
    made: Draft202012Validator = _Discriminating({"$ref": reference, "components": components})
    return made


@cache
def _components() -> dict[str, Any]:
    document = json.loads(DOCUMENT.read_text())
    components: dict[str, Any] = _with_enums(document["components"])
    return components


def _with_enums(schema: Any) -> Any:
    """The schema in which a choice of constants is an enumeration."""
    if isinstance(schema, list):
        return [_with_enums(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _with_enums(value) for key, value in schema.items()}
    choice = made.get("oneOf")
    if isinstance(choice, list) and all("const" in each for each in choice):
        del made["oneOf"]
        made["enum"] = [each["const"] for each in choice]
    return made


def _one_of(
    validator: Draft202012Validator, choice: list[Any], instance: Any, schema: Any
) -> Iterator[jsonschema.ValidationError]:
    """`oneOf`, without the branches whose `type` is another than the instance's."""
    possible = [branch for branch in choice if _may_be(branch, instance)]
    yield from Draft202012Validator.VALIDATORS["oneOf"](validator, possible, instance, schema)


def _may_be(branch: dict[str, Any], instance: Any) -> bool:
    """False only where the branch surely refuses the instance."""
    if not isinstance(instance, dict) or "$ref" not in branch or "type" not in instance:
        return True
    types = _types(branch["$ref"])
    return types is None or instance["type"] in types


@cache
def _types(reference: str) -> tuple[Any, ...] | None:
    """The values of `type` that a schema takes; None where it does not say."""
    schema = _components()["schemas"][reference.rpartition("/")[2]]
    found = schema.get("properties", {}).get("type", {}).get("enum")
    return tuple(found) if found else None


_Discriminating: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"oneOf": _one_of}
)
