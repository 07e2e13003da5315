"""The roles of a chat, and the documents of a service that it hears about.

The store and the predicate say the same of whom a story is for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import handlers
from bot import matcher
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.document_kinds import Kind, kind_of, kinds_of
from bot.feeds.terms_types import KNOWN
from bot.matcher import Hindrance, hindrance, roles_of
from bot.model import Address, Change, Cursor, Record, Story, Subscription
from bot.platform import Request
from bot.preferences import ROLES, Interests, Level
from bot.store import Store
from bot.verdicts import OptOut, Role, Severity, Verdict
from handlers import _choices, audience, documents
from tests.support import world
from tests.support.world import CHANGE, ITEM, NOW

A = Address("telegram", "1")
B = Address("discord", "2")
EU = frozenset({"EU"})
FOR_DEVELOPERS = replace(CHANGE, uid="commit:api", roles=(Role.DEVELOPERS,))
#: Services that are for others, in these tests.
FOR_OTHERS = frozenset({"google-ads"})


def follow(store: Store, address: Address, service: str = "linkedin") -> None:
    store.subscriptions.add(Subscription(address, service, EU), NOW - timedelta(days=1))


def tell(store: Store, change: Change, for_others: Collection[str] = ()) -> int:
    item = replace(ITEM, uid=change.uid)
    audience = matcher.audience(change, None, for_others)
    store.sources.due([item.source], NOW)
    store.items.keep(item.source, [item], Cursor(learned=True), NOW, NOW)
    return store.stories.publish(item, change, None, None, audience, NOW)


def say(store: Store, known: Catalogue, names: Names, line: str, chat: Address = A) -> str:
    command, _sep, text = line.partition(" ")
    return handlers.answer(Request(command, text, chat), world.context(store, known, names)).text


# -- whom it is for


@pytest.mark.parametrize(
    ("roles", "heard_as"),
    [
        ((), {Role.USERS}),
        ((Role.DEVELOPERS,), {Role.DEVELOPERS}),
        ((Role.MODERATORS,), {Role.CREATORS}),
        ((Role.USERS, Role.MODERATORS), {Role.USERS, Role.CREATORS}),
        (tuple(Role), set()),
    ],
)
def test_whom_a_change_is_for(roles: tuple[Role, ...], heard_as: set[Role]) -> None:
    assert roles_of([replace(CHANGE, roles=roles)]) == heard_as


def test_what_people_write_about_a_change_is_for_whom_the_change_is() -> None:
    memo = replace(CHANGE, uid="memo:1", record=Record.MEMO, roles=())
    assert roles_of([memo]) == {Role.USERS}
    assert matcher.audience(memo, Story(1, FOR_DEVELOPERS)).roles == {Role.DEVELOPERS}
    unknown = replace(CHANGE, uid="commit:2", roles=())
    assert matcher.audience(unknown, Story(1, FOR_DEVELOPERS)).roles == {
        Role.DEVELOPERS,
        Role.USERS,
    }


def test_that_a_document_is_not_read_is_for_all_who_follow() -> None:
    lost = replace(FOR_DEVELOPERS, record=Record.UNREAD)
    assert roles_of([lost]) == frozenset()
    assert hindrance(lost, [Subscription(A, "linkedin", EU)], Interests()) is None


def test_a_chat_hears_what_is_for_private_people_and_what_it_chose(both: Store) -> None:
    follow(both, A)
    follow(both, B)
    both.preferences.set_interests(
        B, Interests(roles=frozenset({Role.USERS, Role.DEVELOPERS})), NOW
    )
    assert tell(both, replace(CHANGE, uid="commit:unknown")) == 2
    assert tell(both, FOR_DEVELOPERS) == 1
    assert tell(both, replace(FOR_DEVELOPERS, uid="c:3", roles=(Role.SELLERS,))) == 0
    assert tell(both, replace(FOR_DEVELOPERS, uid="c:4", roles=(Role.SELLERS, Role.USERS))) == 2
    assert tell(both, replace(FOR_DEVELOPERS, uid="c:5", roles=tuple(Role))) == 2


def test_who_follows_a_service_for_others_hears_all_of_it(both: Store) -> None:
    follow(both, A, "google-ads")
    follow(both, B, "linkedin")
    change = replace(CHANGE, services=("linkedin", "google-ads"), roles=(Role.ADVERTISERS,))
    assert tell(both, change, FOR_OTHERS) == 1, "who follows only the other one does not"
    alone = replace(change, uid="commit:ads", services=("google-ads",))
    assert tell(both, alone, FOR_OTHERS) == 1


def test_services_for_others_are_in_the_catalogue(names: Names, known: Catalogue) -> None:
    assert {"adsense", "google-ads", "amazon-seller-central"} <= names.for_others
    assert not names.for_others & {"amazon", "github", "google", "linkedin", "youtube"}
    for pack in known.packs.values():
        assert names.for_others.isdisjoint(pack), "packs are for private people"


# -- which documents


@pytest.mark.parametrize("terms_type", KNOWN)
def test_every_known_type_has_a_kind_and_few_have_none(terms_type: str) -> None:
    assert kind_of(terms_type) in Kind


@pytest.mark.parametrize(
    ("terms_type", "kind"),
    [
        ("Privacy Policy", Kind.PRIVACY),
        ("Trackers Policy", Kind.PRIVACY),
        ("Cookie Notice", Kind.PRIVACY),
        ("Business Privacy Policy", Kind.BUSINESS),
        ("Terms of Service", Kind.TERMS),
        ("End User Licence Agreement", Kind.TERMS),
        ("Community Guidelines - Privacy Violations", Kind.COMMUNITY),
        ("Acceptable Use Policy", Kind.COMMUNITY),
        ("Conditions of Carriage", Kind.PRICES),
        ("Marketplace Buyers Conditions", Kind.PRICES),
        ("Marketplace Sellers Conditions", Kind.BUSINESS),
        ("Developer Terms", Kind.BUSINESS),
        ("Data Processor Agreement", Kind.BUSINESS),
        ("Law Enforcement Guidelines", Kind.OTHER),
        ("Something New", Kind.OTHER),
    ],
)
def test_the_kind_of_a_document(terms_type: str, kind: Kind) -> None:
    assert kind_of(terms_type) is kind


def test_a_text_about_several_documents_is_of_all_their_kinds() -> None:
    assert kinds_of("Privacy Policy, Terms of Service") == {Kind.PRIVACY, Kind.TERMS}
    assert kinds_of("") == frozenset()


def test_a_chat_hears_of_the_documents_it_chose(both: Store) -> None:
    follow(both, A)
    follow(both, B)
    assert both.subscriptions.choose(A, "linkedin", {Kind.TERMS, Kind.PRICES}, NOW)
    assert not both.subscriptions.choose(A, "tiktok", {Kind.TERMS}, NOW)
    assert tell(both, CHANGE) == 1
    assert tell(both, replace(CHANGE, uid="c:2", terms_type="Terms of Service")) == 2
    assert tell(both, replace(CHANGE, uid="c:3", terms_type="Imprint, Terms of Service")) == 2
    assert tell(both, replace(CHANGE, uid="c:4", terms_type="")) == 2, "it is of no document"
    both.subscriptions.choose(A, "linkedin", (), NOW)
    assert tell(both, replace(CHANGE, uid="c:5")) == 2


def kinds_here(store: Store, address: Address = A) -> frozenset[Kind]:
    [only] = store.subscriptions.of(address)
    return only.kinds


def test_a_choice_stays_where_a_mute_does(both: Store) -> None:
    follow(both, A)
    chosen = frozenset({Kind.PRIVACY})
    both.subscriptions.choose(A, "linkedin", chosen, NOW)
    both.subscriptions.add(Subscription(A, "linkedin", frozenset({"NO", "UK"})), NOW)
    assert kinds_here(both) == chosen, "followed again, for other regions"
    both.preferences.set_regions(A, frozenset({"CH", "DE"}), NOW)
    assert kinds_here(both) == chosen, "the chat lives elsewhere now"
    assert both.chats.export(A)["subscription"][0]["kinds"] == " privacy "
    both.chats.move(A, Address("telegram", "-100"))
    assert kinds_here(both, Address("telegram", "-100")) == chosen
    both.chats.offer(Address("telegram", "-100"), "code", NOW + timedelta(minutes=5), NOW)
    assert both.chats.take_over(B, "code", NOW) == 1
    assert kinds_here(both, B) == chosen
    both.successions.settle({"linkedin": ("xing",)}, set())
    assert (kinds_here(both, B), both.subscriptions.of(B)[0].service) == (chosen, "xing")
    both.subscriptions.remove(B, "xing", NOW)
    follow(both, B)
    assert kinds_here(both, B) == frozenset(), "who unsubscribes begins anew"
    assert both.chats.forget(B)
    assert both.subscriptions.of(B) == []


def test_two_choices_that_become_one_hear_of_all(both: Store) -> None:
    other = Address("telegram", "-100")
    both.subscriptions.add(Subscription(A, "linkedin", frozenset({"NO"})), NOW)
    both.subscriptions.add(Subscription(other, "linkedin", frozenset({"UK"})), NOW)
    both.subscriptions.choose(A, "linkedin", {Kind.PRIVACY}, NOW)
    both.subscriptions.choose(other, "linkedin", {Kind.TERMS}, NOW)
    both.chats.move(A, other)
    assert kinds_here(both, other) == frozenset()
    both.subscriptions.choose(other, "linkedin", {Kind.TERMS}, NOW)
    both.subscriptions.add(Subscription(other, "xing", EU), NOW)
    both.successions.settle({"xing": ("linkedin",)}, set())
    assert kinds_here(both, other) == frozenset(), "it heard of all of the former service"


# -- the statement and the predicate

SERVICES = ("linkedin", "tiktok", "google-ads")
CHANGES = st.builds(
    replace,
    st.just(CHANGE),
    services=st.lists(st.sampled_from(SERVICES), min_size=1, unique=True).map(tuple),
    area=st.sampled_from([None, frozenset({"DE"}), frozenset({"NO", "GB"}), frozenset({"US"})]),
    verdict=st.sampled_from([Verdict.MATERIAL, Verdict.MINOR]),
    severity=st.sampled_from(Severity),
    record=st.sampled_from([Record.CHANGE, Record.MEMO, Record.UNREAD]),
    effective=st.sampled_from([None, NOW.date() + timedelta(days=9)]),
    opt_out=st.sampled_from(OptOut),
    roles=st.lists(st.sampled_from(Role), max_size=3, unique=True).map(tuple),
    topics=st.lists(st.sampled_from(["security", "ai_training"]), unique=True).map(tuple),
    terms_type=st.sampled_from(
        ["", "Privacy Policy", "Developer Terms", "Imprint", "Privacy Policy, Terms of Service"]
    ),
)
INTERESTS = st.builds(
    Interests,
    least=st.sampled_from(Level),
    topics=st.frozensets(st.sampled_from(["security", "ai_training", "payments_refunds"])),
    roles=st.frozensets(st.sampled_from(ROLES), min_size=1),
)
FOLLOWED = st.dictionaries(
    st.sampled_from(SERVICES),
    st.tuples(
        st.frozensets(st.sampled_from(["EU", "UK", "NO", "US"]), min_size=1),
        st.frozensets(st.sampled_from(Kind)),
    ),
    max_size=3,
)
_numbers = count(1)


@dataclass(frozen=True)
class Chooser:
    """A chat with what it chose, as hypothesis makes it."""

    interests: Interests
    followed: dict[str, tuple[frozenset[str], frozenset[Kind]]]


def settle_in(store: Store, chooser: Chooser) -> tuple[Address, list[Subscription]]:
    here = Address("telegram", str(next(_numbers)))
    store.preferences.set_interests(here, chooser.interests, NOW)
    for service, (regions, kinds) in chooser.followed.items():
        store.subscriptions.add(Subscription(here, service, regions, kinds), NOW)
    return here, store.subscriptions.of(here)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change=CHANGES, choosers=st.lists(st.builds(Chooser, INTERESTS, FOLLOWED), max_size=4))
def test_the_store_matches_as_the_predicate_says(
    both: Store, change: Change, choosers: list[Chooser]
) -> None:
    change = replace(change, uid=f"commit:{next(_numbers)}")
    expected = {}
    for chooser in choosers:
        here, mine = settle_in(both, chooser)
        expected[here] = hindrance(change, mine, chooser.interests, FOR_OTHERS)
    before = len(both.changes.newest(SERVICES, 10_000))
    tell(both, change, FOR_OTHERS)
    newest = both.changes.newest(SERVICES, before + 1)
    [story] = [each.story_id for each in newest if each.change.uid == change.uid]
    for here, why_not in expected.items():
        queued = story is not None and both.outbox.fate(here, story).state is not None
        assert queued == (why_not is None), (here, why_not)


# -- what people say


@pytest.mark.parametrize(
    ("typed", "roles"),
    [
        ("developer", {Role.USERS, Role.DEVELOPERS}),
        ("Developers, sellers", {Role.USERS, Role.DEVELOPERS, Role.SELLERS}),
        ("I am a streamer and a merchant", {Role.USERS, Role.CREATORS, Role.SELLERS}),
        ("moderator", {Role.USERS, Role.CREATORS}),
        ("only business", {Role.BUSINESS}),
        ("ALL", set(ROLES)),
        ("everything but ads", set(ROLES) - {Role.ADVERTISERS}),
        ("not users", {Role.USERS}),
        ("developers not users", {Role.DEVELOPERS}),
        ("private people", {Role.USERS}),
        ("I'm a developer, please", {Role.USERS, Role.DEVELOPERS}),
        ("ich bin Entwickler", {Role.USERS, Role.DEVELOPERS}),
        ("all, not sellers; also creators", set(ROLES) - {Role.SELLERS}),
    ],
)
def test_a_capacity_in_words(
    store: Store, known: Catalogue, names: Names, typed: str, roles: set[Role]
) -> None:
    say(store, known, names, f"audience {typed}")
    chosen = store.preferences.get(A)
    assert chosen is not None
    assert chosen.interests.roles == roles


@pytest.mark.parametrize(
    ("language", "typed", "roles"),
    [
        ("de", "Entwickler", {Role.USERS, Role.DEVELOPERS}),
        ("fr", "vendeur et annonceur", {Role.USERS, Role.SELLERS, Role.ADVERTISERS}),
        ("es", "creador", {Role.USERS, Role.CREATORS}),
        ("it", "tutti", set(ROLES)),
        ("nl", "alleen bedrijf", {Role.BUSINESS}),
        ("pl", "programista", {Role.USERS, Role.DEVELOPERS}),
        ("pt", "todos menos vendedores", set(ROLES) - {Role.SELLERS}),
    ],
)
def test_a_capacity_in_the_words_of_a_language(
    store: Store, known: Catalogue, names: Names, language: str, typed: str, roles: set[Role]
) -> None:
    store.preferences.set_language(A, language, NOW)
    say(store, known, names, f"audience {typed}")
    chosen = store.preferences.get(A)
    assert chosen is not None
    assert chosen.interests.roles == roles


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("linkedin privacy", {Kind.PRIVACY}),
        ("LinkedIn Privacy Policy and Terms of Service", {Kind.PRIVACY, Kind.TERMS}),
        ("linkedin only cookies", {Kind.PRIVACY}),
        ("linkedin all but community guidelines", set(Kind) - {Kind.COMMUNITY}),
        ("linkedin without prices", set(Kind) - {Kind.PRICES}),
        ("linkdin api", {Kind.BUSINESS}),
        ("linkedin no rules please", set(Kind) - {Kind.COMMUNITY}),
        ("linkedin Datenschutz und AGB", {Kind.PRIVACY, Kind.TERMS}),
        ("linkedin not privacy, also terms", set(Kind) - {Kind.PRIVACY}),
        ("linkedin all", set()),
        ("linkedin", set()),
        ("linkedin weather", set()),
        (f"linkedin not {' '.join(Kind)}", set()),
    ],
)
def test_documents_in_words(
    store: Store, known: Catalogue, names: Names, typed: str, kinds: set[Kind]
) -> None:
    follow(store, A)
    say(store, known, names, f"documents {typed}")
    assert kinds_here(store) == kinds


@pytest.mark.parametrize("things", [audience.WORDS, documents.WORDS])
def test_no_word_has_two_meanings(things: dict[str, str]) -> None:
    """Words of all languages are understood together."""
    marks = (_choices.ALL, _choices.NOT, _choices.ONLY, _choices.ALSO, _choices.FILL)
    meant: dict[str, str] = {}
    for meaning, words in [*things.items(), *zip(marks, marks, strict=True)]:
        for phrase in _choices.phrases(words):
            assert meant.setdefault(phrase, meaning) == meaning, phrase


def test_every_button_leads_where_its_label_says(
    store: Store, known: Catalogue, names: Names
) -> None:
    """Pressed twice, as where the first answer is slow, it does what it did once."""
    follow(store, A)
    context = world.context(store, known, names)
    for line in ("audience", "documents linkedin"):
        command, _sep, text = line.partition(" ")
        shown = handlers.answer(Request(command, text, A), context)
        assert shown.menu is not None
        for option in shown.menu.options:
            command, _sep, text = option.command.partition(" ")
            assert len(option.command) <= 64
            pressed = Request(command, text, A, pressed=True)
            once = handlers.answer(pressed, context)
            assert handlers.answer(pressed, context) == once or "Nothing has changed" in once.text


def test_why_says_whom_it_is_for(store: Store, known: Catalogue, names: Names) -> None:
    follow(store, A)
    tell(store, FOR_DEVELOPERS)
    assert (
        "You were not told: it is for developers. You hear what is for private people: /audience"
        in say(store, known, names, "why 1")
    )
    store.subscriptions.choose(A, "linkedin", {Kind.TERMS}, NOW)
    assert (
        "You were not told: of LinkedIn you hear only of terms of service. "
        "To change that: /documents linkedin" in say(store, known, names, "why 1")
    )
    assert "you hear only of terms of service." in say(store, known, names, "why linkedin")


def test_what_changed_lately_is_for_who_begins_to_follow(
    store: Store, known: Catalogue, names: Names
) -> None:
    tell(store, FOR_DEVELOPERS)
    assert "Lately:" not in say(store, known, names, "subscribe linkedin eu")
    say(store, known, names, "audience developer")
    assert "Lately:" in say(store, known, names, "subscribe linkedin eu")


def test_the_first_reason_counts() -> None:
    mine = [Subscription(A, "linkedin", EU, frozenset({Kind.TERMS}))]
    abroad = replace(FOR_DEVELOPERS, area=frozenset({"US"}))
    assert hindrance(abroad, mine, Interests()) is Hindrance.REGION
    assert hindrance(FOR_DEVELOPERS, mine, Interests()) is Hindrance.DOCUMENT
    terms = replace(FOR_DEVELOPERS, terms_type="Terms of Service")
    assert hindrance(terms, mine, Interests(Level.MUST_KNOW)) is Hindrance.AUDIENCE
