"""Interactions as Discord sends them for commands."""

from __future__ import annotations

from typing import Any

#: /about in a direct chat.
INTERACTION: dict[str, Any] = {
    "id": "1",
    "application_id": "123456789012345678",
    "type": 2,
    "token": "t",
    "version": 1,
    "channel_id": "5",
    "locale": "en-US",
    "context": 1,
    "entitlements": [],
    "authorizing_integration_owners": {},
    "attachment_size_limit": 1,
    "app_permissions": "0",
    "channel": {"id": "5", "type": 1, "recipients": []},
    "user": {"id": "7", "username": "a", "discriminator": "0", "avatar": None},
    "data": {"id": "1", "type": 1, "name": "about"},
}
