"""A busy world: stories of every kind, with one passage and with hundreds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot import matcher
from bot.model import (
    Address,
    Change,
    Cursor,
    Document,
    Record,
    Source,
    SourceKind,
    Subscription,
)
from bot.store import Store, documents
from bot.understand.memory import Held
from bot.verdicts import (
    Excerpt,
    Ground,
    Noise,
    Origin,
    Readers,
    Reason,
    Role,
    Severity,
    Verdict,
    Weight,
)
from tests.support.world import CHANGE, ITEM, NOW, tell

ME = Address("console", "me")
#: When the chat began to follow what it follows.
BEFORE = NOW - timedelta(days=60)
SOURCES = (
    Source(
        "vlopses-ie", SourceKind.COLLECTION, "https://example.org", jurisdiction=frozenset({"IE"})
    ),
    Source(
        "dating", SourceKind.COLLECTION, "https://example.org", jurisdiction=frozenset({"FR", "CH"})
    ),
    Source("edpb", SourceKind.NEWS, "https://example.org"),
)
_EUROPE = Readers.EUROPE
KINDS = ("Terms of Service", "Community Guidelines", "Developer Terms", "Trackers Policy")


def tell_many(store: Store) -> None:
    """Everything, in the order in which it happened."""
    for service in ("linkedin", "tiktok", "spotify"):
        store.subscriptions.add(Subscription(ME, service, frozenset({"UK"})), BEFORE)
    for number, one in enumerate(_changes(), 2):
        uid = f"control:{number}" if one.record is Record.DEADLINE else f"commit:{number}"
        change = replace(one, uid=uid)
        document = Document("vlopses-ie", change.services[0], change.terms_type)
        item = replace(ITEM, uid=uid, document=document, record=change.record)
        tell(store, change, item, change.recorded)
    _deliver(store, 4)
    _explain(store)
    with store.database.write() as connection:
        for terms_type, readers in (
            *[(kind, None) for kind in KINDS],
            (CHANGE.terms_type, _EUROPE),
        ):
            for source, folder in (("vlopses-ie", "TikTok"), ("dating", "TikTok")):
                document = Document(source, folder, terms_type)
                held = Held(document, "", NOW, frozenset(), frozenset(), 0, readers=readers)
                documents.write(connection, held)


def _deliver(store: Store, count: int) -> None:
    """The oldest alerts have been sent."""
    for delivery in store.outbox.claim("console", "me", NOW, timedelta(minutes=1), count):
        store.outbox.sent([(delivery, "9")], "me", NOW)


def _explain(store: Store) -> None:
    """A memo about story 2, which the service then took back."""
    when = NOW - timedelta(days=1)
    memo = replace(
        CHANGE,
        record=Record.MEMO,
        terms_type="",
        title="LinkedIn shares more with Microsoft",
        link="https://opentermsarchive.org/memos/linkedin",
        excerpts=(),
        recorded=when,
    )
    back = replace(CHANGE, record=Record.TAKEN_BACK, recorded=when)
    for part in (replace(memo, uid="memo:1"), replace(back, uid="commit:back")):
        item = replace(ITEM, uid=part.uid, record=part.record)
        store.items.keep(item.source, [item], Cursor(learned=True), when, when)
        story = store.stories.get(2)
        store.stories.publish(item, part, None, story, matcher.audience(part, story), when)


def _changes() -> Iterator[Change]:
    recorded = datetime(2025, 10, 1, 8, tzinfo=UTC)
    plain = replace(CHANGE, area=None, effective=None, topics=(), links=())
    # Story 2: long, with passages for some places only, and more than were kept.
    yield replace(
        plain,
        recorded=recorded,
        effective=date(2025, 12, 1),
        excerpts=tuple(_passages()),
        topics=("data_sharing", "user_rights"),
        unshown=7,
        why=(
            Reason(Weight.SMALL_WORD, ("", "CH/EEA/UK", "may", "must")),
            Reason(Ground.RECIPIENTS),
            Reason(Ground.AI_TRAINING),
            Reason(Ground.CHOICE_GONE),
        ),
    )
    # Story 3: a text that could not be fetched.
    yield replace(
        plain,
        recorded=recorded + timedelta(days=1),
        services=("tiktok",),
        excerpts=(),
        why=(Reason(Origin.UNREAD),),
        severity=Severity.SHOULD_KNOW,
    )
    # Story 4: a memo by itself.
    yield replace(
        plain,
        recorded=recorded + timedelta(days=2),
        services=("spotify",),
        record=Record.MEMO,
        terms_type="",
        title="Spotify lets others train on what you say",
        link="https://opentermsarchive.org/memos/spotify",
        excerpts=(),
        why=(Reason(Origin.MEMO),),
    )
    # Story 5: one passage that is gone.
    yield replace(
        plain,
        recorded=recorded + timedelta(days=3),
        services=("tiktok",),
        terms_type="Community Guidelines",
        excerpts=(Excerpt("You may not clone the voice of another person.", ""),),
        why=(Reason(Ground.PROTECTION_GONE),),
        severity=Severity.SHOULD_KNOW,
    )
    # Stories 6 to 17: a dozen, one for developers, one for people in the United States.
    for number in range(12):
        yield replace(
            plain,
            recorded=recorded + timedelta(days=4 + number),
            services=("tiktok",),
            terms_type=KINDS[number % len(KINDS)],
            excerpts=(Excerpt("", f"We may charge you {number + 2} euros."),),
            topics=("payments_refunds",),
            why=(Reason(Ground.MONEY), Reason(Ground.FIGURES)),
            severity=Severity.SHOULD_KNOW,
            roles=(Role.DEVELOPERS,) if number == 2 else (),
            area=frozenset({"US"}) if number == 3 else None,
        )
    # Story 18: a day of the catalogue.
    yield replace(
        plain,
        record=Record.DEADLINE,
        terms_type="",
        title="Data for Generative AI Improvement",
        recorded=datetime(2025, 11, 20, tzinfo=UTC),
        effective=date(2025, 11, 20),
        excerpts=(),
        area=frozenset({"GB"}),
        why=(Reason(Origin.APPLIES_FROM),),
    )
    # Story 19: a collection that no longer reads a text.
    yield replace(
        plain,
        record=Record.UNREAD,
        recorded=recorded + timedelta(days=20),
        services=("spotify",),
        collection="vlopses-ie",
        excerpts=(),
        why=(Reason(Origin.SILENT, ("2025-10-01",)),),
    )
    small = replace(plain, services=("tiktok",), excerpts=())
    for number in range(4):
        when = recorded + timedelta(days=5 + number)
        yield replace(
            small,
            recorded=when,
            verdict=Verdict.MINOR,
            why=(Reason(Ground.SMALL_EDIT), Reason(Ground.EXPLAINS)),
        )
    for number in range(30):
        when = recorded + timedelta(days=1 + number)
        why = (Reason(Noise.FORMAT_ONLY),)
        yield replace(small, recorded=when, verdict=Verdict.NOISE, why=why)


def _passages() -> Iterator[Excerpt]:
    yield Excerpt("", "We share your usage data with our partners.", ("data_sharing",))
    yield Excerpt(
        "",
        "If you are in the UK, we share it with Microsoft.",
        ("data_sharing",),
        frozenset({"GB"}),
    )
    yield Excerpt(
        "If you are in Brazil, write to us.",
        "If you are in Brazil, write to our officer.",
        ("user_rights",),
        frozenset({"BR"}),
    )
    yield Excerpt("You may object at any time in your settings.", "", ("user_rights",))
    for number in range(9):
        yield Excerpt(f"We keep item {number} for 30 days.", f"We keep item {number} for 90 days.")
