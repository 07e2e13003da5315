"""The validator of Discord's API: fast, and as strict as its document."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema

from bot.adapters.discord.platform import Discord
from bot.catalogue import Catalogue
from bot.render.howto import howto
from bot.render.reader import Reader
from tests.support import schemas
from tests.support.shared import needs_shared

ODD: tuple[Any, ...] = (None, 0, 1, 2, 3, 9, 10, 17, 99, True, "", "a" * 5000, [], {}, {"type": 2})
SCHEMA = "MessageCreateRequest"


def places(body: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a body."""
    if isinstance(body, dict):
        parts = list(body.items())
    elif isinstance(body, list):
        parts = list(enumerate(body))
    else:
        return
    for key, value in parts:
        yield (*above, key)
        yield from places(value, (*above, key))


def spoilt(body: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A body in which one value is something else."""
    made = copy.deepcopy(body)
    *way, last = dice.choice(list(places(body)))
    part: Any = made
    for key in way:
        part = part[key]
    part[last] = dice.choice(ODD)
    return made


READER = Reader(frozenset({"EU"}), date(2026, 11, 22))


@needs_shared
def test_the_fast_validator_says_what_the_document_says(known: Catalogue) -> None:
    platform, dice = Discord("unused"), random.Random(1)
    bodies = []
    for name in ("linkedin", "facebook", "x"):
        guide = known.guides[name]
        message = howto(guide.service, guide, READER)
        bodies += [platform.body(message), platform.body(message, plain=True)]
    bodies += [spoilt(dice.choice(bodies), dice) for _ in range(80)]
    document = json.loads(schemas.DOCUMENT.read_text())
    plainly = jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{SCHEMA}", "components": document["components"]}
    )
    fast = schemas.validator(SCHEMA)
    assert fast
    verdicts = [fast.is_valid(body) for body in bodies]
    assert verdicts == [plainly.is_valid(body) for body in bodies]
    assert 10 < sum(verdicts) < len(bodies) - 10
