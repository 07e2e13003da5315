"""The words of a delivery, made once for all the chats that get the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import speaking
from bot.message import Message
from bot.model import Alert, Delivery, Record, Story
from bot.platform import Body, Platform
from bot.render.alert import alert
from bot.render.coverage import coverage
from bot.render.digest import digest
from bot.render.follow_up import follow_up
from bot.render.reminder import reminder
from bot.render.upkeep import upkeep
from bot.states import PartKind
from bot.understand.stories import COVERAGE

#: A story for one region and one set of services is one entry; a fan-out has a handful of them.
KEPT = 256


@dataclass(slots=True)
class Worded:
    """A message, and the platform's form of it; the plain one is made only when it is needed."""

    message: Message
    platform: Platform
    rich: Body
    shared: bool = False

    def body(self, plain: bool = False) -> Body:
        return self.platform.body(self.message, plain=True, shared=self.shared) if plain else self.rich


class Words:
    """Renders what is delivered; use it in a worker thread. `touched` tells the stories that put a service's how-to in
    doubt."""

    def __init__(
        self,
        known: Catalogue,
        names: Names,
        touched: Callable[[str], Sequence[Story]] = lambda _: (),
    ) -> None:
        self._known, self._names, self._touched = known, names, touched
        self._kept: OrderedDict[Any, Worded] = OrderedDict()

    def of(self, delivery: Delivery, platform: Platform, now: datetime) -> Worded:
        """The words of a delivery for a platform, from memory where another chat had the same."""
        told = tuple((a.story.id, len(a.story.parts), a.part, a.services) for a in delivery.alerts)
        here = delivery.chat
        silent = delivery.chat.schedule.silent
        key = (
            platform.name,
            told,
            delivery.regions,
            now.date(),
            here.language,
            here.shared,
            here.mention,
            silent,
        )
        found = self._kept.get(key)
        if found is None:
            with speaking(here.language):
                message = self._message(delivery, now)
                message = replace(message, mention=here.mention, quiet=message.quiet or silent)
                found = self._kept[key] = Worded(
                    message, platform, platform.body(message, shared=here.shared), here.shared
                )
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def parted(
        self, delivery: Delivery, platform: Platform, now: datetime
    ) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
        """The alerts of a delivery that can be worded each by itself, and those that an error of ours keeps from it."""
        if len(delivery.alerts) == 1:
            return (), delivery.alerts
        bad = tuple(
            alert
            for alert in delivery.alerts
            if not self._can(replace(delivery, alerts=(alert,)), platform, now)
        )
        return tuple(alert for alert in delivery.alerts if alert not in bad), bad

    def _can(self, delivery: Delivery, platform: Platform, now: datetime) -> bool:
        try:
            self.of(delivery, platform, now)
        except Exception:  # noqa: BLE001 - whatever it is, the caller knows and says it
            return False
        return True

    def _message(self, delivery: Delivery, now: datetime) -> Message:
        chores = [alert for alert in delivery.alerts if alert.story.lead.record is Record.UPKEEP]
        news = [alert for alert in delivery.alerts if alert not in chores]
        said = [upkeep(self._known, now.date())] if chores else []
        said += [self._news(delivery, news, now)] if news else []
        return replace(
            said[-1], blocks=tuple(block for message in said for block in message.blocks)
        )

    def _news(self, delivery: Delivery, alerts: Sequence[Alert], now: datetime) -> Message:
        if len(alerts) > 1:
            return digest(
                alerts, delivery.regions, self._known, self._names, now.date(), self._touched
            )
        [only] = alerts
        if only.part.kind is PartKind.ADDITION:
            return follow_up(only.story, only.part.key, only.services, self._names)
        if only.story.lead.record in COVERAGE:
            return coverage(only.story, only.services, self._names)
        touched = self._touched((*only.services, *only.story.lead.services)[0])
        told = (
            only.story,
            only.services,
            delivery.regions,
            self._known,
            self._names,
            now.date(),
            delivery.chat.shared,
            touched,
        )
        if only.part.is_reminder:
            return reminder(*told)
        return alert(*told)
