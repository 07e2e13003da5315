"""Statements of passages: true, in the words of the text, and claiming no more."""

from __future__ import annotations

import pytest

from bot.understand import statements
from bot.understand.diff import Pair
from bot.understand.text import Sentence, key_of
from bot.verdicts import Statement, Verb


def sentence(text: str, lead: str = "") -> Sentence | None:
    if not text:
        return None
    return Sentence(text, key_of(text), lead=lead)


def said(before: str, after: str, lead: str = "", older: tuple[str, ...] = ()) -> Statement:
    pair = Pair(sentence(before, lead), sentence(after, lead))
    found = statements.of(pair, older)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "verb", "value"),
    [
        (
            "We may share your usage data with Microsoft.",
            Verb.MAY_SHARE,
            "your usage data with Microsoft",
        ),
        ("We sell your location to brokers.", Verb.SELL, "your location to brokers"),
        ("We will also keep your chats for 30 days.", Verb.KEEP, "your chats for 30 days"),
        ("We use your posts to train our AI models.", Verb.TRAIN, "your posts"),
        (
            "We may use photos that you upload to help train generative AI.",
            Verb.MAY_TRAIN,
            "photos that you upload",
        ),
        ("We do not sell your personal data.", Verb.NEVER_SELL, "your personal data"),
        ("We never use your messages to train AI.", Verb.NEVER_TRAIN, "your messages"),
        (
            "We can suspend your account without notice.",
            Verb.MAY_CLOSE,
            "your account without notice",
        ),
        ("In addition, we collect your voice.", Verb.COLLECT, "your voice"),
        ("You must be at least 16 years old.", Verb.YOU_MUST, "be at least 16 years old"),
        ("You may not scrape the service.", Verb.YOU_MUST_NOT, "scrape the service"),
        ("You can download your data.", Verb.YOU_MAY, "download your data"),
        ("You agree to arbitrate all disputes.", Verb.YOU_AGREE, "to arbitrate all disputes"),
        ("You are required to verify your age.", Verb.YOU_MUST, "verify your age"),
        ("You do not have to give a reason.", Verb.YOU_NEED_NOT, "give a reason"),
        ("You can no longer download your data.", Verb.YOU_MUST_NOT, "download your data"),
        ("You may never sell your account.", Verb.YOU_MUST_NOT, "sell your account"),
    ],
)
def test_plain_main_clauses_are_read(text: str, verb: Verb, value: str) -> None:
    assert said("", text) == Statement(verb, (value,))


@pytest.mark.parametrize(
    "text",
    [
        "You may only use the service at home.",
        "You may not only read but also copy it.",
        "You may be charged for late payment.",
        "You shall be entitled to a refund.",
        "You can be removed from a group.",
        "We collect no data about your location.",
        "We share nothing with advertisers.",
        "We may use only what you give us.",
        "We sell none of your data.",
    ],
)
def test_what_is_limited_or_denied_is_only_quoted(text: str) -> None:
    assert said("", text).verb is Verb.SAYS


@pytest.mark.parametrize(
    "text",
    [
        "You cannot be charged twice.",
        "We cannot guarantee that it always works.",
        "The service may not be available everywhere.",
    ],
)
def test_what_was_no_ban_is_no_ban_that_is_gone(text: str) -> None:
    assert said(text, "").verb is Verb.NO_LONGER_SAYS


@pytest.mark.parametrize(
    "text",
    [
        "If you agree, we may share your data with partners.",
        "Where the law requires it, we share your data.",
        "Developers must not use our API to train AI models.",
        "Do we sell your data?",
        "Can you delete your account?",
        "For example, your employer may share your data with us.",
        "Our partners may use your data to train AI.",
        "Nothing in these terms means that we sell your data.",
        "We terminate this agreement on 1 May.",
        "Unless you object, you agree to the new terms.",
        "Wir verkaufen deine Daten.",
        "Nous partageons vos données avec nos partenaires.",
    ],
)
def test_where_no_rule_is_sure_the_text_speaks(text: str) -> None:
    found = said("", text)
    assert found.verb in (Verb.SAYS, Verb.CHOICE)
    assert found.values[0].strip("… ") in text


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("To train our AI models on what you write.", Verb.PURPOSE),
        ("To share member data with Microsoft so that it can train its models.", Verb.PURPOSE),
        ("To help keep the service safe, we may remove posts.", Verb.SAYS),
        ("To the extent allowed by law.", Verb.SAYS),
        ("To your rights we add nothing.", Verb.SAYS),
    ],
)
def test_an_entry_says_what_something_is_done_for(text: str, verb: Verb) -> None:
    assert said("", text).verb is verb


@pytest.mark.parametrize(
    ("before", "after", "statement"),
    [
        (
            "Deleted chats are kept for 90 days.",
            "Deleted chats are kept for 30 days.",
            Statement(Verb.TURNS, ("are kept for 30 days", "are kept for 90 days")),
        ),
        (
            "Our Service is for users age 18 and over.",
            "Our Service is for users age 13 and over.",
            Statement(Verb.TURNS, ("for users age 13 and over", "for users age 18 and over")),
        ),
        (
            "Kick may terminate the participation at once.",
            "Kick may terminate or deny the participation at once.",
            Statement(Verb.ADDS, ("or deny", "Kick may terminate")),
        ),
        (
            "We reserve the right to limit service capacity for free Accounts.",
            "We reserve the right to limit service capacity for Accounts.",
            Statement(Verb.DROPS, ("free", "right to limit service capacity for")),
        ),
        (
            "Le mineur doit avoir plus de 18 ans.",
            "Le mineur doit avoir plus de 16 ans.",
            Statement(Verb.TURNS, ("avoir plus de 16 ans", "avoir plus de 18 ans")),
        ),
    ],
)
def test_what_a_few_words_turned(before: str, after: str, statement: Statement) -> None:
    assert said(before, after) == statement


def test_another_number_of_the_clause_turns_nothing() -> None:
    found = said("User Material is not confidential.", "7.8 User Material is not confidential.")
    assert found.verb is Verb.SAYS


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("You may opt out by writing to us.", Verb.CHOICE_GONE),
        ("You must not clone voices.", Verb.BAN_GONE),
        ("We will never sell your data.", Verb.PROMISE_GONE),
        ("We do not guarantee that the service is free of errors.", Verb.NO_LONGER_SAYS),
        ("The service has three parts.", Verb.NO_LONGER_SAYS),
    ],
)
def test_what_went(text: str, verb: Verb) -> None:
    assert said(text, "").verb is verb


def test_an_entry_stands_behind_what_introduces_its_list() -> None:
    found = said("", "biometric data for verification", lead="We collect:")
    assert found == Statement(Verb.LISTS, ("biometric data for verification", "We collect"))
    found = said("weapons", "", lead="You must not sell:")
    assert found == Statement(Verb.UNLISTS, ("weapons", "You must not sell"))


def test_what_was_said_in_other_words_is_no_news() -> None:
    older = ("We may also share your usage data with Microsoft and with its affiliates.",)
    found = said("", "We may share your usage data with Microsoft.", older=older)
    assert found.verb is Verb.SAYS
    fresh = said("", "We may share your usage data with Microsoft.", older=("We sell shoes.",))
    assert fresh.verb is Verb.MAY_SHARE


def test_what_went_and_stands_elsewhere_is_not_gone() -> None:
    pair = Pair(sentence("You must not clone voices."), None)
    found = statements.of(pair, (), ("You must not clone voices of other people.",))
    assert found is not None
    assert found.verb is Verb.NO_LONGER_SAYS


def test_every_value_stands_in_the_text() -> None:
    long = "We may share " + "your data, " * 60 + "with everybody who asks."
    found = said("", long)
    assert found.verb is Verb.MAY_SHARE
    assert all(value.strip("… ") in long for value in found.values)
    assert all(len(value) <= statements.VALUE_CHARACTERS for value in found.values)
