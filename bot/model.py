"""The data model: frozen values that every other module uses."""

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
    """What an item of a feed records; the first four values are Open Terms Archive's terms."""

    CHANGE = "change"
    FIRST = "first record"
    UPGRADE = "technical upgrade"
    MEMO = "memo"
    ARTICLE = "article"
    TAKEN_BACK = "taken back"  # a change was undone
    DEADLINE = "deadline"  # a date of the catalogue by which people can act
    UPKEEP = "upkeep"  # how-tos that the operator should look at
    SUGGESTED = "suggested"  # suggestions that people sent to the operator
    TROUBLE = "trouble"  # a problem that the operator should know of at once
    ANNOUNCEMENT = "announcement"  # a text by the operator for all chats
    NOTICE = "notice"  # this bot itself works differently from now on
    UNREAD = "unread"  # a collection no longer reads some documents of a service
    READ_AGAIN = "read again"  # a collection reads them again

    @property
    def told_by_people(self) -> bool:
        """Whether people wrote it about a change; all others are derived from the texts."""
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
    former: tuple[str, ...] = ()  # former names
    everyday: tuple[str, ...] = ()  # names that are also common words
    replaces: tuple[str, ...] = ()  # ids of the services that it replaced
    serves: tuple[Role, ...] = ()  # its users' roles, if it is not for private people

    @property
    def nicknames(self) -> tuple[str, ...]:
        """Other names that people call it."""
        return (*self.aliases, *self.former)


@dataclass(frozen=True, slots=True, order=True)
class Document:
    """A document: a service's terms of one type in one collection, under the collection's names."""

    collection: str
    service: str
    terms_type: str

    @property
    def key(self) -> str:
        """The document's key in the database: collection/service/terms type."""
        return f"{self.collection}/{self.service}/{self.terms_type}"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed, not yet understood.

    `uid` is the same wherever the same record is seen: `commit:<sha>` for a recorded version.
    `text` is set for memos and articles only; the texts of a recorded change are fetched later.
    `pages` is the number of source documents of a version, 0 if unknown. `stamped` is the feed's
    date of publication or change (for a recorded version, only if it lies in the future). `updates`
    is the uid of the item of which this one is a newer text.
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
    """A change: what was understood of an item.

    `services` are catalogue ids. `why` are the reasons for the verdict; `probability` is how likely
    the change matters; `at_once` says that it does not wait for a digest. `roles` are those whom it
    affects, empty if unknown; `area` is where it applies. `places` are the region codes that it
    names, `readers` those for whom the text is written, in `language`. `doubt` is why it is held.
    `excerpts` are its passages, the most telling first; `unshown` counts those left out.
    `fingerprint` and `gone` are the hashes of the sentences that were added and removed, `version`
    is the hash of the text. `updates` is the uid of the item of which it is a newer text.
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
        """The three most telling passages."""
        return self.excerpts[:3]

    @property
    def way(self) -> Way:
        """How the change is told to people who want to hear what matters."""
        if self.verdict is not Verdict.MATERIAL:
            return Way.QUIET
        return Way.NOW if self.at_once else Way.DIGEST

    @property
    def is_for_a_digest(self) -> bool:
        """Whether the change is left for a digest.

        That includes small edits, for people who asked for everything.
        """
        return self.way is not Way.NOW

    @property
    def deadline(self) -> datetime | None:
        """The day on which it comes into force, as midnight UTC, or None if the text gives none.

        People can act until then.
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
        """The lead, then the changes that joined it, in the order in which they came."""
        return (self.lead, *self.joined)

    @property
    def taken_back(self) -> datetime | None:
        """When the service undid the change, or None."""
        for part in self.joined:
            if part.record is Record.TAKEN_BACK:
                return part.recorded
        return None

    def has(self, record: Record) -> bool:
        """Whether one of its parts is of this kind of record."""
        return any(part.record is record for part in self.parts)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a chat: platform, chat or channel id, and thread id, or ""."""

    platform: str
    chat: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A chat's wish to hear of a service in some regions (codes as in `bot.regions`).

    `kinds` are the kinds of documents that the chat chose; empty means all.
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
        """Whether its entries are versions of documents rather than texts that people wrote."""
        return self in (SourceKind.COLLECTION, SourceKind.GITHUB)


@dataclass(frozen=True, slots=True)
class Source:
    """A feed to poll, as the operator's TOML file defines it. `every` is in seconds.

    `jurisdiction` are the ISO codes of the countries whose edition a collection sees;
    `service` and `terms_type` narrow a GitHub source to one service or one document.
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
    """The state of a source between two polls; times are aware UTC."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    last_uid: str = ""
    full_at: datetime | None = None
    failures: int = 0
    learned: bool = False
    notes: dict[str, str] = field(default_factory=dict)
