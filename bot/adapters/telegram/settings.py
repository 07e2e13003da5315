"""The operator's settings for Telegram."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.platform import Platform
from bot.platform_settings import Door, DoorState, IdentityQuestion, PlatformSettings


class TelegramSettings(PlatformSettings):
    """The settings of Telegram; the platform is off without a token."""

    model_config = SettingsConfigDict(env_prefix="SMALLPRINT_TELEGRAM_")

    name: ClassVar[str] = "telegram"
    title: ClassVar[str] = "Telegram"
    chat_pattern: ClassVar[str] = r"-?\d+"
    chat_example: ClassVar[str] = "-1001234567890"
    secret_patterns: ClassVar[tuple[str, ...]] = (r"\d{6,12}:[\w-]{30,}",)
    copied_from: ClassVar[str] = "from @BotFather"

    token: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_TOKEN",
        description="The Telegram bot's token; without it Telegram is off",
    )
    api: str = Field(
        "https://api.telegram.org",
        pattern=r"^https?://[^\s]+$",
        description="The Telegram Bot API server",
    )
    paid: bool = Field(
        False,
        description="Whether the Telegram bot pays for its broadcasts: "
        "up to 1,000 messages a second for Stars",
    )
    pace: float = Field(
        990.0,
        ge=1,
        le=1000,
        description="Messages a second of a Telegram bot that pays; above 30 each costs Stars",
    )
    webhook: Annotated[str, Field(pattern=r"^(https://[^\s]+)?$")] = Field(
        "",
        description="The public https address at which Telegram reaches this bot; "
        "empty asks Telegram by long polling",
    )
    listen: Annotated[str, Field(pattern=r"^[^\s:]+:\d{1,5}$")] = Field(
        "127.0.0.1:8080",
        validation_alias="SMALLPRINT_LISTEN",
        description="Where the webhook listens, behind a reverse proxy",
    )

    def build(self) -> Platform:
        """The Telegram platform."""
        # Only those who serve a platform load its library.
        from bot.adapters.telegram.platform import Telegram  # noqa: PLC0415

        webhook = (self.webhook, self.listen)
        pace = self.pace if self.paid else None
        return Telegram(self.token.get_secret_value(), self.api, pace, webhook)

    def identity(self) -> IdentityQuestion:
        """The Bot API's getMe, which identifies the bot."""
        address = f"{self.api.rstrip('/')}/bot{self.token.get_secret_value()}/getMe"
        return IdentityQuestion(address, {})

    def door(self) -> Door | None:
        """The webhook, whose state the Bot API's getWebhookInfo reports; None for long polling."""
        if not self.webhook:
            return None
        from bot.adapters.telegram.webhook import door_of  # noqa: PLC0415 - as above

        token = self.token.get_secret_value()
        path, _secret = door_of(token)
        public = self.webhook.rstrip("/")
        known = IdentityQuestion(f"{self.api.rstrip('/')}/bot{token}/getWebhookInfo", {})
        return Door(f"{public}{path}", public, self.listen, known, _state)


def _state(answer: Any) -> DoorState:
    """The webhook's state. Raises ValueError if the response is not one of getWebhookInfo."""
    try:
        told = answer["result"]
        failed = datetime.fromtimestamp(int(told.get("last_error_date", 0)), UTC)
        words = str(told.get("last_error_message", ""))
        return DoorState(str(told["url"]), int(told["pending_update_count"]), words, failed)
    except (TypeError, KeyError, OverflowError, OSError) as error:
        raise ValueError("no answer to getWebhookInfo") from error
