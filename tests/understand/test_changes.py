"""The understanding of changes, on small texts written for the purpose."""

from __future__ import annotations

import pytest

from bot.catalogue.names import Names
from bot.understand import (
    Edition,
    learn,
    opt_out,
    understand_change,
)
from bot.verdicts import Noise, OptOut, Reason, Verdict
from tests.understand.policy import OLD, item, judged

NOISE = {
    "moved date": OLD.replace("May 1, 2024", "November 3, 2025"),
    "format": OLD.replace("We collect your name.", "**We  collect** your [name](https://x)."),
    "case and full stop": OLD.replace("We collect your name.", "We collect your NAME"),
    "order": OLD.replace("* First\n* Second\n", "* Second\n* First\n"),
    "navigation": OLD + "\n[Home](https://x) \n\n[Log in](https://y)\n",
}


@pytest.mark.parametrize("after", NOISE.values(), ids=NOISE.keys())
def test_noise(after: str, names: Names) -> None:
    change = judged(OLD, after, names)
    assert change.verdict is Verdict.NOISE
    assert change.why[0]


def test_relative_dates_are_noise(names: Names) -> None:
    assert (
        judged(
            "Posted 2 years ago. We collect data.", "Posted 3 years ago. We collect data.", names
        ).verdict
        is Verdict.NOISE
    )


def test_an_exact_restore_is_noise(names: Names) -> None:
    other = OLD + "\nWe now sell your data to anybody who pays us enough for it.\n"
    back = judged(other, OLD, names, OLD)
    assert (back.verdict, back.why) == (Verdict.NOISE, (Reason(Noise.RESTORED),))


def test_memory_is_cut_as_the_language_is(names: Names) -> None:
    """What a French document has held is found again, however French sentences are cut."""
    old = "Vos données sont conservées pendant la durée nécessaire.\n"
    told = (
        old
        + "\nNous vendons M. Dupont et ses données à l'art. 21, c.-à-d. à tous. "
        + "Vous pouvez vous y opposer, p. ex. ici.\n"
    )
    held = learn(item(), old, learn(item(), told, None, "fr"), "fr")
    back = understand_change(item(), held, told + "\nAccueil", Edition(language="fr"), names)
    assert back.verdict is not Verdict.MATERIAL


def test_sentences_that_come_back_are_noise(names: Names) -> None:
    more = OLD + "\nWe use cookies to remember what you like and to show you advertising.\n"
    assert (
        judged(OLD, more.replace("May 1", "May 2") + "\nHome", names, more).verdict
        is not Verdict.MATERIAL
    )


EDITIONS = [
    (
        "We personalise advertising; our Centre, licence and behaviour rules apply.",
        "We personalize advertising, our center, license and behavior rules apply",
    ),
    ("The U.S. Code applies.", "The US code applies."),
    (
        "First we collect data.Then we share all of it.",
        "First we collect data. Then we share all of it.",
    ),
]


@pytest.mark.parametrize(("before", "after"), EDITIONS)
def test_another_spelling_or_cut_is_noise(before: str, after: str, names: Names) -> None:
    assert judged(f"{OLD}\n{before}", f"{OLD}\n{after}", names).verdict is Verdict.NOISE


def test_what_is_cut_off_is_not_only_cut_elsewhere(names: Names) -> None:
    assert (
        judged(
            f"{OLD}\nWe never sell your data to anybody.",
            f"{OLD}\nSell your data to anybody.",
            names,
        ).verdict
        is Verdict.MATERIAL
    )


def test_another_language_and_suggested_questions_are_noise(names: Names) -> None:
    said = "We use the data that you give us for the services that you ask for, {}.\n"
    english = OLD + said.format("and for nothing else") * 3
    for stray in (
        "O que é marca registada?",
        "Tenho uma pergunta diferente sobre os direitos",
        "What is a trademark?",
    ):
        assert judged(english, f"{english}\n{stray}\n", names).verdict is Verdict.NOISE, stray
    german = "Wir verkaufen ab jetzt alle Daten, die Sie uns geben, an den, der dafür bezahlt."
    assert (
        judged(
            german,
            f"{german}\n\nWir geben die Daten nun auch an die Polizei und an das Amt weiter.",
            names,
        ).verdict
        is Verdict.MATERIAL
    )


SMALL = {
    "We may delete it.": "We will delete it.",
    "You can opt in to this.": "You can opt out to this.",
    "You must be 16 years old.": "You must be 18 years old.",
    "It costs €9.99.": "It costs €12.99.",
    "We do not sell it.": "We sell it.",
}


@pytest.mark.parametrize(("before", "after"), SMALL.items())
def test_a_small_word_can_be_the_whole_change(before: str, after: str, names: Names) -> None:
    change = judged(OLD + "\n" + before, OLD + "\n" + after, names)
    assert change.verdict is Verdict.MATERIAL
    assert (change.excerpts[0].before, change.excerpts[0].after) == (before, after)


def test_a_small_rewording_is_minor(names: Names) -> None:
    assert (
        judged(
            OLD + "\nContact our friendly team.", OLD + "\nContact our support team.", names
        ).verdict
        is Verdict.MINOR
    )


def test_the_opt_out_and_its_link(names: Names) -> None:
    url = "https://www.linkedin.com/settings/ai"
    after = (
        OLD
        + f"\nYou can [opt out]({url}) at any time of the training of AI models in [settings](https://evil.example/settings).\n"
    )
    change = judged(OLD, after, names)
    assert change.opt_out is OptOut.AVAILABLE
    assert [link.url for link in change.links] == [url], "only the service's own addresses"
    assert "ai_training" in change.topics
    assert judged(after, OLD, names).opt_out is OptOut.REMOVED


@pytest.mark.parametrize(
    "url",
    [
        "http://linkedin.com/settings",
        "https://linkedin.com.evil.org/",
        "https://evil.org/linkedin.com",
        "https://u@linkedin.com/",
        "https://linkedin.com\\@evil.org/",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_are_not_the_service(url: str) -> None:
    assert not opt_out.belongs(url, ("linkedin.com",))
