"""Telegram on this machine: the Bot API, and what people do in its chats."""

from lab.standin.telegram.server import TelegramStandIn
from lab.standin.telegram.shapes import TOKEN

__all__ = ["TOKEN", "TelegramStandIn"]
