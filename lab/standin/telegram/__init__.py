"""A local stand-in of Telegram: the Bot API, and people in its chats."""

from lab.standin.telegram.server import TelegramStandIn
from lab.standin.telegram.shapes import TOKEN

__all__ = ["TOKEN", "TelegramStandIn"]
