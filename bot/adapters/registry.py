"""The platforms that Smallprint knows (docs/architecture/platforms.md: what a new one needs)."""

from __future__ import annotations

from bot.adapters.discord.settings import DiscordSettings
from bot.adapters.telegram.settings import TelegramSettings
from bot.platform_settings import PlatformSettings

PLATFORMS: tuple[type[PlatformSettings], ...] = (
    TelegramSettings,
    DiscordSettings,
)
