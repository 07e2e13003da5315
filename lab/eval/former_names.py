"""Runs a program written for version 0.1.0, whose module names it maps to the current ones.

python -m lab.eval.former_names PROGRAM [ARGUMENT ...]
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from operator import attrgetter
from types import ModuleType
from typing import Any

import bot.adapters.discord
import bot.adapters.telegram
from bot.model import Address
from bot.store import Store
from lab.standin.telegram import TelegramStandIn

#: Modules that moved, and their current names.
MODULES = {
    "bot.adapters.discord_markdown": "bot.adapters.discord.markup",
    "bot.adapters.telegram_html": "bot.adapters.telegram.markup",
    "bot.adapters.telegram_keyboard": "bot.adapters.telegram.layout",
    "bot.adapters.telegram_updates": "bot.adapters.telegram.updates",
    "bot.adapters.telegram_webhook": "bot.adapters.telegram.webhook",
    "bot.bench": "lab.bench",
    "bot.bench.filling": "lab.bench.fill",
    "bot.bench.knowing": "lab.bench.catalogue",
    "bot.chat": "bot.platform",
    "bot.checks": "bot.cli.check",
    "bot.deliver": "bot.jobs.deliver",
    "bot.demo": "lab.demo",
    "bot.duties": "bot.runtime.leases",
    "bot.faults": "bot.jobs.faults",
    "bot.flood": "bot.rate_limit",
    "bot.gate": "bot.rate_limit",
    "bot.habits": "bot.preferences",
    "bot.in_flight": "bot.jobs.in_flight",
    "bot.interpret": "bot.jobs.interpret",
    "bot.local": "bot.runtime.http_server",
    "bot.lock": "bot.runtime.lock",
    "bot.logs": "bot.runtime.logs",
    "bot.operate": "bot.cli.outbox",
    "bot.pace": "bot.timing",
    "bot.poll": "bot.jobs.poll",
    "bot.remember": "bot.jobs.backfill",
    "bot.remind": "bot.jobs.remind",
    "bot.render.card": "bot.render.picture",
    "bot.replay": "lab.replay",
    "bot.replay.evaluate": "lab.eval.report",
    "bot.replay.life": "lab.eval.life",
    "bot.scheduler": "bot.runtime.scheduler",
    "bot.service": "bot.cli.bot",
    "bot.standin": "lab.standin",
    "bot.summary": "bot.jobs.summarise",
    "bot.understand.announce": "bot.understand.announcements",
    "bot.understand.doubt": "bot.understand.hold",
    "bot.understand.force": "bot.understand.binding",
    "bot.understand.furniture": "bot.understand.boilerplate",
    "bot.understand.grounded": "bot.understand.summary_check",
    "bot.understand.names": "bot.catalogue.names",
    "bot.understand.optout": "bot.understand.opt_out",
    "bot.understand.regions": "bot.understand.places",
    "bot.upkeep": "bot.jobs.upkeep",
    "bot.wording": "bot.render.delivery",
    "handlers.asking": "handlers._arguments",
    "handlers.base": "handlers._base",
    "handlers.hints": "handlers._suggest",
    "handlers.talk": "handlers._free_text",
    "tests.judges": "tests.support.judges",
    "tests.rig": "tests.support.rig",
    "tests.world": "tests.support.world",
}

#: Names that were renamed or moved to another module.
NAMES = {
    "bot.adapters.discord.Discord": "bot.adapters.discord.platform.Discord",
    "bot.adapters.telegram.Telegram": "bot.adapters.telegram.platform.Telegram",
    "bot.chat.Chat": "bot.platform.Platform",
    "bot.chat.Message": "bot.message.Message",
    "bot.chat.Action": "bot.message.Action",
    "bot.chat.Span": "bot.message.Span",
    "bot.habits.Chatter": "bot.preferences.ChatSettings",
    "bot.habits.Pace": "bot.preferences.Schedule",
    "bot.habits.Taste": "bot.preferences.Interests",
}

#: Methods of the former single store, and the facets that have them now.
VERBS = {
    "subscribe": "subscriptions.add",
    "unsubscribe": "subscriptions.remove",
    "sources_due": "sources.due",
    "items_due": "items.due",
    "keep": "items.keep",
    "publish": "stories.publish",
    "recent": "stories.recent",
    "claim": "outbox.claim",
    "sent": "outbox.sent",
    "depth": "outbox.depth",
    "fan_out": "outbox.fan_out",
    "forget": "chats.forget",
    "set_schedule": "preferences.set_schedule",
    "chatter": "preferences.get",
    "_read": "database.read",
    "_write": "database.write",
}


class FormerModules(MetaPathFinder, Loader):
    """Finds modules by their former names, with the current modules' content."""

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The spec of a module that moved, alone or with its package; else None."""
        if present_name(fullname) == fullname:
            return None
        # Submodules of a former package are looked for here too.
        return ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        """Fill a former module with the current one's content."""
        former = module.__name__
        present = import_module(present_name(former))
        for name, value in vars(present).items():
            if not name.startswith("__"):
                setattr(module, name, value)
        _lend_names(module, former)


def present_name(former: str) -> str:
    """The current name of a module; the same if it did not move."""
    if former in MODULES:
        return MODULES[former]
    package, dot, name = former.rpartition(".")
    if dot and package in MODULES:
        return f"{MODULES[package]}.{name}"
    return former


def _lend_names(module: ModuleType, former: str) -> None:
    """Make a module provide current names under their former ones on access."""

    def lend(name: str) -> Any:
        if f"{former}.{name}" not in NAMES:
            raise AttributeError(f"module {former!r} has no attribute {name!r}")
        present, _dot, attribute = NAMES[f"{former}.{name}"].rpartition(".")
        return getattr(import_module(present), attribute)

    module.__getattr__ = lend  # type: ignore[method-assign]


def main() -> None:
    """Restore the former names of modules, store and stand-in, then run the program."""
    sys.argv = sys.argv[1:]
    sys.meta_path.append(FormerModules())
    for package in (bot.adapters.discord, bot.adapters.telegram):
        _lend_names(package, package.__name__)
    Store.__getattr__ = _former  # type: ignore[attr-defined]
    TelegramStandIn._message = TelegramStandIn.new_message  # type: ignore[attr-defined]
    runpy.run_path(sys.argv[0], run_name="__main__")


def _former(store: Store, name: str) -> Any:
    if name == "_url":
        return f"sqlite:///{store.path}"
    if name == "paused":
        return _paused(store)
    if name in VERBS:
        return attrgetter(VERBS[name])(store)
    raise AttributeError(f"{type(store).__name__!r} object has no attribute {name!r}")


def _paused(store: Store) -> Callable[[Address], str | None]:
    def paused(address: Address) -> str | None:
        known = store.preferences.get(address)
        if known is None:
            return None
        return known.paused

    return paused


if __name__ == "__main__":
    main()
