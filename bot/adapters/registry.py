"""The supported platforms; docs/architecture/platforms.md says what a new one needs."""

from __future__ import annotations

from bot.adapters.discord.settings import DiscordSettings
from bot.adapters.telegram.settings import TelegramSettings
from bot.platform_settings import PlatformSettings

PLATFORMS: tuple[type[PlatformSettings], ...] = (
    TelegramSettings,
    DiscordSettings,
)
