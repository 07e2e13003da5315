"""The vocabulary of judgements: what a change says, how much it matters, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

#: A set of ISO 3166 country codes, or None if the text does not say whom it concerns.
Area = frozenset[str] | None


class Verdict(StrEnum):
    """How much a change matters to the people who use the service."""

    MATERIAL = "material"
    MINOR = "minor"
    NOISE = "noise"


class OptOut(StrEnum):
    """What a change says about opting out."""

    AVAILABLE = "available"
    REMOVED = "removed"
    NONE = "none"


class Severity(IntEnum):
    """How much a change matters to those whom it binds, as a careful privacy lawyer sees it."""

    NOISE = 0
    MINOR = 1
    SHOULD_KNOW = 2
    MUST_KNOW = 3


class Way(StrEnum):
    """How a change is told: at once, as a line of the next digest, or only to those who ask."""

    NOW = "now"
    DIGEST = "digest"
    QUIET = "quiet"


class Direction(StrEnum):
    """Whether those whom a change binds are worse off than before."""

    WORSE = "worse"
    BETTER = "better"
    MIXED = "mixed"
    NEUTRAL = "neutral"


class Role(StrEnum):
    """The capacity in which people are bound or affected by terms."""

    USERS = "users"
    SELLERS = "sellers"
    ADVERTISERS = "advertisers"
    DEVELOPERS = "developers"
    CREATORS = "creators"
    BUSINESS = "business"
    MODERATORS = "moderators"


class Readers(StrEnum):
    """For whom a recorded text is written: for people in Europe, elsewhere, or both."""

    EUROPE = "europe"
    ELSEWHERE = "elsewhere"
    ALL = "all"
    UNKNOWN = ""


class Noise(StrEnum):
    """Why a version says nothing new."""

    FORMAT_ONLY = "format_only"
    KNOWN_BEFORE = "known_before"
    NO_TERMS = "no_terms"
    OTHER_LANGUAGE = "other_language"
    OTHER_PAGES = "other_pages"
    CUT_ELSEWHERE = "cut_elsewhere"
    RESTORED = "restored"
    NOW_TRACKED = "now_tracked"
    TRACKER_CHANGED = "tracker_changed"
    NOT_ABOUT_TERMS = "not_about_terms"


class Weight(StrEnum):
    """A reason for a change's weight (values in brackets); only SMALL_WORD is still given."""

    WHO_IT_IS = "who_it_is"
    SMALL_WORD = "small_word"  # (before, after), once for each turn; one of the two may be empty
    NEW_RULE = "new_rule"  # (the rule,)
    NEW_WORDS = "new_words"  # (how many,)
    FEW_WORDS = "few_words"  # (how many,)
    FEW_BIND = "few_bind"  # (how many,)
    NOW_IN_FORCE = "now_in_force"
    PART_GONE = "part_gone"
    CHOICE_GONE = "choice_gone"
    RULE_GONE = "rule_gone"
    TOPIC_GONE = "topic_gone"  # (the topic's code,)
    TEXT_GONE = "text_gone"


class Ground(StrEnum):
    """A reason for or against telling a change, as the model weighed it."""

    AI_TRAINING = "ai_training"
    SOLD = "sold"
    RECIPIENTS = "recipients"
    MORE_DATA = "more_data"
    WATCHED = "watched"
    ADS = "ads"
    KEPT = "kept"
    MONEY = "money"
    ACCOUNT = "account"
    DISPUTES = "disputes"
    OTHER_COMPANY = "other_company"
    DUTIES = "duties"
    ONE_SIDED = "one_sided"
    AGE = "age"
    CHOICE_GONE = "choice_gone"
    CHOICE = "choice"
    PROTECTION_GONE = "protection_gone"
    LICENCE = "licence"
    FIGURES = "figures"
    DATED = "dated"
    LIKE_WHAT_MATTERED = "like_what_mattered"
    SMALL_EDIT = "small_edit"
    ONLY_NAMES = "only_names"
    OF_THE_PAGE = "of_the_page"
    EXPLAINS = "explains"
    MOVED = "moved"
    OTHER_EDITION = "other_edition"
    UNLIKE_WHAT_MATTERED = "unlike_what_mattered"


class Origin(StrEnum):
    """Why something is told, or is no longer told (values in brackets)."""

    ANNOUNCED = "announced"  # (the day, ISO,)
    UNREAD = "unread"
    MEMO = "memo"
    ARTICLE = "article"
    LASTED = "lasted"  # (the doubt's code,)
    TAKEN_BACK = "taken_back"  # (the doubt's code,)
    VOID = "void"  # (the day on which it was told, ISO,)
    ACT_UNTIL = "act_until"
    APPLIES_FROM = "applies_from"
    HOWTOS_UNSEEN = "howtos_unseen"
    SUGGESTED = "suggested"
    TROUBLE = "trouble"
    OPERATOR = "operator"
    NOT_RECORDED = "not_recorded"  # (since, ISO, collections that read it still...,), and so below
    NOT_READ = "not_read"
    SILENT = "silent"
    ENDED = "ended"
    UNREACHED = "unreached"
    READ_AGAIN = "read_again"
    AS_WRITTEN = "as_written"  # (a sentence of an earlier version that has no code,)


class Doubt(StrEnum):
    """Why a change could be an accident of the page or of the tracker."""

    FLAPS = "flaps"
    ONLY_GONE = "only_gone"
    OTHER_EDITION = "other_edition"
    EXCHANGED = "exchanged"
    WHOLE_PAGE = "whole_page"
    TOLD_IS_GONE = "told_is_gone"
    UNSURE = "unsure"


class Unread(StrEnum):
    """Why an item was settled without a verdict."""

    THERE_BEFORE = "there_before"
    NOBODY_FOLLOWS = "nobody_follows"
    LATER_VERSION_KNOWN = "later_version_known"
    NOTHING_BEFORE = "nothing_before"
    TOO_OLD = "too_old"
    SOURCE_OFF = "source_off"
    BEYOND_LIMITS = "beyond_limits"


class HeldFor(StrEnum):
    """What a queued alert waits for; the values are stored in the database."""

    MUTE = "muted"
    QUIET_HOURS = "quiet hours"
    DAILY_DIGEST = "daily digest"
    WEEKLY_DIGEST = "weekly digest"
    REACHED_AGAIN = "reached again"
    BIT_BY_BIT = "bit by bit"


Code = Noise | Weight | Ground | Origin | Doubt


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a verdict. The comment beside each code lists its `values`; most have none."""

    code: Code
    values: tuple[str, ...] = ()


class Verb(StrEnum):
    """What a passage says happens now; the values in brackets are words of its text.

    For the first verbs the service does something, may do it, or says that it never does; their
    value is (to what or whom,).
    """

    SELL = "sell"
    SHARE = "share"
    COLLECT = "collect"
    USE = "use"
    TRAIN = "train"
    KEEP = "keep"
    CHARGE = "charge"
    CLOSE = "close"
    REMOVE = "remove"
    MONITOR = "monitor"
    CHANGE = "change"
    MAY_SELL = "may_sell"
    MAY_SHARE = "may_share"
    MAY_COLLECT = "may_collect"
    MAY_USE = "may_use"
    MAY_TRAIN = "may_train"
    MAY_KEEP = "may_keep"
    MAY_CHARGE = "may_charge"
    MAY_CLOSE = "may_close"
    MAY_REMOVE = "may_remove"
    MAY_MONITOR = "may_monitor"
    MAY_CHANGE = "may_change"
    NEVER_SELL = "never_sell"
    NEVER_SHARE = "never_share"
    NEVER_COLLECT = "never_collect"
    NEVER_USE = "never_use"
    NEVER_TRAIN = "never_train"
    NEVER_KEEP = "never_keep"
    NEVER_CHARGE = "never_charge"
    NEVER_CLOSE = "never_close"
    NEVER_REMOVE = "never_remove"
    NEVER_MONITOR = "never_monitor"
    NEVER_CHANGE = "never_change"
    YOU_MUST = "you_must"  # (what,)
    YOU_MUST_NOT = "you_must_not"  # (what,)
    YOU_NEED_NOT = "you_need_not"  # (what,)
    YOU_MAY = "you_may"  # (what,)
    YOU_AGREE = "you_agree"  # (to what,)
    CHOICE = "choice"  # (the clause,), and so below
    CHOICE_GONE = "choice_gone"
    BAN_GONE = "ban_gone"
    PROMISE_GONE = "promise_gone"
    PURPOSE = "purpose"  # (what for,)
    SAYS = "says"
    NO_LONGER_SAYS = "no_longer_says"
    TURNS = "turns"  # (now, before)
    ADDS = "adds"  # (what came, what it stands beside)
    DROPS = "drops"  # (what went, what it stood beside)
    LISTS = "lists"  # (the entry, what introduces the list)
    UNLISTS = "unlists"  # (the entry, what introduces the list)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a passage says in one sentence: a verb, and the words of the text that it applies to."""

    verb: Verb
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage that changed: as it was and as it is; either may be empty.

    `topics` are what it is about, `area` is where it says that it applies, `opt_out` what it says
    about opting out. `statement` is what it says now, or None if that does not fit one sentence.
    """

    before: str
    after: str
    topics: tuple[str, ...] = ()
    area: Area = None
    opt_out: OptOut = OptOut.NONE
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A URL with the text of its link."""

    label: str
    url: str
