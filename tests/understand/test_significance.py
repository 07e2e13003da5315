"""The significance of changes: small texts for each reason."""

from __future__ import annotations

import pytest

from bot.understand.comparison import compare
from bot.understand.model import Head, Model
from bot.understand.significance import judge
from bot.verdicts import Severity, Verdict, Way, Weight
from tests.support.models import TELLS_ALL
from tests.understand.rules import OLD, RULE, WHEN, judged, lived

SMALL = {
    "a list entry": OLD.replace("*   pharmacies", "*   fireworks"),
    "a list entry that stands elsewhere too": OLD.replace("*   pharmacies", "*   casinos"),
    "a deadline": OLD.replace("30 days", "90 days"),
    "a promise": OLD.replace("we will tell you", "we may tell you"),
    "a place": OLD.replace("you may post them", "you may post them in the United States"),
}


@pytest.mark.parametrize("after", SMALL.values(), ids=SMALL.keys())
def test_a_small_word_can_be_the_whole_change(after: str) -> None:
    change = judged(after, model=TELLS_ALL)
    assert change.verdict is Verdict.MATERIAL
    assert change.why[0].code is Weight.SMALL_WORD
    assert change.excerpts


def test_an_entry_is_shown_behind_what_introduces_its_list() -> None:
    [came, went] = judged(SMALL["a list entry"], model=TELLS_ALL).excerpts
    assert (came.after, went.before) == (
        "You must not post any of the following: › fireworks",
        "You must not post any of the following: › pharmacies",
    )


def test_a_passage_begins_with_its_words() -> None:
    """Not with its number, which some pages print twice, and no heading goes before it."""
    text = f"{OLD}\n\n6. 6. Your account\n---------------\n\n6. 6. {RULE}\n"
    [first, *others] = judged(text, model=TELLS_ALL).excerpts
    assert first.after == RULE
    assert all(not excerpt.after[:1].isdigit() for excerpt in others)


TWICE = f"{OLD}\n\n{RULE}\n\nOther rules\n===========\n\n{RULE}\n"


def test_what_stands_twice_counts_once() -> None:
    """It is shown once where it came, and nothing is gone while one of two copies stands."""
    assert [excerpt.after for excerpt in judged(TWICE, model=TELLS_ALL).excerpts].count(RULE) == 1
    reworded = judged(TWICE.replace("to anybody else", "to a friend"), TWICE, model=TELLS_ALL)
    assert len(reworded.excerpts) == 1
    once = TWICE.replace(f"{RULE}\n\n", "", 1)
    assert once.count(RULE) == 1
    assert judged(once, TWICE, model=TELLS_ALL).verdict is Verdict.NOISE


NOT_THE_TERMS = {
    "feedback": (
        "\n\nWas this page helpful?\n\nThank you for your feedback, which we will not share with "
        "anybody at all."
    ),
    "newsletter": (
        "\n\nSubscribe to our newsletter and you will never miss what we have to offer to you and "
        "yours."
    ),
    "cookie banner": (
        "\n\nAllow the use of cookies from us in this browser, which we must ask of you before you "
        "may go on."
    ),
    "style sheet": (
        "\n\np.p1 {margin: 0px; font: 12px Times} li.li3 {margin: 0px; font: 12px Times; must: not}"
    ),
    "wiki": (
        "\n\nTranslate this page; this page contains changes which are not marked for translation."
    ),
    "summary by a machine": f"\n\nAI-generated Key Takeaways\n---\n\n*   {RULE}\n",
    "another alphabet": (
        "\n\nΔεν επιτρέπεται να πουλήσετε τον λογαριασμό σας σε κανέναν, όποιος κι αν είναι."
    ),
    "questions": (
        "\n\nWhat is a trademark?\n\nMay I sell my account to anybody else who wants to have it?"
    ),
    "headings run together": (
        "\n\nOverviewBest PracticesSteps to Take if You Must Not GoPolicy for Sellers"
    ),
}


@pytest.mark.parametrize("more", NOT_THE_TERMS.values(), ids=NOT_THE_TERMS.keys())
def test_what_stands_around_the_terms_is_noise(more: str) -> None:
    assert judged(OLD + more, model=TELLS_ALL).verdict is Verdict.NOISE
    said = judged(f"{OLD}\n\n{RULE}", model=TELLS_ALL)
    assert said.verdict is Verdict.MATERIAL, "the same words as a rule are not"


OF_NOBODY = {
    "a box that says it again in short": f"\n\n**Policy summary**\n\n{RULE}\n",
    "labels": (
        "\n\nReport an account\n\nMy work was copied\n\nGrant permission to use work\n\nCancel my "
        "report\n"
    ),
    "where to read on": (
        "\n\nFor more information about how we handle what you report to us, please see our "
        "transparency centre."
    ),
    "whom to reach": (
        "\n\nNevada: users there can contact the Nevada Financial Institutions Division with any "
        "question."
    ),
    "what to press": (
        "\n\nClick the profile picture and then right-click the address bar and then choose to "
        "copy the address."
    ),
    "attributions": (
        "\n\nContains information licensed under the Open Government Licence, with changes by the "
        "city of Oslo."
    ),
}


@pytest.mark.parametrize("more", OF_NOBODY.values(), ids=OF_NOBODY.keys())
def test_nobody_is_disturbed_by_what_binds_nobody(more: str) -> None:
    assert judged(OLD + more).way is not Way.NOW


@pytest.mark.parametrize(
    "said", ["We sell your data.", "You waive your right to sue.", "Wir verkaufen Ihre Daten."]
)
def test_a_new_rule_can_be_short(said: str) -> None:
    german = (
        "Wir haben diese Regeln für Sie gemacht, "
        "und Sie können sie hier lesen, wenn Sie das wollen.\n"
    )
    old = german if said.startswith("Wir") else OLD
    assert judged(f"{old}\n\n{said}\n", old).verdict is Verdict.MATERIAL


def test_the_address_of_a_country_is_not_what_changes_there() -> None:
    """It stands in its place among the passages, and not before all others for readers there."""
    before = (
        "\n\nFor users in Switzerland: The Company Limited, Sorting Office, Dublin, D02 HD23.\n"
    )
    after = before.replace("Sorting Office, Dublin, D02 HD23", "10 Canal Quay, Dublin, D02 T380")
    rule = "\n\nIn Switzerland you must not sell the account that we gave you to anybody else.\n"
    shown = judged(OLD + after + rule, OLD + before, model=TELLS_ALL).excerpts
    assert {excerpt.after[:24]: excerpt.area for excerpt in shown} == {
        "For users in Switzerland": None,
        "In Switzerland you must ": frozenset({"CH"}),
    }


def test_an_address_and_a_renamed_policy_are_minor() -> None:
    text = (
        OLD
        + "\n\nOur registered office is at 2nd Floor, 1 Harbour Street, Dublin 4, Ireland, "
        + "and you must write to us there.\n"
    )
    assert (
        judged(
            text.replace(
                "2nd Floor, 1 Harbour Street, Dublin 4", "4th Floor, 9 Canal Quay, Dublin 2"
            ),
            text,
        ).verdict
        is Verdict.MINOR
    )
    text = (
        OLD
        + "\n\nYou must follow our Hate Speech policy, our privacy policy, "
        + "and our terms of service.\n"
    )
    assert judged(text.replace("Hate Speech", "Hateful Conduct"), text).verdict is Verdict.MINOR


PAGE = "\n\nAnother page\n============\n\n" + "\n\n".join(
    f"You must not do thing number {n} to anybody here." for n in range(9)
)


def test_a_page_that_the_tracker_added_is_noise() -> None:
    assert judged(OLD + PAGE, pages=(2, 3), model=TELLS_ALL).verdict is Verdict.NOISE
    of_the_service = judged(OLD + PAGE, pages=(2, 2), model=TELLS_ALL)
    assert of_the_service.verdict is Verdict.MATERIAL
    assert judged(OLD, OLD + PAGE, pages=(3, 2), model=TELLS_ALL).verdict is Verdict.NOISE


def test_moved_dates_and_counters_are_noise() -> None:
    text = (
        OLD
        + "\n\nLast updated: August 2025. Posted 3 days ago. 12,345 views. "
        + "You must not sell it before 10/12/2025.\n"
    )
    other = (
        OLD
        + "\n\nLast updated: March 2026. Posted 4 days ago. 12,399 views. "
        + "You must not sell it before 12/10/2025.\n"
    )
    assert judged(other, text, model=TELLS_ALL).verdict is Verdict.NOISE


def test_places_are_named_even_where_the_area_is_open() -> None:
    change = judged(
        f"{OLD}\n\nUsers in Brazil must show an identity card. {RULE} You may not keep another "
        f"person's data.",
        model=TELLS_ALL,
    )
    assert change.places == ("BR",)
    assert change.area is None, "most of it is for everyone"


def test_a_rule_behind_hundreds_of_sentences_that_are_noise_is_found() -> None:
    banter = "\n\n".join(f"What is meant by number {number} of these?" for number in range(400))
    assert judged(f"{OLD}\n\n{banter}\n").verdict is Verdict.NOISE
    assert judged(f"{OLD}\n\n{banter}\n\n{RULE}\n").verdict is Verdict.MATERIAL


def test_what_is_not_told_is_never_what_one_must_know() -> None:
    even = Head({}, (), shift=-2.0)
    heads = dict.fromkeys(("matters", "must", "decided", "worse", "better"), even)
    heads["decided"] = Head({}, (), shift=2.0)
    model = Model(heads, {"digest": 0.2, "now": 0.001, "decided": 0.5})
    held = lived(OLD)
    found = compare(held, OLD + RULE)
    said = judge(found, held, WHEN.date(), model)
    assert (said.verdict, said.severity, said.at_once) == (Verdict.MINOR, Severity.MINOR, False)
