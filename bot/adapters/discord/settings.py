"""The operator's settings for Discord."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.platform import Platform
from bot.platform_settings import IdentityQuestion, PlatformSettings


class DiscordSettings(PlatformSettings):
    """The settings of Discord; the platform is off without a token."""

    model_config = SettingsConfigDict(env_prefix="SMALLPRINT_DISCORD_")

    name: ClassVar[str] = "discord"
    title: ClassVar[str] = "Discord"
    chat_pattern: ClassVar[str] = r"-?\d+"
    chat_example: ClassVar[str] = "123456789012345678"
    secret_patterns: ClassVar[tuple[str, ...]] = (
        r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}",
        r"(?<=/webhooks/)\d+/[\w-]+",
    )
    chatty_loggers: ClassVar[tuple[str, ...]] = ("discord.gateway", "discord.client")
    copied_from: ClassVar[str] = "from the developer portal"

    token: SecretStr = Field(
        SecretStr(""),
        validation_alias="DISCORD_TOKEN",
        description="The Discord bot's token; without it Discord is off",
    )
    api: str = Field(
        "https://discord.com/api/v10",
        pattern=r"^https?://[^\s]+$",
        description="The Discord API server",
    )

    def build(self) -> Platform:
        """The Discord platform."""
        # Only those who serve a platform load its library.
        from bot.adapters.discord.platform import Discord  # noqa: PLC0415

        return Discord(self.token.get_secret_value(), self.api)

    def identity(self) -> IdentityQuestion:
        """The account that the token belongs to."""
        headers = {"Authorization": f"Bot {self.token.get_secret_value()}"}
        return IdentityQuestion(f"{self.api.rstrip('/')}/users/@me", headers)
