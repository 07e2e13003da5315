"""The platforms' own rules: Telegram's parser, and the official documents of both."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema
import tdjson

from tests.shared import SPECS


@cache
def _parser() -> Any:
    tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
    return tdjson


def telegram_text(html: str) -> dict[str, Any]:
    """What Telegram makes of a text: {"text": ..., "entities": [...]}; fails where Telegram would refuse it."""
    query = {"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}}
    answer: dict[str, Any] = json.loads(_parser().td_execute(json.dumps(query).encode()))
    place = int((re.findall(r"offset (\d+)", answer.get("message", "")) or [0])[0])
    assert answer["@type"] == "formattedText", (answer, html.encode()[max(0, place - 80) : place + 200])
    units = len(answer["text"].encode("utf-16-le")) // 2
    assert 1 <= units <= 4096, f"{units} UTF-16 units"
    assert len(answer["entities"]) <= 100, "Telegram ignores what is beyond 100 entities"
    return answer


@cache
def _telegram() -> dict[str, Any] | None:
    path = SPECS / "telegram-bot-api.json"
    return json.loads(path.read_text()) if path.exists() else None


def telegram_call(method: str, given: dict[str, Any]) -> None:
    """Every parameter that we send exists, and none that is required is missing."""
    document = _telegram()
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


@cache
def _discord(schema: str) -> jsonschema.Draft202012Validator | None:
    """A validator of one schema of Discord's document; made once, because resolving it is slow."""
    path = SPECS / "discord-openapi.json"
    if not path.exists():
        return None
    components = json.loads(path.read_text())["components"]
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components})


def discord_body(schema: str, body: Any) -> None:
    """A body is what Discord's OpenAPI document describes, and keeps the rules that it does not know."""
    if validator := _discord(schema):
        validator.validate(body)
    for embed in body.get("embeds") or []:
        sizes = [len(embed.get(key) or "") for key in ("title", "description")]
        assert sizes[0] <= 256
        assert sizes[1] <= 4096
        assert sum(sizes) <= 6000
        assert any(sizes), "an embed needs a title or a description"
    for row in body.get("components") or []:
        for button in row["components"]:
            assert button.get("label"), "a button needs a label"
            assert len(button["label"]) <= 80
            assert len(button.get("custom_id", "")) <= 100
            assert button.get("url", "https://").startswith(("https://", "http://"))


def telegram(method: str, given: dict[str, Any]) -> dict[str, Any]:
    """The judge of a stand-in: what Telegram makes of a call's text."""
    telegram_call(method, given)
    if method != "sendMessage":
        return {}
    return telegram_text(given["text"]) if given.get("parse_mode") else {"text": given["text"], "entities": []}


def discord(body: dict[str, Any]) -> None:
    """The judge of a stand-in: a post is a message as the document describes it, mentions nobody, and has its key."""
    discord_body("MessageCreateRequest", body)
    assert body["allowed_mentions"]["parse"] == [], "nobody may be mentioned"
    assert body["enforce_nonce"] is True
