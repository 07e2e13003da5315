"""The rendering of deliveries, done once for all chats that get the same message."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.deliveries import Alert, Delivery
from bot.locales import _, speaking
from bot.message import KEEP, Message
from bot.model import Record, Story
from bot.platform import Body, Platform
from bot.render.alert import alert, main_service
from bot.render.blocks import note
from bot.render.coverage import coverage
from bot.render.digest import digest
from bot.render.follow_up import follow_up
from bot.render.notice import announcement, notice
from bot.render.reader import Reader
from bot.render.reminder import reminder, suggested, trouble, upkeep
from bot.states import Part, PartKind
from bot.understand.stories import COVERAGE, presses

#: The most messages in the cache. A story for one region and one set of services is one entry; a
#: fan-out has a handful of them.
KEPT = 256
#: Records about this bot rather than a service.
OURS = (
    Record.UPKEEP,
    Record.SUGGESTED,
    Record.TROUBLE,
    Record.NOTICE,
    Record.ANNOUNCEMENT,
)
#: Records that are told in the words of their title alone.
_BY_TITLE = {
    Record.SUGGESTED: suggested,
    Record.TROUBLE: trouble,
    Record.ANNOUNCEMENT: announcement,
}
#: A button that only managers of a chat of many may press.
UNSUBSCRIBE = "unsubscribe "


class Form(StrEnum):
    """The form of a message; if a platform refuses one, it is given the next."""

    RICH = "rich"
    PLAIN = "plain"
    SHORTEST = "shortest"


@dataclass(slots=True)
class Worded:
    """A message and its platform-specific form; the plain one is made only when needed.

    `edit` is the new text of the message that told the story, or None if that stays.
    """

    message: Message
    platform: Platform
    rich: Body
    shared: bool = False
    edit: Body | None = None

    def body(self, form: Form = Form.RICH) -> Body:
        """The body to send in a form; the shortest is only the first line."""
        if form is Form.RICH:
            return self.rich
        message = self.message
        if form is Form.SHORTEST:
            message = Message(message.blocks[:1], private=message.private, quiet=message.quiet)
        return self.platform.body(message, plain=True, shared=self.shared)


class Words:
    """Renders deliveries; use it in a worker thread.

    `touched` returns the stories that put a service's how-to in doubt; `pages` is the public
    address of the web pages.
    """

    def __init__(
        self,
        known: Catalogue,
        names: Names,
        touched: Callable[[str], Sequence[Story]] = lambda _: (),
        pages: str = "",
    ) -> None:
        self._pages = pages
        self._known = known
        self._names = names
        self._touched = touched
        self._kept: OrderedDict[Any, Worded] = OrderedDict()

    def of(self, delivery: Delivery, platform: Platform, now: datetime) -> Worded:
        """The rendered delivery, cached if another chat had the same."""
        key = _key(delivery, platform, now)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._worded(delivery, platform, now)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def parted(
        self, delivery: Delivery, platform: Platform, now: datetime
    ) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
        """The alerts of a delivery that can be rendered, each alone, and those that cannot.

        Only an error of ours keeps one from being rendered.
        """
        if len(delivery.alerts) == 1:
            return (), delivery.alerts
        good: list[Alert] = []
        bad: list[Alert] = []
        for each in delivery.alerts:
            alone = replace(delivery, alerts=(each,))
            if self._can(alone, platform, now):
                good.append(each)
            else:
                bad.append(each)
        return tuple(good), tuple(bad)

    def _can(self, delivery: Delivery, platform: Platform, now: datetime) -> bool:
        try:
            self.of(delivery, platform, now)
        except Exception:  # noqa: BLE001 - whatever it is, the caller knows and says it
            return False
        return True

    def _worded(self, delivery: Delivery, platform: Platform, now: datetime) -> Worded:
        here = delivery.chat
        with speaking(here.language):
            message = self._message(delivery, now)
            if here.shared:
                message = _for_many(message)
            quiet = message.quiet or here.schedule.silent
            # A quiet message calls nobody: the role would be mentioned all the same.
            mention = "" if message.quiet else here.mention
            message = replace(message, mention=mention, quiet=quiet)
            body = platform.body(message, shared=here.shared)
            edit = None
            if renewed := self._renewed(delivery, now):
                edit = platform.body(renewed, shared=here.shared)
        return Worded(message, platform, body, here.shared, edit)

    def _renewed(self, delivery: Delivery, now: datetime) -> Message | None:
        """The edited alert, if the delivery only adds a part to a story; else None."""
        only = delivery.alerts[0]
        if not delivery.edits or only.digest or only.part.kind is not PartKind.ADDITION:
            return None
        if _in_full(only) is not only:
            return None
        touched = self._touched(main_service(only.story, only.services))
        reader = self._reader(delivery, now)
        return alert(only.story, only.services, reader, self._known, self._names, touched)

    def _message(self, delivery: Delivery, now: datetime) -> Message:
        """The operator's chores, news about the bot, and alerts, as one message."""
        records = [each.story.lead.record for each in delivery.alerts]
        said: list[Message] = []
        if Record.UPKEEP in records:
            said.append(upkeep(self._known, now.date()))
        for each in delivery.alerts:
            if word := _BY_TITLE.get(each.story.lead.record):
                said.append(word(each.story.lead.title))
        if Record.NOTICE in records:
            said.append(notice())
        news = [each for each in delivery.alerts if each.story.lead.record not in OURS]
        if news:
            said.append(self._news(delivery, news, now))
        blocks = [block for message in said for block in message.blocks]
        if delivery.late:
            blocks.append(
                note(_("This comes late: I could not reach you for a while."), weight=KEEP)
            )
        return replace(said[-1], blocks=tuple(blocks))

    def _reader(self, delivery: Delivery, now: datetime) -> Reader:
        here = delivery.chat
        return Reader(
            delivery.regions, now.date(), here.shared, here.done, here.schedule.full, self._pages
        )

    def _news(self, delivery: Delivery, alerts: Sequence[Alert], now: datetime) -> Message:
        """Several alerts as a digest, or one in the form of its part.

        A single smaller change is a digest of one line.
        """
        here = delivery.chat
        reader = self._reader(delivery, now)
        if len(alerts) > 1 or alerts[0].digest:
            daily = here.schedule.mode == "daily"
            return digest(alerts, reader, self._known, self._names, self._touched, daily)
        only = _in_full(alerts[0])
        if only.part.kind is PartKind.ADDITION:
            return follow_up(only.story, only.part.key, only.services, self._names)
        if only.story.lead.record in COVERAGE:
            return coverage(only.story, only.services, self._names)
        touched = self._touched(main_service(only.story, only.services))
        word = reminder if only.part.is_reminder else alert
        return word(only.story, only.services, reader, self._known, self._names, touched)


def _for_many(message: Message) -> Message:
    """The message without the button that most of its readers may not press.

    A note says what managers of the chat can type instead.
    """
    actions = tuple(each for each in message.actions if not each.command.startswith(UNSUBSCRIBE))
    return replace(message, actions=actions)


def _in_full(only: Alert) -> Alert:
    """An addition that is more urgent than its story, as an alert that begins with it."""
    for part in only.story.parts:
        if only.part == Part.addition(part.uid) and presses(part, only.story):
            rest = tuple(each for each in only.story.parts if each is not part)
            return replace(only, story=Story(only.story.id, part, rest), part=Part())
    return only


def _key(delivery: Delivery, platform: Platform, now: datetime) -> tuple[object, ...]:
    """The cache key: everything that the rendering of a delivery depends on."""
    told = tuple(
        (each.story.id, len(each.story.parts), each.part, each.services, each.digest)
        for each in delivery.alerts
    )
    here = delivery.chat
    return (
        platform.name,
        told,
        delivery.regions,
        now.date(),
        here.language,
        here.shared,
        here.mention,
        here.schedule.silent,
        here.schedule.full,
        here.done,
        bool(delivery.edits),
        delivery.late,
        here.schedule.mode,
    )
