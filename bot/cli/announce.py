"""`smallprint announce`: announce a text to every chat, after counting and confirmation."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb, said


def arguments(parser: ArgumentParser) -> None:
    """Add the text, and the number that confirms it if nobody can be asked."""
    parser.add_argument("text", help="what to tell; - reads it from standard input")
    words = "tell them without asking, if they are that many"
    parser.add_argument("--count", metavar="N", help=words)


def run(parsed: Namespace) -> int:
    """Print how many chats it would reach, and queue it for them if that is confirmed."""
    import sys
    from datetime import UTC, datetime

    from bot.cli._database import opened
    from bot.settings import SettingsError
    from bot.store import StoreError
    from bot.watch.announcement import AnnouncementError, announce, draft, noted
    from bot.watch.words import counted

    text = sys.stdin.read() if parsed.text == "-" else parsed.text
    try:
        store = opened()
        made = draft(text, store)
        each = ", ".join(f"{count:,} on {name}" for name, count in made.reaches.items())
        reached = counted(made.count, "chat")
        print(f"{made.text}\n\nIt would reach {reached} ({each or 'nobody'}).")
        now = datetime.now(UTC)
        confirmed = parsed.count or _asked(parsed)
        with store.database.together():
            done = announce(text, confirmed, store, now)
            store.operators.note("command line", "announce", noted(done, made.text), now)
        store.close()
    except (SettingsError, StoreError, AnnouncementError) as error:
        return said(str(error), 1)
    return said(f"{counted(done.count, 'chat')} will be told.", 0)


def _asked(parsed: Namespace) -> str:
    """The number that the operator types; "" without a terminal, or if stdin held the text."""
    import sys

    if parsed.text == "-" or not sys.stdin.isatty():
        return ""
    try:
        return input("To tell them, type how many they are: ")
    except EOFError:
        return ""


VERB = Verb("announce", "tell every chat something; says how many, and asks", arguments, run)
