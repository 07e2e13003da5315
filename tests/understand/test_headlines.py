"""What a headline says of a change follows from its text."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Story
from bot.render.headline import headline
from bot.verdicts import Excerpt, OptOut
from tests.understand.rules import OLD, RULE, judged


def test_headlines_follow_from_the_text() -> None:
    base = replace(judged(f"{OLD}\n\n{RULE}"), terms_type="Privacy Policy", topics=("ai_training",))
    said = replace(
        base,
        excerpts=(Excerpt("", "We use your posts to train our AI models."),),
        opt_out=OptOut.AVAILABLE,
    )
    assert (
        headline(Story(1, said), "LinkedIn")
        == "LinkedIn’s Privacy Policy now says that data is used to train AI. "
        "The new text says that you can opt out."
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
