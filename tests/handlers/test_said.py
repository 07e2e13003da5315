"""Typed text that must not have the opposite effect.

That goes for words that are left over, for filler words, and for a yes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import handlers
from bot import locales, regions
from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.message import Message
from bot.model import Address, Subscription
from bot.platform import Request
from bot.store import Store
from bot.understand import typed_regions
from tests.support import world

ME = Address("telegram", "7")
NOW = datetime(2025, 11, 4, tzinfo=UTC)
FOLLOWED = ("linkedin", "chatgpt", "facebook", "reddit")
Say = Callable[..., Message]


@pytest.fixture
def say(store: Store, known: Catalogue, names: Names) -> Say:
    context = world.context(store, known, names)
    for service in FOLLOWED:
        store.subscriptions.add(Subscription(ME, service, frozenset({"EU"})), NOW)

    def said(line: str, language: str = "en") -> Message:
        command, _sep, text = line[1:].partition(" ") if line[:1] == "/" else ("", "", line)
        return handlers.answer(Request(command, text, ME, language=language), context)

    return said


def mine(store: Store) -> list[str]:
    return sorted(each.service for each in store.subscriptions.of(ME))


# -- words that are left over


OPTING_OUT = (
    ("en", "stop chatgpt training"),
    ("en", "stop linkedin training ai"),
    ("en", "stop reddit ai"),
    ("en", "stop facebook ads"),
    ("en", "end chatgpt training"),
    ("en", "leave facebook ads"),
    ("en", "cancel linkedin personalised ads"),
    ("en", "stop meta using my data"),
    ("en", "no linkedin tracking"),
    ("de", "abbestellen chatgpt training"),
    ("de", "beende chatgpt training"),
    ("de", "keine werbung von facebook"),
    ("fr", "désabonner chatgpt entraînement"),
    ("fr", "arrête l'entraînement de chatgpt"),
    ("fr", "stop pub facebook"),
    ("it", "disiscrivi facebook pubblicità"),
    ("it", "basta pubblicità facebook"),
    ("it", "ferma addestramento chatgpt"),
    ("es", "dejar chatgpt entrenamiento"),
    ("es", "para la publicidad de facebook"),
    ("es", "sin anuncios de facebook"),
    ("nl", "afmelden facebook reclame"),
    ("nl", "stop chatgpt trainen"),
    ("nl", "geen reclame facebook"),
    ("pl", "wypisz facebook reklamy"),
    ("pl", "stop trenowanie chatgpt"),
    ("pl", "zatrzymaj reklamy facebook"),
    ("pt", "deixar chatgpt treino"),
    ("pt", "parar anúncios facebook"),
    ("pt", "chega de publicidade facebook"),
)


@pytest.mark.parametrize(("language", "line"), OPTING_OUT)
def test_to_stop_what_a_service_does_is_to_opt_out(
    say: Say, store: Store, language: str, line: str
) -> None:
    said = say(line, language)
    service = next(each for each in FOLLOWED if each in line.replace("meta", "facebook"))
    assert said.blocks[0] == say(f"/howto {service}", language).blocks[0]
    assert mine(store) == sorted(FOLLOWED)


LEFT_OVER = ("training", "ads", "ai", "emails", "tracking", "please now", "qzx", "ad", "data use")


@pytest.mark.parametrize("language", locales.languages())
@pytest.mark.parametrize("slash", ["/", ""])
def test_no_command_takes_away_where_words_are_left_over(
    say: Say, store: Store, language: str, slash: str
) -> None:
    """By each of its names, in each language, with a slash and without."""
    with locales.speaking(language):
        names = {locales.gettext(name) for name in ("unsubscribe", "mute")} | {"stop", "unfollow"}
    for name, words in itertools.product(sorted(names), LEFT_OVER):
        say(f"{slash}{name} linkedin {words}", language)
        assert mine(store) == sorted(FOLLOWED), (name, words)
        assert store.subscriptions.muted(ME, NOW) == {}, (name, words)


def test_no_service_is_left_by_its_likeness_to_a_longer_line(
    say: Say, store: Store, known: Catalogue
) -> None:
    """A guess at a name is for typing errors, not for words that say something else."""
    followed = [service.id for service in known.services][::12]
    for service in followed:
        store.subscriptions.add(Subscription(ME, service, frozenset({"EU"})), NOW)
    before = mine(store)
    for service in followed:
        say(f"stop {known.listings[service].name} training")
        assert mine(store) == before, service


@pytest.mark.parametrize(
    "line",
    [
        "stop linkedin",
        "stop linkdin",
        "/unsubscribe linkedin eu",
        "stop linkedin for me",
        "unfollow linkedin.com",
        "/stop LINKEDIN",
    ],
)
def test_a_line_that_is_understood_whole_still_unsubscribes(
    say: Say, store: Store, line: str
) -> None:
    say(line)
    assert mine(store) == sorted(set(FOLLOWED) - {"linkedin"})


def test_a_part_of_what_is_followed_and_a_list_are_offered(say: Say, store: Store) -> None:
    store.subscriptions.add(Subscription(ME, "linkedin", frozenset({"EU", "UK"})), NOW)
    assert (
        next(each.command for each in say("/unsubscribe linkedin uk").buttons)
        == "unsubscribe linkedin"
    )
    both = [each.command for each in say("/unsubscribe linkedin and chatgpt").buttons]
    assert both == ["unsubscribe linkedin", "unsubscribe chatgpt"]
    assert mine(store) == sorted(FOLLOWED)


# -- words around regions

PLACES = (
    ("in the uk", "UK"),
    ("for me in the uk", "UK"),
    ("in uk", "UK"),
    ("it is the uk", "UK"),
    ("to me in norway", "NO"),
    ("as of norway", "NO"),
    ("at the eu", "EU"),
    ("so in the eea", "EEA"),
    ("be in norway", "NO"),
    ("my uk", "UK"),
    ("in der schweiz", "CH"),
    ("im vereinigten königreich", "UK"),
    ("für mich", ""),
    ("am uk", "UK"),
    ("in de eu", "EU"),
    ("dans l'ue", "EU"),
    ("en france", "FR"),
    ("au royaume-uni", "UK"),
    ("de la ue", "EU"),
    ("la suisse", "CH"),
    ("nel regno unito", "UK"),
    ("in italia", "IT"),
    ("il regno unito", "UK"),
    ("nell'ue", "EU"),
    ("en la ue", "EU"),
    ("en el reino unido", "UK"),
    ("de españa", "ES"),
    ("a la suiza", "CH"),
    ("in het verenigd koninkrijk", "UK"),
    ("in de eu", "EU"),
    ("om de eu", "EU"),
    ("na ue", "EU"),
    ("do ue", "EU"),
    ("no reino unido", "UK"),
    ("na suíça", "CH"),
    ("as suíça", "CH"),
    ("IN THE UK", "UK"),
    ("for me", ""),
    ("to us", ""),
    ("with it so", ""),
    ("AI", ""),
    ("KI", ""),
    ("TV", ""),
    ("yt", ""),
)
CODES = (
    ("no", "NO"),
    ("is", "IS"),
    ("de at ch", "AT CH DE"),
    ("no is", "IS NO"),
    ("no, is, uk", "IS NO UK"),
    ("NO", "NO"),
    ("in the us", "US"),
    ("in us", "US"),
    ("us uk", "UK US"),
    ("in germany and at", "AT DE"),
    ("norway, is", "IS NO"),
    ("in Norway IS", "IS NO"),
    ("IN", "IN"),
    ("me", "ME"),
    ("in", "IN"),
    ("ME and uk", "ME UK"),
    ("it and be", "BE IT"),
    ("in it", "IT"),
    ("fr", "FR"),
    ("eu", "EU"),
    ("dk se no", "DK NO SE"),
)


@pytest.mark.parametrize(("typed", "codes"), [*PLACES, *CODES])
def test_words_around_a_region_are_no_countries(
    say: Say, store: Store, typed: str, codes: str
) -> None:
    said = say(f"/subscribe spotify {typed}")
    found = {
        region
        for each in store.subscriptions.of(ME)
        if each.service == "spotify"
        for region in each.regions
    }
    wanted = set(codes.split())
    assert found == wanted or (not wanted and found in ({"EEA", "UK", "CH"}, {"EU"}, set())), (
        said.text
    )


def chosen(store: Store) -> frozenset[str]:
    """The regions that the chat chose."""
    known = store.preferences.get(ME)
    return known.regions if known else frozenset()


@pytest.mark.parametrize(("typed", "codes"), [pair for pair in (*PLACES, *CODES) if pair[1]])
def test_region_reads_as_subscribe_does(say: Say, store: Store, typed: str, codes: str) -> None:
    say(f"/region {typed}")
    assert chosen(store) == set(codes.split())


@pytest.mark.parametrize("typed", ["narnia", "narnia, uk", "narnia and uk", "for me", "AI", ", ,"])
def test_a_region_that_is_not_understood_changes_nothing(
    say: Say, store: Store, typed: str
) -> None:
    before = chosen(store)
    assert "I do not know the region" in say(f"/region {typed}").text
    assert chosen(store) == before


def test_every_code_counts_alone_and_in_capitals() -> None:
    """But those that everybody reads as something else, which have their names."""
    for code in sorted(regions.all_countries() | {"UK"}):
        if code.casefold() in typed_regions.NEVER:
            continue
        ours = "UK" if code == "GB" else code
        assert typed_regions.behind([code.casefold()]) == (frozenset({ours}), []), code
        assert typed_regions.behind(["spotify", "in", "norway", "and", code])[0] == {"NO", ours}, (
            code
        )


def test_everyday_words_before_the_uk_are_never_countries() -> None:
    for word in sorted(typed_regions.EVERYDAY - typed_regions.NEVER):
        assert typed_regions.behind(["spotify", word, "the", "uk"])[0] == {"UK"}, word


# -- a yes


@pytest.mark.parametrize("language", locales.languages())
def test_what_readme_and_help_call_the_word_erases(say: Say, store: Store, language: str) -> None:
    with locales.speaking(language):
        words = {
            "sure",
            "yes",
            "Yes.",
            locales.gettext("sure"),
            locales.gettext("yes, to confirm").split(",")[0],
        }
    for word in sorted(words):
        store.subscriptions.add(Subscription(ME, "linkedin", frozenset({"EU"})), NOW)
        say(f"/forget {word}", language)
        assert store.subscriptions.of(ME) == [], word


@pytest.mark.parametrize(
    "word", ["", "no", "nein", "maybe", "not sure", "linkedin", "surely not", "yes but later"]
)
def test_anything_else_asks(say: Say, store: Store, word: str) -> None:
    assert [each.command for each in say(f"/forget {word}").buttons] == ["forget yes"]
    assert mine(store) == sorted(FOLLOWED)


def test_a_polite_word_is_no_left_over(say: Say, store: Store) -> None:
    say("/unsubscribe linkedin please")
    assert "linkedin" not in mine(store)


def test_where_nothing_was_done_the_answer_says_so(say: Say, store: Store) -> None:
    for line in ("/unsubscribe linkedin germany", "/mute linkedin in germany 14 days"):
        assert say(line).text.startswith("Nothing has changed yet."), line
    assert mine(store) == sorted(FOLLOWED)
    assert [action.command for action in say("/mute linkedin in germany 14 days").actions] == [
        "mute linkedin 14 days"
    ]


def test_every_service_that_is_named_has_its_button(say: Say) -> None:
    said = say("please unsubscribe me from linkedin and facebook")
    both, *each = [action.command for action in said.actions]
    assert each == ["unsubscribe linkedin", "unsubscribe facebook"]
    assert both.startswith("unsubscribe *")


def test_a_bundle_of_nothing_follows_nothing(say: Say, store: Store) -> None:
    say("/subscribe *")
    assert mine(store) == sorted(FOLLOWED)
