"""The intents: what people can want of the bot."""

from __future__ import annotations

from enum import StrEnum


class Intent(StrEnum):
    """What a sentence asks for."""

    ABOUT = "about"
    CHECKLIST = "checklist"
    DELETE_ACCOUNT = "delete_account"
    EXPORT = "export"
    FORGET = "forget"
    GREETING = "greeting"
    HELP = "help"
    HOWTO = "howto"
    LANGUAGE = "language"
    LETTER = "letter"
    MUTE = "mute"
    NONE = "none"
    PRIVACY = "privacy"
    RECENT = "recent"
    REGION = "region"
    REMINDERS = "reminders"
    SERVICES = "services"
    SHARE = "share"
    STATUS = "status"
    SUBSCRIBE = "subscribe"
    THANKS = "thanks"
    THRESHOLD = "threshold"
    TOPICS = "topics"
    UNDO = "undo"
    UNMUTE = "unmute"
    UNSUBSCRIBE = "unsubscribe"
    WHEN = "when"
    WHY = "why"
