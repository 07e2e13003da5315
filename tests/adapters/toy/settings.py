"""The operator's settings for the toy platform."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.platform import Platform
from bot.platform_settings import IdentityQuestion, PlatformSettings


class ToySettings(PlatformSettings):
    """The settings of the toy; it is off without a token."""

    model_config = SettingsConfigDict(env_prefix="SMALLPRINT_TOY_")

    name: ClassVar[str] = "toy"
    title: ClassVar[str] = "Toy"
    chat_pattern: ClassVar[str] = r"[a-z]+"
    chat_example: ClassVar[str] = "anna"
    secret_patterns: ClassVar[tuple[str, ...]] = (r"toy-\w{6,}",)
    copied_from: ClassVar[str] = "from the toy box"

    token: SecretStr = Field(
        SecretStr(""), validation_alias="TOY_TOKEN", description="The toy's token"
    )
    api: str = Field("http://127.0.0.1:9", description="The toy's server")

    def build(self) -> Platform:
        """The toy."""
        from tests.adapters.toy.platform import Toy  # noqa: PLC0415 - it imports this

        return Toy()

    def identity(self) -> IdentityQuestion:
        """A page that says who has the token."""
        headers = {"Authorization": self.token.get_secret_value()}
        return IdentityQuestion(f"{self.api.rstrip('/')}/me", headers)
