"""The nouns: frozen values that every other module speaks about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from bot.document_kinds import Kind
from bot.verdicts import (
    Area,
    Direction,
    Doubt,
    Excerpt,
    Link,
    OptOut,
    Readers,
    Reason,
    Role,
    Severity,
    Verdict,
    Way,
)


class Record(StrEnum):
    """What an item of a feed records; the first five are Open Terms Archive's words."""

    CHANGE = "change"
    FIRST = "first record"
    UPGRADE = "technical upgrade"
    MEMO = "memo"
    ARTICLE = "article"
    TAKEN_BACK = "taken back"  # a change was undone
    DEADLINE = "deadline"  # a date of the catalogue by which people can act
    UPKEEP = "upkeep"  # how-tos that the operator should look at
    SUGGESTED = "suggested"  # what people suggest to the operator
    TROUBLE = "trouble"  # something that the operator should know at once
    ANNOUNCEMENT = "announcement"  # what the operator tells everybody
    NOTICE = "notice"  # this bot itself works differently from now on
    UNREAD = "unread"  # a collection no longer reads some documents of a service
    READ_AGAIN = "read again"  # it does once more

    @property
    def told_by_people(self) -> bool:
        """Whether somebody wrote it about a change; the others are read off the texts."""
        return self in (Record.MEMO, Record.ARTICLE)


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the catalogue names it."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()  # its names in collections of Open Terms Archive
    owner: str = ""
    former: tuple[str, ...] = ()  # names that it had
    everyday: tuple[str, ...] = ()  # those of its names that are common words too
    replaces: tuple[str, ...] = ()  # ids of services that went into it
    serves: tuple[Role, ...] = ()  # whom it is for, where no private person uses it as such

    @property
    def nicknames(self) -> tuple[str, ...]:
        """What else people call it."""
        return (*self.aliases, *self.former)


@dataclass(frozen=True, slots=True, order=True)
class Document:
    """One service's terms of one type in one collection, named as the collection names them."""

    collection: str
    service: str
    terms_type: str

    @property
    def key(self) -> str:
        """The three names in one, as databases keep them."""
        return f"{self.collection}/{self.service}/{self.terms_type}"


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed gave: one entry, not yet understood.

    `uid` is the same wherever the same record is seen: `commit:<sha>` for a recorded version.
    `text` is set for memos and articles only; the texts of a recorded change are fetched later.
    `pages` is the number of source documents of a version, 0 where nobody says. `stamped` is when
    the feed says that it was published or changed (of a recorded version only where that is ahead
    of our time). `updates` is the uid of the item that it is a newer text of.
    """

    uid: str
    source: str
    record: Record
    when: datetime
    title: str
    link: str
    document: Document | None = None
    text: str = ""
    services: tuple[str, ...] = ()
    terms_types: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    pages: int = 0
    stamped: datetime | None = None
    updates: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What we understood of an item.

    `services` are catalogue ids; `why` are the reasons of its verdict, `probability` is how likely
    it matters, `at_once` says that no digest waits for it. `roles` are those whom it affects, none
    where nobody can say; `area` is where. `places` are the region codes that it names, `readers`
    those for whom the text is written, in `language`. `doubt` says why it is held. `excerpts` are
    its passages, the most telling first, `unshown` counts those left out. `fingerprint` and `gone`
    are keys of the sentences that came and went, `version` is the sum of the text; `updates` is
    the uid of the item that it is a newer text of.
    """

    uid: str
    services: tuple[str, ...]
    terms_type: str
    recorded: datetime
    title: str
    link: str
    verdict: Verdict
    why: tuple[Reason, ...]
    severity: Severity = Severity.SHOULD_KNOW
    probability: float = 1.0
    direction: Direction | None = None
    at_once: bool = True
    roles: tuple[Role, ...] = ()
    record: Record = Record.CHANGE
    collection: str = ""
    language: str = ""
    area: Area = None
    places: tuple[str, ...] = ()
    effective: date | None = None
    topics: tuple[str, ...] = ()
    opt_out: OptOut = OptOut.NONE
    links: tuple[Link, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    unshown: int = 0
    commits: tuple[str, ...] = ()
    fingerprint: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    version: int = 0
    doubt: Doubt | None = None
    summary: str = ""
    updates: str = ""
    readers: Readers = Readers.UNKNOWN

    @property
    def telling(self) -> tuple[Excerpt, ...]:
        """The three passages that carry it."""
        return self.excerpts[:3]

    @property
    def way(self) -> Way:
        """How it is told to who wants to hear what matters."""
        if self.verdict is not Verdict.MATERIAL:
            return Way.QUIET
        return Way.NOW if self.at_once else Way.DIGEST

    @property
    def is_for_a_digest(self) -> bool:
        """Whether it is left for the digests of those who are told of it.

        Small edits are, too, where somebody asked for everything.
        """
        return self.way is not Way.NOW

    @property
    def deadline(self) -> datetime | None:
        """The day on which it comes into force, if the text gives it, as a moment in UTC.

        Until then there is something to do.
        """
        day = self.effective
        if day is None:
            return None
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """One real event: the change that started it, and the memos and articles about it."""

    id: int
    lead: Change
    joined: tuple[Change, ...] = ()

    @property
    def parts(self) -> tuple[Change, ...]:
        """The lead, then what joined it, in the order in which it came."""
        return (self.lead, *self.joined)

    @property
    def taken_back(self) -> datetime | None:
        """When the service undid it, None where it did not."""
        for part in self.joined:
            if part.record is Record.TAKEN_BACK:
                return part.recorded
        return None

    def has(self, record: Record) -> bool:
        """Whether one of its parts is of this kind of record."""
        return any(part.record is record for part in self.parts)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chat is: the platform, its chat or channel, and the thread inside it, if any."""

    platform: str
    chat: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A chat wants to hear of a service in its regions (codes as in `bot.understand.places`).

    `kinds` are the documents that the chat chose, none where it hears of all.
    """

    address: Address
    service: str
    regions: frozenset[str]
    kinds: frozenset[Kind] = frozenset()


class SourceKind(StrEnum):
    """The kinds of feeds that can be polled."""

    COLLECTION = "collection"
    GITHUB = "github"
    MEMOS = "memos"
    NEWS = "news"

    @property
    def records_versions(self) -> bool:
        """Whether its entries are versions of documents; else people write them."""
        return self in (SourceKind.COLLECTION, SourceKind.GITHUB)


@dataclass(frozen=True, slots=True)
class Source:
    """A feed we poll, as the operator's TOML file names it. `every` is in seconds.

    `jurisdiction` are ISO codes of the edition that a collection sees; `service` and `terms_type`
    narrow a GitHub source to one service or one document.
    """

    id: str
    kind: SourceKind
    url: str
    every: int = 1800
    github: str = ""
    jurisdiction: frozenset[str] = frozenset()
    service: str = ""
    terms_type: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Cursor:
    """What we remember of a source between two polls; times are aware UTC."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    last_uid: str = ""
    full_at: datetime | None = None
    failures: int = 0
    learned: bool = False
    notes: dict[str, str] = field(default_factory=dict)
