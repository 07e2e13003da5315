"""`smallprint outbox`: count what waits, what was sent, and what was given up."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb, said


def arguments(parser: ArgumentParser) -> None:
    """Add the option to retry."""
    parser.add_argument("--retry", action="store_true", help="try again what was given up")


def run(parsed: Namespace) -> int:
    """Print the counts of the outbox, and the reasons for what was given up."""
    from datetime import UTC, datetime

    from bot.cli._database import opened
    from bot.settings import SettingsError
    from bot.states import DeliveryState
    from bot.store import StoreError

    states = {
        DeliveryState.QUEUED: "wait to be sent",
        DeliveryState.LEASED: "are being sent",
        DeliveryState.HELD: "wait for a digest, a quiet hour or a chat to come back",
        DeliveryState.SENT: "were sent",
        DeliveryState.DEAD: "were given up",
    }
    try:
        store = opened()
    except (SettingsError, StoreError) as error:
        return said(str(error), 1)
    if parsed.retry:
        print(f"{store.outbox.retry_given_up(datetime.now(UTC))} will be tried again.")
    depth = store.outbox.depth()
    for state, words in states.items():
        print(f"{depth.get(state, 0):8} {words}")
    for each in store.outbox.given_up():
        print(f"         given up, {each.count}: {each.why}")
    store.close()
    return 0


VERB = Verb(
    "outbox", "what waits, what was sent, and what was given up, with its reasons", arguments, run
)
