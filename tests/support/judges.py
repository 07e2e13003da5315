"""The platforms' own rules: Telegram's parser, and the official documents of both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import tdjson

from tests.support import schemas
from tests.support.shared import SPECS


@cache
def _parser() -> Any:
    tdjson.td_execute(
        json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode()
    )
    return tdjson


def telegram_text(html: str) -> dict[str, Any]:
    """What Telegram makes of a text: {"text": ..., "entities": [...]}; fails where it refuses."""
    query = {
        "@type": "parseTextEntities",
        "text": html,
        "parse_mode": {"@type": "textParseModeHTML"},
    }
    answer: dict[str, Any] = json.loads(_parser().td_execute(json.dumps(query).encode()))
    place = int((re.findall(r"offset (\d+)", answer.get("message", "")) or [0])[0])
    assert answer["@type"] == "formattedText", (
        answer,
        html.encode()[max(0, place - 80) : place + 200],
    )
    units = len(answer["text"].encode("utf-16-le")) // 2
    assert 1 <= units <= 4096, f"{units} UTF-16 units"
    assert len(answer["entities"]) <= 100, "Telegram ignores what is beyond 100 entities"
    return answer


def telegram_finds(text: str) -> set[str]:
    """What Telegram itself makes of plain words: mentions, links, commands."""
    query = {"@type": "getTextEntities", "text": text}
    answer = json.loads(_parser().td_execute(json.dumps(query).encode()))
    return {entity["type"]["@type"] for entity in answer["entities"]}


def telegram_presses(html: str) -> list[str]:
    """The plain words of a message of which Telegram makes a link, a command or a search."""
    parsed = telegram_text(html)
    units = parsed["text"].encode("utf-16-le")
    taken = [_place(each) for each in parsed["entities"] if "url" in each["type"]]
    query = {"@type": "getTextEntities", "text": parsed["text"]}
    answer = json.loads(_parser().td_execute(json.dumps(query).encode()))
    found = []
    for start, end in map(_place, answer["entities"]):
        if not any(start < last and first < end for first, last in taken):
            found.append(units[2 * start : 2 * end].decode("utf-16-le"))
    return found


def _place(entity: dict[str, Any]) -> tuple[int, int]:
    """Where an entity begins and ends, in UTF-16 units."""
    return entity["offset"], entity["offset"] + entity["length"]


@cache
def telegram_document() -> dict[str, Any] | None:
    """Telegram's description of its API; None where the shared data is not here."""
    path = SPECS / "telegram-bot-api.json"
    return json.loads(path.read_text()) if path.exists() else None


def telegram_call(method: str, given: dict[str, Any]) -> None:
    """Every parameter that we send exists, and none that is required is missing."""
    document = telegram_document()
    if document is None:
        return
    fields = {field["name"]: field for field in document["methods"][method].get("fields", [])}
    assert set(given) <= set(fields), f"{method} does not take {set(given) - set(fields)}"
    missing = {name for name, field in fields.items() if field["required"]} - set(given)
    assert not missing, f"{method} lacks {missing}"
    for row in given.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            assert button["text"]
            assert len(button.get("callback_data", "").encode()) <= 64
            assert ("url" in button) != ("callback_data" in button)


def discord_schema(schema: str, body: Any) -> None:
    """A body is what Discord's OpenAPI document describes."""
    if validator := schemas.validator(schema):
        validator.validate(body)


def discord_body(schema: str, body: Any) -> None:
    """A message is what the document describes, and keeps the rules that it does not know."""
    discord_schema(schema, body)
    for embed in body.get("embeds") or []:
        sizes = [len(embed.get(key) or "") for key in ("title", "description")]
        assert sizes[0] <= 256
        assert sizes[1] <= 4096
        assert sum(sizes) <= 6000
        assert any(sizes), "an embed needs a title or a description"
    parts = list(every_part(body.get("components") or []))
    if body.get("flags", 0) & 1 << 15:
        assert parts, "a message of components needs some"
        assert not body.get("content")
        assert not body.get("embeds"), "components stand alone"
        assert len(parts) <= 40, f"{len(parts)} components"
        assert (
            sum(len(part.get("content", "").encode("utf-16-le", "replace")) // 2 for part in parts)
            <= 4000
        )
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    assert len(ids) == len(set(ids)), "a custom_id stands once"
    for part in parts:
        _discord_part(part)


def every_part(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The components of a message, and those inside them."""
    for part in components:
        yield part
        yield from every_part(part.get("components") or [])
        if "accessory" in part:
            yield from every_part([part["accessory"]])


def _discord_part(part: dict[str, Any]) -> None:
    match part["type"]:
        case 1:
            assert 1 <= len(part["components"]) <= 5
        case 2:
            assert part.get("label"), "a button needs a label"
            assert len(part["label"]) <= 80
            assert ("url" in part) != ("custom_id" in part)
            assert part.get("url", "https://").startswith(("https://", "http://"))
            assert len(part.get("url", "")) <= 512
        case 3:
            assert 1 <= len(part["options"]) <= 25
            values = [option["value"] for option in part["options"]]
            assert len(values) == len(set(values))
            assert all(
                1 <= len(option["label"]) <= 100 and 1 <= len(option["value"]) <= 100
                for option in part["options"]
            )
            assert len(part.get("placeholder", "")) <= 150
        case 10:
            assert part["content"].strip(), "a text is not empty"
    assert len(part.get("custom_id", "")) <= 100


def discord_commands(commands: list[dict[str, Any]]) -> None:
    """What the document does not know of commands."""
    assert len([c for c in commands if c.get("type", 1) == 1]) <= 100
    for command in commands:
        if command.get("type", 1) == 1:
            _discord_command(command)


def _discord_command(command: dict[str, Any]) -> None:
    for name in (command["name"], *(command.get("name_localizations") or {}).values()):
        assert name == name.lower(), f"{name}: names are in lower case"
        assert re.fullmatch(r"[-_\w]{1,32}", name)
    for said in (
        command["description"],
        *(command.get("description_localizations") or {}).values(),
    ):
        assert 1 <= len(said) <= 100, said
    options = command.get("options") or []
    needed = [bool(option.get("required")) for option in options]
    assert needed == sorted(needed, reverse=True), "required options come first"
    assert len({option["name"] for option in options}) == len(options) <= 25
    for option in options:
        _discord_command(option)


def telegram(method: str, given: dict[str, Any]) -> dict[str, Any]:
    """The judge of a stand-in: what Telegram makes of a call's text."""
    telegram_call(method, given)
    if method == "answerInlineQuery":
        for card in given["results"]:
            telegram_text(card["input_message_content"]["message_text"])
    if method not in ("sendMessage", "editMessageText"):
        return {}
    return (
        telegram_text(given["text"])
        if given.get("parse_mode")
        else {"text": given["text"], "entities": []}
    )


def discord(body: dict[str, Any]) -> None:
    """The judge of a stand-in: a post is as the document describes it, and has its key."""
    discord_body("MessageCreateRequest", body)
    assert body["allowed_mentions"]["parse"] == [], "nobody may be mentioned"
    assert body["enforce_nonce"] is True
