"""Names of services as people type them."""

from __future__ import annotations

import pytest

from bot.catalogue.names import Names

NAMES = {
    "linkdin": "linkedin",
    "Linked In": "linkedin",
    "likedin": "linkedin",
    "twitter": "x",
    "X": "x",
    "fb": "facebook",
    "youtub": "youtube",
    "telegramm": "telegram",
    "chat gpt": "chatgpt",
    "amazn prime": "amazon-prime",
    "https://www.linkedin.com/legal/privacy-policy": "linkedin",
    "m.facebook.com": "facebook",
    "领英": "linkedin",
    "Телеграм": "telegram",
    "claude.ai": "claude",
    "instagrm": "instagram",
}


@pytest.mark.parametrize(("typed", "service"), NAMES.items())
def test_names_people_type(typed: str, service: str, names: Names) -> None:
    found = names.find(typed).service
    assert found
    assert found.id == service


@pytest.mark.parametrize(
    "typed", ["zz", "q", "", " ", "the quick brown fox jumps", "x" * 5000, "😀", "\x00"]
)
def test_names_that_nobody_has_are_not_guessed(typed: str, names: Names) -> None:
    assert names.find(typed).service is None
