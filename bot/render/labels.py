"""Names of regions, topics, terms, roles and days in the current language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Literal

from babel.dates import format_date, format_skeleton
from babel.lists import format_list

from bot.document_kinds import Kind
from bot.locales import N_, _, locale, n_
from bot.message import Span
from bot.naming import bare
from bot.preferences import Level
from bot.regions import EEA, EU, GROUPS, all_countries
from bot.verdicts import Role

#: The names of common terms types; others keep the name that Open Terms Archive gives them.
TERMS = (
    N_("Privacy Policy"),
    N_("Terms of Service"),
    N_("Community Guidelines"),
    N_("Developer Terms"),
    N_("Commercial Terms"),
    N_("Trackers Policy"),
    N_("Data Processor Agreement"),
    N_("Copyright Claims Policy"),
    N_("Acceptable Use Policy"),
    N_("Imprint"),
    N_("Review Guidelines"),
    N_("Law Enforcement Guidelines"),
)
#: CLDR has no short names for these groups of countries.
_GROUPS = {"EU": N_("EU"), "EEA": N_("EEA"), "UK": N_("UK")}

#: The names of topics in a headline, by their codes in `bot.understand.topics`.
TOPICS = {
    "ai_training": N_("training AI on your data"),
    "data_sharing": N_("sharing your data"),
    "data_collection": N_("what is collected about you"),
    "advertising_tracking": N_("ads and tracking"),
    "user_rights": N_("your rights"),
    "data_retention": N_("how long data is kept"),
    "age_minors": N_("age and minors"),
    "account_termination": N_("closing or suspending accounts"),
    "payments_refunds": N_("prices and payments"),
    "liability_arbitration": N_("liability and disputes"),
    "legal_entity_jurisdiction": N_("the company or law you deal with"),
    "political_content": N_("political content"),
    "content_moderation": N_("what may be posted"),
    "intellectual_property": N_("rights in what you post"),
    "api_developers": N_("rules for developers"),
    "security": N_("security"),
}
#: The roles that a change is for, in the order of lists.
ROLES = {
    Role.USERS: N_("private people"),
    Role.SELLERS: N_("sellers"),
    Role.ADVERTISERS: N_("advertisers"),
    Role.DEVELOPERS: N_("developers"),
    Role.CREATORS: N_("creators"),
    Role.BUSINESS: N_("businesses"),
    Role.MODERATORS: N_("moderators"),
}
#: The levels from which one hears of changes.
LEVELS = {
    Level.MUST_KNOW: N_("Only what I must know"),
    Level.SHOULD_KNOW: N_("What I should know"),
    Level.EVERYTHING: N_("Everything"),
}
#: Kinds of documents, in the order of lists.
KINDS = {
    Kind.PRIVACY: N_("privacy policies"),
    Kind.TERMS: N_("terms of service"),
    Kind.COMMUNITY: N_("community rules"),
    Kind.PRICES: N_("conditions of sale"),
    Kind.BUSINESS: N_("terms for businesses"),
    Kind.OTHER: N_("other documents"),
}


def terms(name: str) -> str:
    """A terms type in the current language, or unchanged if it has no translation."""
    if name not in TERMS:
        return name
    return _(name)


def terms_place(name: str) -> tuple[int, str]:
    """The sort key of a terms type: those that most people look for come first."""
    return (TERMS.index(name) if name in TERMS else len(TERMS)), name


def day(when: date | datetime) -> str:
    """A day as people write it: 3 November 2025."""
    return str(format_date(when, "long", locale=locale()))


def weekday(number: int) -> str:
    """A weekday by its number; Monday is 0."""
    return str(locale().days["format"]["wide"][number])


def moment(when: date | datetime) -> Span:
    """A day that platforms can show in the reader's time zone.

    A bare day is represented by its noon, because it is meant everywhere in Europe.
    """
    exact = when if isinstance(when, datetime) else datetime.combine(when, time(12), UTC)
    return Span(day(when), when=exact)


def month(stamp: str) -> str:
    """A month as people write it: August 2026 for "2026-08"."""
    return str(format_skeleton("yMMMM", date.fromisoformat(f"{stamp}-01"), locale=locale()))


def in_days(days: int) -> str:
    """How far off a day is: today, tomorrow, in 5 days."""
    if days <= 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return n_("in {count} day", "in {count} days", days)


def join(names: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """A list in words: "a, b and c"; with the style `or`, "a, b or c"."""
    if not names:
        return ""
    return format_list(list(names), style=style, locale=locale())


def places(codes: Iterable[str]) -> str:
    """Region codes as a list; groups come first."""
    return ", ".join(label(code) for code in sorted(codes, key=_place))


def _place(code: str) -> tuple[int, str]:
    """The sort key of a region: groups first, then by name."""
    order = list(GROUPS)
    if code in order:
        return order.index(code), in_order(code)
    return len(order), in_order(code)


def in_order(code: str) -> str:
    """The sort key of a region's name: Österreich is sorted under O, Bélgica before Bulgaria."""
    return bare(label(code))


def area(countries: frozenset[str]) -> str:
    """An area as a list of at most eight names."""
    return ", ".join(labels(countries)[:8])


def label(code: str) -> str:
    """The name of a region in the current language."""
    if code in _GROUPS:
        return _(_GROUPS[code])
    return str(locale().territories.get(code, code))


def labels(area: frozenset[str]) -> list[str]:
    """An area in few words: whole groups by name, the rest by country."""
    if len(area) > len(all_countries()) / 2:
        outside = ", ".join(labels(all_countries() - area))
        if not outside:
            return []
        return [_("everywhere but: {places}", places=outside)]
    left = set(area)
    found: list[str] = []
    if left >= EEA:
        found += [label("EU"), label("EEA")]
        left -= EEA
    elif left >= EU:
        found += [label("EU")]
        left -= EU
    for code in ("UK", "CH"):
        if left >= GROUPS[code]:
            found.append(label(code))
            left -= GROUPS[code]
    return found + [label(code) for code in sorted(left, key=in_order)]


def topic(name: str) -> str:
    """The name of a topic in a headline."""
    if name not in TOPICS:
        return name.replace("_", " ")
    return _(TOPICS[name])


def roles(whom: Collection[Role]) -> str:
    """Roles as a list."""
    return join([_(label) for role, label in ROLES.items() if role in whom])


def kinds(chosen: Collection[Kind]) -> str:
    """Kinds of documents as a list."""
    return join([_(label) for kind, label in KINDS.items() if kind in chosen])
