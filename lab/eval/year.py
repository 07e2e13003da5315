"""`smallprint eval year`: a private chat's messages, replayed with the real outbox."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot import matcher
from bot.catalogue.names import Names
from bot.deliveries import Delivery
from bot.model import Address, Change, Cursor, Document, Item, Record, Story, Subscription
from bot.preferences import Schedule, at
from bot.states import PartKind
from bot.store import Store
from bot.timing import REMIND_AT
from bot.verdicts import Verdict
from lab.eval.life import Life, Lived
from lab.replay.archive import GitArchive, Version

Report = dict[str, Any]

#: The most popular services of `vlopses-ie`, by folder. Amazon is not recorded there.
POPULAR = (
    "LinkedIn",
    "Facebook",
    "Instagram",
    "WhatsApp",
    "YouTube",
    "TikTok",
    "X",
    "Google Play",
    "Pinterest",
    "Snapchat",
)
#: The region for which the chat follows the services.
REGION = "EU"
DAYS_OF_YEAR = 365.25
_CHAT = Address("telegram", "1")
_OWNER = "year"
_LEASE = timedelta(minutes=2)
_DAY = timedelta(days=1)
#: The kind of a message that is no digest, by its first part.
_KINDS = {PartKind.STORY: "alerts", PartKind.ADDITION: "notes", PartKind.REMINDER: "reminders"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the chat got, and when."""

    delivery: Delivery
    when: datetime

    @property
    def kind(self) -> str:
        """The kind: digests, alerts, notes or reminders."""
        first = self.delivery.alerts[0]
        return "digests" if first.digest else _KINDS[first.part.kind]


def year(versions: Path, services: Sequence[str] = POPULAR) -> Report:
    """The messages of a chat with default settings that follows these services, by folder.

    Raises ValueError if the repository has no document of one of them.
    """
    archive = GitArchive(versions)
    missing = set(services) - {version.service for version in archive.versions}
    if missing:
        raise ValueError(f"nothing is recorded of {', '.join(sorted(missing))}")
    life = Life(archive)
    began, ended = archive.versions[0].when, archive.versions[-1].when
    with tempfile.TemporaryDirectory(prefix="smallprint-year-") as folder:
        store = Store(f"sqlite:///{folder}/year.db")
        store.open()
        try:
            chat = Chat(store, archive.name, began)
            chat.follow(services, life.names)
            for lived in life.live(lambda version: version.service in services):
                chat.hears(lived)
            chat.goes_on(max(ended, chat.now) + timedelta(days=8))
        finally:
            store.close()
    return _report(chat, services, (ended - began) / _DAY)


@dataclass(slots=True)
class Chat:
    """A private chat, its database, and everything that it got. `now` is its clock."""

    store: Store
    collection: str
    now: datetime
    sent: list[Sent] = field(default_factory=list)
    #: The changes that were not noise, in order.
    changes: list[Lived] = field(default_factory=list)
    #: The store's story ids, by their numbers in the replay.
    _stories: dict[int, int] = field(default_factory=dict)

    def follow(self, services: Sequence[str], names: Names) -> None:
        """Follow services, given by folder, before anything happens."""
        for folder in services:
            subscription = Subscription(_CHAT, names.of_folder(folder), frozenset({REGION}))
            self.store.subscriptions.add(subscription, self.now)

    def hears(self, lived: Lived) -> None:
        """Handle a final verdict: send what was due before, and publish it."""
        if lived.change.verdict is Verdict.NOISE:
            return
        self.goes_on(lived.when or lived.version.when)
        self.changes.append(lived)
        self._publish(lived)
        self._send()

    def goes_on(self, until: datetime) -> None:
        """Let time pass: start reminders each morning, and send everything that is due."""
        while self.now < until:
            self.now = min(until, *self._moments())
            self.store.reminders.begin_due(self.now, Schedule().zone)
            self._send()

    def _moments(self) -> Iterator[datetime]:
        """The next morning, and the next time at which something becomes due."""
        yield self._morning()
        due = self.store.outbox.next_due(self.now)
        if due:
            yield due

    def _morning(self) -> datetime:
        zone = Schedule().zone
        morning = at(self.now.date(), REMIND_AT, zone)
        if morning > self.now:
            return morning
        return at(self.now.date() + _DAY, REMIND_AT, zone)

    def _publish(self, lived: Lived) -> None:
        item = _item(lived.version, self.collection)
        story = self._story(lived)
        self.store.sources.due([item.source], self.now)
        self.store.items.keep(item.source, [item], Cursor(learned=True), self.now, self.now)
        told = matcher.audience(lived.change, story)
        self.store.stories.publish(item, lived.change, None, story, told, self.now)
        if lived.story is not None and story is None:
            self._stories[lived.story] = self._newest(lived.change)

    def _story(self, lived: Lived) -> Story | None:
        if lived.story not in self._stories:
            return None
        return self.store.stories.get(self._stories[lived.story])

    def _newest(self, change: Change) -> int:
        near = self.store.stories.near(change.services, change.recorded)
        return max(story.id for story in near)

    def _send(self) -> None:
        """Claim everything that is due, as if the platform accepted every message."""
        claim = self.store.outbox.claim
        while claimed := claim(_CHAT.platform, _OWNER, self.now, _LEASE, 1):
            self.sent += [Sent(delivery, self.now) for delivery in claimed]
            arrived = [(delivery, "1") for delivery in claimed]
            self.store.outbox.sent(arrived, _OWNER, self.now)


def _item(version: Version, collection: str) -> Item:
    return Item(
        uid=f"commit:{version.commit}",
        source=collection,
        record=version.record,
        when=version.when,
        title=version.subject,
        link="",
        document=Document(collection, version.service, version.terms_type),
    )


def _report(chat: Chat, services: Sequence[str], days: float) -> Report:
    kinds = Counter(sent.kind for sent in chat.sent)
    digests = [sent for sent in chat.sent if sent.kind == "digests"]
    at_once = len(chat.sent) - len(digests)
    years = days / DAYS_OF_YEAR
    items = _items(chat)
    return {
        "services": list(services),
        "days": round(days),
        "messages_at_once": at_once,
        "alerts": kinds["alerts"],
        "notes": kinds["notes"],
        "reminders": kinds["reminders"],
        "messages_at_once_a_year": at_once / years,
        "alerts_a_year": kinds["alerts"] / years,
        "digests": len(digests),
        "digests_a_year": len(digests) / years,
        "digest_lines": sum(len(sent.delivery.alerts) for sent in digests),
        "most_digest_lines": max((len(sent.delivery.alerts) for sent in digests), default=0),
        "least_days_between_digests": _least_days(digests),
        "quiet": sum(item["told"] == "quiet" for item in items),
        "documents": _documents(items),
        "items": items,
    }


def _least_days(digests: Sequence[Sent]) -> float | None:
    """Days between the two nearest digests; None if there are fewer than two."""
    moments = [sent.when for sent in digests]
    gaps = [(later - sooner) / _DAY for sooner, later in pairwise(moments)]
    return min(gaps, default=None)


def _items(chat: Chat) -> list[Report]:
    """Each change that is not noise, and how the chat was first told of it, if it was."""
    told: dict[str, tuple[int, str]] = {}
    for number, sent in enumerate(chat.sent):
        for alert in sent.delivery.alerts:
            if alert.part.is_reminder:
                continue
            parts = [part.uid for part in alert.story.parts]
            if alert.part.kind is PartKind.ADDITION:
                parts = [alert.part.key]
            for uid in parts:
                told.setdefault(uid, (number, sent.kind))
    return [_said(lived, *told.get(lived.change.uid, (None, "quiet"))) for lived in chat.changes]


def _said(lived: Lived, message: int | None, told: str) -> Report:
    change = lived.change
    verdict = change.verdict.value
    if change.record is not Record.CHANGE:
        verdict = change.record.value
    return {
        "sha": lived.version.commit,
        "document": f"{lived.version.service}/{lived.version.terms_type}",
        "recorded": lived.version.when.isoformat(),
        "verdict": verdict,
        "way": change.way.value,
        "severity": int(change.severity),
        "probability": change.probability,
        "told": told,
        "message": message,
        "joined": lived.joined,
    }


def _documents(items: Sequence[Report]) -> dict[str, dict[str, int]]:
    """How often each document was told, and in which way."""
    found: dict[str, Counter[str]] = {}
    for item in items:
        found.setdefault(item["document"], Counter())[item["told"]] += 1
    return {document: dict(found[document]) for document in sorted(found)}
