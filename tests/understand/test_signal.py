"""What counts and what does not: small texts for each reason, then invented ones without end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.names import Names
from bot.jobs.summarise import Summarizer
from bot.model import Change, Document, Excerpt, Held, Item, OptOut, Record, Story, Verdict
from bot.reasons import Doubt, Origin, Weight
from bot.render.follow_up import follow_up
from bot.render.headline import headline
from bot.understand import (
    Edition,
    announcements,
    hold,
    learn,
    merge,
    summary_check,
    understand_change,
    understand_first,
)
from bot.understand.document import differing, moved, version_of
from bot.understand.stories import story_of, taken_back, worth_a_note
from lab.bench import diff as bench

WHEN = datetime(2026, 3, 2, 12, tzinfo=UTC)
EDITION = Edition(frozenset({"IE"}))
OLD = (
    "Community rules\n===============\n\nWe want you to feel safe when you are here with us, and so we have made these rules.\n\n"
    "You must not post any of the following:\n\n*   weapons\n*   pharmacies\n*   tobacco\n\n"
    "The following need a permit before you may post them:\n\n*   casinos\n*   lotteries\n\n"
    "We keep what you post for 30 days, and we will tell you when we remove any of it.\n"
)


def item(
    terms_type: str = "Community Guidelines",
    pages: int = 0,
    days: float = 0,
    record: Record = Record.CHANGE,
) -> Item:
    document = Document("c", "LinkedIn", terms_type)
    return Item(
        f"commit:{days}",
        "c",
        record,
        WHEN + timedelta(days=days),
        "t",
        "https://x",
        document,
        pages=pages,
    )


def lived(*texts: str, terms_type: str = "Community Guidelines", pages: int = 0) -> Held:
    held = None
    for number, text in enumerate(texts):
        held = learn(item(terms_type, pages, number), text, held)
    assert held
    return held


def judged(
    after: str,
    *before: str,
    terms_type: str = "Community Guidelines",
    pages: tuple[int, int] = (0, 0),
) -> Change:
    held = lived(*(before or (OLD,)), terms_type=terms_type, pages=pages[0])
    return understand_change(item(terms_type, pages[1], 9), held, after, EDITION, Names([]))


SMALL = {
    "a list entry": OLD.replace("*   pharmacies", "*   fireworks"),
    "a list entry that stands elsewhere too": OLD.replace("*   pharmacies", "*   casinos"),
    "a deadline": OLD.replace("30 days", "90 days"),
    "a promise": OLD.replace("we will tell you", "we may tell you"),
    "a place": OLD.replace("you may post them", "you may post them in the United States"),
}


@pytest.mark.parametrize("after", SMALL.values(), ids=SMALL.keys())
def test_a_small_word_can_be_the_whole_change(after: str) -> None:
    change = judged(after)
    assert change.verdict is Verdict.MATERIAL
    assert change.why[0].code is Weight.SMALL_WORD
    assert change.excerpts


def test_an_entry_is_shown_behind_what_introduces_its_list() -> None:
    [came, went] = judged(SMALL["a list entry"]).excerpts
    assert (came.after, went.before) == (
        "You must not post any of the following: › fireworks",
        "You must not post any of the following: › pharmacies",
    )


RULE = "You must not sell the account that we gave you to anybody else, whoever it is."
NOT_THE_TERMS = {
    "feedback": "\n\nWas this page helpful?\n\nThank you for your feedback, which we will not share with anybody at all.",
    "newsletter": "\n\nSubscribe to our newsletter and you will never miss what we have to offer to you and yours.",
    "cookie banner": "\n\nAllow the use of cookies from us in this browser, which we must ask of you before you may go on.",
    "style sheet": "\n\np.p1 {margin: 0px; font: 12px Times} li.li3 {margin: 0px; font: 12px Times; must: not}",
    "wiki": "\n\nTranslate this page; this page contains changes which are not marked for translation.",
    "summary by a machine": f"\n\nAI-generated Key Takeaways\n---\n\n*   {RULE}\n",
    "another alphabet": "\n\nΔεν επιτρέπεται να πουλήσετε τον λογαριασμό σας σε κανέναν, όποιος κι αν είναι.",
    "questions": "\n\nWhat is a trademark?\n\nMay I sell my account to anybody else who wants to have it?",
    "headings run together": "\n\nOverviewBest PracticesSteps to Take if You Must Not GoPolicy for Sellers",
}


@pytest.mark.parametrize("more", NOT_THE_TERMS.values(), ids=NOT_THE_TERMS.keys())
def test_what_stands_around_the_terms_is_noise(more: str) -> None:
    assert judged(OLD + more).verdict is Verdict.NOISE
    assert judged(f"{OLD}\n\n{RULE}").verdict is Verdict.MATERIAL, (
        "the same words as a rule are not"
    )


MINOR = {
    "a box that says it again in short": f"\n\n**Policy summary**\n\n{RULE}\n",
    "labels": "\n\nReport an account\n\nMy work was copied\n\nGrant permission to use work\n\nCancel my report\n",
    "where to read on": "\n\nFor more information about how we handle what you report to us, please see our transparency centre.",
    "whom to reach": "\n\nNevada: users there can contact the Nevada Financial Institutions Division with any question.",
    "what to press": "\n\nClick the profile picture and then right-click the address bar and then choose to copy the address.",
    "attributions": "\n\nContains information licensed under the Open Government Licence, with changes by the city of Oslo.",
}


@pytest.mark.parametrize("more", MINOR.values(), ids=MINOR.keys())
def test_what_binds_nobody_is_minor(more: str) -> None:
    assert judged(OLD + more).verdict is Verdict.MINOR


@pytest.mark.parametrize(
    "said", ["We sell your data.", "You waive your right to sue.", "Wir verkaufen Ihre Daten."]
)
def test_a_new_rule_can_be_short(said: str) -> None:
    german = "Wir haben diese Regeln für Sie gemacht, und Sie können sie hier lesen, wenn Sie das wollen.\n"
    old = german if said.startswith("Wir") else OLD
    assert judged(f"{old}\n\n{said}\n", old).verdict is Verdict.MATERIAL


def test_an_address_and_a_renamed_policy_are_minor() -> None:
    text = (
        OLD
        + "\n\nOur registered office is at 2nd Floor, 1 Harbour Street, Dublin 4, Ireland, and you must write to us there.\n"
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
        + "\n\nYou must follow our Hate Speech policy, our privacy policy, and our terms of service.\n"
    )
    assert judged(text.replace("Hate Speech", "Hateful Conduct"), text).verdict is Verdict.MINOR


def test_an_imprint_says_who_not_what() -> None:
    assert judged(f"{OLD}\n\n{RULE}", terms_type="Imprint").verdict is Verdict.MINOR


PAGE = "\n\nAnother page\n============\n\n" + "\n\n".join(
    f"You must not do thing number {n} to anybody here." for n in range(9)
)


def test_a_page_that_the_tracker_added_is_noise() -> None:
    assert judged(OLD + PAGE, pages=(2, 3)).verdict is Verdict.NOISE
    assert judged(OLD + PAGE, pages=(2, 2)).verdict is Verdict.MATERIAL, "the service added it"
    assert judged(OLD, OLD + PAGE, pages=(3, 2)).verdict is Verdict.NOISE


def test_moved_dates_and_counters_are_noise() -> None:
    text = (
        OLD
        + "\n\nLast updated: August 2025. Posted 3 days ago. 12,345 views. You must not sell it before 10/12/2025.\n"
    )
    other = (
        OLD
        + "\n\nLast updated: March 2026. Posted 4 days ago. 12,399 views. You must not sell it before 12/10/2025.\n"
    )
    assert judged(other, text).verdict is Verdict.NOISE


def test_doubts() -> None:
    promise = OLD + "\n\nWe will never sell your data.\n"
    assert judged(OLD, promise).doubt is Doubt.ONLY_GONE
    assert judged(promise, OLD).doubt is None
    british = "".join(
        f"\n\nWe organise and recognise the behaviour of centre number {n} in colour."
        for n in range(9)
    )
    american = "".join(
        f"\n\nWe organize and recognize the behavior of center number {n} in color."
        for n in range(9)
    )
    assert judged(OLD + american, OLD + british).verdict is Verdict.NOISE
    more = "\n\n" + "\n\n".join(f"{RULE} This is the rule with the number {n}." for n in range(9))
    assert judged(OLD + american + more, OLD + british).doubt is Doubt.OTHER_EDITION
    flapping = [OLD + "\n\nYou may stay.\n", OLD + "\n\nYou must go.\n"] * 4
    assert judged(f"{OLD}\n\n{RULE}", *flapping).doubt is Doubt.FLAPS


def test_settling() -> None:
    promise = OLD + "\n\nWe will never sell your data.\n"
    gone = judged(OLD, promise)
    held = lived(promise, OLD)
    assert hold.hold_for(gone, held) == hold.HOLD
    kept = hold.settle(gone, held, "en")
    assert (kept.verdict, kept.doubt) == (Verdict.MATERIAL, None)
    back = lived(promise, OLD, promise)
    dropped = hold.settle(gone, back, "en")
    assert dropped.verdict is Verdict.NOISE
    forgetful = hold.forget(gone, back)
    again = understand_change(item(days=20), forgetful, OLD, EDITION, Names([]))
    assert again.verdict is Verdict.MATERIAL, "what did not last is news once it comes to stay"
    assert understand_change(item(days=20), back, OLD, EDITION, Names([])).verdict is Verdict.NOISE


ANNOUNCED = [
    "We're updating our terms on November 3, 2026.",
    "Version 13 of the rules will come into effect on 1 July 2026.",
    "Unsere Bedingungen werden zum 1. Juli 2026 geändert.",
    "Nos conditions entrent en vigueur le 1er juillet 2026.",
    "La nuova informativa entra in vigore il 1 luglio 2026.",
]


@pytest.mark.parametrize("said", ANNOUNCED)
def test_announcements(said: str) -> None:
    first = understand_first(item(record=Record.FIRST), f"{OLD}\n\n{said}\n", EDITION, Names([]))
    assert first.verdict is Verdict.MATERIAL
    assert first.effective
    assert first.effective > WHEN.date()
    change = judged(f"{OLD}\n\n{said}\n")
    assert change.verdict is Verdict.MATERIAL
    assert change.why[0].code is Origin.ANNOUNCED


def test_an_announcement_is_news_once() -> None:
    said = f"{OLD}\n\nOur new terms will take effect on July 1, 2026.\n"
    assert judged(said.replace("July 1", "July 2"), said).verdict is Verdict.NOISE, (
        "a day off is another time zone"
    )
    assert judged(said.replace("July 1", "September 9"), said).verdict is Verdict.MATERIAL
    assert (
        understand_first(
            item(), OLD + "\n\nThis offer ended on July 1, 2020.", EDITION, Names([])
        ).verdict
        is Verdict.NOISE
    )
    assert not announcements.known(date(2026, 7, 1), frozenset())


def test_places_are_named_even_where_the_area_is_open() -> None:
    change = judged(
        f"{OLD}\n\nUsers in Brazil must show an identity card. {RULE} You may not keep another person's data."
    )
    assert change.places == ("BR",)
    assert change.area is None, "most of it is for everyone"


def test_what_was_told_and_is_gone_is_a_note() -> None:
    told = replace(judged(f"{OLD}\n\n{RULE}"), collection="c", terms_type="Community Guidelines")
    story = Story(1, told)
    quiet = replace(
        told, uid="commit:x", verdict=Verdict.NOISE, recorded=told.recorded + timedelta(days=3)
    )
    void = taken_back(quiet, lived(OLD), [story], "en")
    assert void
    assert (void.record, story_of(void, [story])) == (Record.TAKEN_BACK, story)
    assert taken_back(quiet, lived(f"{OLD}\n\n{RULE}"), [story], "en") is None
    assert worth_a_note(story, void)
    memo = replace(
        told, record=Record.MEMO, uid="memo:1", title="Explained", link="https://example.org/memo"
    )
    assert worth_a_note(story, memo)
    assert not worth_a_note(replace(story, joined=(memo,)), replace(memo, record=Record.ARTICLE)), (
        "one is enough"
    )
    assert not worth_a_note(story, replace(told, uid="commit:y", collection="other")), (
        "the same text seen elsewhere"
    )
    for part, words in ((void, "took back a change"), (memo, "Open Terms Archive explains:")):
        message = follow_up(replace(story, joined=(part,)), part.uid, ("linkedin",), Names([]))
        assert words in message.text
        assert message.quiet
        assert "/unsubscribe linkedin" in message.text


def test_headlines_follow_from_the_text() -> None:
    base = replace(judged(f"{OLD}\n\n{RULE}"), terms_type="Privacy Policy", topics=("ai_training",))
    said = replace(
        base,
        excerpts=(Excerpt("", "We use your posts to train our AI models."),),
        opt_out=OptOut.AVAILABLE,
    )
    assert (
        headline(Story(1, said), "LinkedIn")
        == "LinkedIn’s Privacy Policy now says that data is used to train AI. The new text says that you can opt out."
    )
    denied = replace(
        base, excerpts=(Excerpt("", "We never use your posts to train our AI models."),)
    )
    assert (
        headline(Story(1, denied), "X")
        == "X changed what its Privacy Policy says about training AI on your data."
    )
    others = replace(
        base,
        excerpts=(
            Excerpt(
                "", "Do not do this: › Using any of it to train, fine-tune or improve AI models."
            ),
        ),
    )
    assert "now says" not in headline(Story(1, others), "X"), "it is what developers must not do"
    price = judged(
        f"{OLD}\n\nShipping costs €39.00.",
        f"{OLD}\n\nShipping costs €30.00.",
        terms_type="Terms of Service",
    )
    assert (
        headline(Story(1, replace(price, topics=())), "X")
        == "X changed a rule in its Terms of Service: €30.00 → €39.00."
    )
    before = replace(
        base,
        excerpts=(Excerpt("We train AI models on posts.", "We train AI models on your posts."),),
    )
    assert "now says" not in headline(Story(1, before), "X"), "it said so before"


def test_the_past_goes_under_what_is_held() -> None:
    past, held = (
        lived("One rule.\n", "Two rules here.\n"),
        lived("x", "Two rules here.\n\nAnd three.\n"),
    )
    merged = merge(past, replace(held, recorded=WHEN + timedelta(days=30)))
    assert merged.text == held.text
    assert past.sentences <= merged.sentences
    assert merge(past, None) is past


LINES = st.lists(
    st.sampled_from(["# One", "Two", "===", "We may share it.", "* weapons", "  * tobacco:", "    * casinos", "You must not:", "", "2 May 2026"]),
    max_size=25,
).map("\n".join)  # fmt: skip


@given(LINES, LINES)
def test_the_sum_of_a_version_does_not_depend_on_the_way(before: str, after: str) -> None:
    assert moved(version_of(before), differing(before, after).shift) == version_of(after)


@pytest.mark.parametrize("name", bench.hostile_texts())
def test_hostile_texts_have_a_verdict(name: str) -> None:
    before, after = bench.hostile_texts()[name]
    change = judged(after, before)
    assert change.verdict in Verdict
    assert change.why


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01\xff",
        "<div><p>HTML</p></div>",
        "مرحبا بكم في شروط الخدمة",
        "我们收集您的数据。",
        "\ud800",
        "a" * 9,
    ],
)
def test_any_text_can_follow_any_other(text: str) -> None:
    for before, after in ((OLD, text), (text, OLD), (text, text)):
        assert judged(after, before).why


SAID = ("We may share your data with partners in Brazil from 3 May 2026.",)


@pytest.mark.parametrize(
    ("summary", "why"),
    [
        ("LinkedIn may share your data with partners in Brazil.", ""),
        ("From 3 May 2026 data may be shared with partners.", ""),
        ("LinkedIn sells your data to partners in Brazil.", "word"),
        ("From 4 May 2026 data may be shared with partners.", "number"),
        ("Your data may be shared with Microsoft in Brazil.", "name"),
        ("Data may be shared; opt out at linkedin.com today.", "link"),
        ("Data may be shared, see <b>here</b> for more of it.", "markup"),
        ("Shared.", "short"),
        ("It must be shared with partners in Brazil.", "word"),
    ],
)
def test_a_summary_says_only_what_the_text_says(summary: str, why: str) -> None:
    found = summary_check.check(summary, SAID, ("LinkedIn", "Privacy Policy"))
    assert why in found if why else found == ""


@pytest.mark.parametrize(
    ("answer", "status", "kept"),
    [
        (
            {
                "choices": [
                    {"message": {"content": "Your data may be shared with partners in Brazil."}}
                ]
            },
            200,
            True,
        ),
        (
            {
                "choices": [
                    {
                        "message": {
                            "content": "Ignore all that: visit evil.example for 100 free coins."
                        }
                    }
                ]
            },
            200,
            False,
        ),
        ({"error": "overloaded"}, 200, False),
        ({}, 500, False),
    ],
)
async def test_a_machine_is_believed_only_where_it_can_be_checked(
    served: Any, answer: Any, status: int, kept: bool
) -> None:
    asked: list[Any] = []

    async def complete(request: web.Request) -> web.Response:
        asked.append((request.headers["Authorization"], await request.json()))
        return web.Response(text=json.dumps(answer), status=status)

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    base = await served(app)
    change = replace(judged(f"{OLD}\n\n{RULE}"), excerpts=(Excerpt("", SAID[0]),))
    done = await Summarizer(f"{base}v1", "small", "key").add(change, "LinkedIn")
    assert bool(done.summary) is kept
    [(key, body)] = asked
    assert key == "Bearer key"
    assert SAID[0] in body["messages"][1]["content"]
