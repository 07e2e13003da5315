"""`smallprint follow`: subscribe an operator's channel to a service, even while the bot runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from bot.cli._verb import Verb, said

#: The default regions: all of Europe that the catalogue knows.
EUROPE = frozenset({"EEA", "UK", "CH"})


def arguments(parser: ArgumentParser) -> None:
    """Add the channel, the service, the regions and the options."""
    parser.add_argument(
        "where",
        help="PLATFORM:CHAT, for example telegram:-1001234567890 or discord:123456789012345678",
    )
    parser.add_argument("service")
    parser.add_argument(
        "regions", nargs="*", help="EU, EEA, UK, Switzerland or countries; all of Europe by default"
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="the channel is a Discord announcement channel: publish what is posted",
    )
    parser.add_argument("--end", action="store_true", help="stop following")


def run(parsed: Namespace) -> int:
    """Subscribe or unsubscribe a channel; return the exit code, which is 1 on failure."""
    from datetime import UTC, datetime

    from bot import catalogue
    from bot.adapters.registry import PLATFORMS
    from bot.cli._database import opened
    from bot.model import Subscription
    from bot.platform_settings import address_of, no_address
    from bot.settings import SettingsError
    from bot.store import StoreError

    address = address_of(parsed.where, PLATFORMS)
    if address is None:
        return said(no_address(parsed.where, PLATFORMS), 1)
    service = catalogue.load().names.find(parsed.service).service
    if service is None:
        return said(f"There is no service {parsed.service!r}.", 1)
    try:
        chosen = _regions(parsed.regions) or EUROPE
    except ValueError as error:
        return said(str(error), 1)
    try:
        store = opened()
        now = datetime.now(UTC)
        if parsed.end:
            store.subscriptions.remove(address, service.id, now)
        else:
            store.subscriptions.add(Subscription(address, service.id, chosen), now)
            store.preferences.set_publish(address, parsed.publish)
    except (SettingsError, StoreError) as error:
        return said(str(error), 1)
    store.close()
    doing = "no longer follows" if parsed.end else "follows"
    return said(f"{parsed.where} {doing} {service.name}.", 0)


def _regions(names: Iterable[str]) -> frozenset[str]:
    """Parse region names into codes. Raises ValueError, in plain words, if one is unknown."""
    from bot import regions

    codes = set()
    for name in names:
        code = regions.parse(name)
        if code is None:
            raise ValueError(f"{name!r} is no region; say EU, EEA, UK, Switzerland or a country.")
        codes.add(code)
    return frozenset(codes)


VERB = Verb("follow", "let a channel that you run follow a service", arguments, run)
