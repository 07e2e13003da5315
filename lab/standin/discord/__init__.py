"""A local stand-in of Discord: the calls of a bot without privileged intents, and a gateway."""

from lab.standin.discord.server import DiscordStandIn
from lab.standin.discord.shapes import TOKEN

__all__ = ["TOKEN", "DiscordStandIn"]
