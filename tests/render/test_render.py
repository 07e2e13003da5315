"""Every kind of alert and how-to: within the limits, and accepted by the platforms.

Each keeps the opt-out and the way out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.discord import layout, markup
from bot.adapters.discord.platform import Discord
from bot.adapters.telegram.markup import html_of, size
from bot.adapters.telegram.platform import Telegram
from bot.catalogue import Catalogue, load
from bot.deliveries import Alert
from bot.locales import gettext, languages, speaking
from bot.message import KEEP, Block, Message, Span
from bot.model import Change, Record, Story
from bot.regions import EEA, EUROPE
from bot.render.alert import alert
from bot.render.control import named
from bot.render.digest import digest
from bot.render.fit import fit
from bot.render.follow_up import follow_up
from bot.render.howto import howto
from bot.render.reader import Reader
from bot.render.reminder import reminder
from bot.render.story import passages, whole
from bot.verdicts import Excerpt, Link, OptOut, Origin, Reason, Severity, Verdict
from tests.support import judges
from tests.support.world import CHANGE, NOW, RECORDED, SETTING

TODAY = NOW.date()
KNOWN: Catalogue = load()
NAMES = KNOWN.names
HOSTILE = st.sampled_from(
    [
        *("<b>", "</blockquote>", "&amp;", "<a href='tg://x'>", "<script>"),
        *("@everyone", "<@1>", "[x](javascript:alert(1))", "<t:1:R>"),
        *("**", "`", "_", "~~", "\n", "#", "> ", "||", "-# ", "1. "),
        *("\u202e", "\x00", "😀", "𝕏", "e\u0301", "\ud800"),
        *("word " * 30, "https://e.org/_a_b_"),
    ]
)
TEXT = st.lists(HOSTILE | st.text(max_size=20), max_size=12).map("".join)
LONG = st.builds(lambda text, times: (text * times)[:3000], TEXT, st.integers(1, 20))
LINKS = st.builds(
    Link,
    TEXT,
    st.sampled_from(
        [
            "https://www.linkedin.com/a?b=1&c=(2)",
            "javascript:alert(1)",
            "https://x.org/" + "y" * 300,
        ]
    ),
)
WRITTEN = st.builds(lambda said: Reason(Origin.AS_WRITTEN, (said,)), TEXT)
CHANGES = st.builds(
    Change,
    uid=st.just("commit:1"),
    services=st.sampled_from([("linkedin",), ("signal",), ("unheard-of",), ("linkedin", "x")]),
    terms_type=st.just("Privacy Policy") | TEXT,
    recorded=st.just(RECORDED),
    title=LONG,
    link=st.just("https://github.com/o/r/commit/1") | TEXT,
    verdict=st.just(Verdict.MATERIAL),
    why=st.tuples(WRITTEN),
    record=st.sampled_from([Record.CHANGE, Record.MEMO, Record.ARTICLE]),
    area=st.sampled_from([None, EUROPE, EEA, frozenset({"US"})]),
    effective=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    topics=st.sampled_from(
        [(), ("ai_training",), ("advertising_tracking", "user_rights"), ("made_up",)]
    ),
    opt_out=st.sampled_from(OptOut),
    links=st.lists(LINKS, max_size=4).map(tuple),
    excerpts=st.lists(st.builds(Excerpt, LONG, LONG), max_size=8).map(tuple),
)
STORIES = st.builds(Story, st.integers(1, 10**9), CHANGES, st.lists(CHANGES, max_size=3).map(tuple))
REGIONS = st.sampled_from(
    [frozenset({"EU"}), frozenset({"UK", "CH"}), frozenset(), frozenset({"NO"})]
)

EUROPEAN = Reader(frozenset({"EU"}), TODAY)
AMERICAN = Reader(frozenset({"US"}), TODAY)
TELEGRAM = Telegram("unused")
DISCORD = Discord("unused")
LANGUAGES = st.sampled_from(languages())


def accepted(message: Message, shared: bool = False) -> tuple[str, str]:
    """The message as both platforms show it, once both have taken it; nobody is mentioned."""
    for plain in (True, False):
        parsed = judges.telegram(
            "sendMessage", {"chat_id": 1, **TELEGRAM.body(message, plain, shared)}
        )
        assert judges.telegram_finds(parsed["text"]) & {"textEntityTypeMention"} == set()
        for entity in parsed["entities"]:
            assert entity["type"]["@type"] != "textEntityTypeMentionName"
            assert entity["type"].get("url", "https://").startswith(("https://", "http://"))
        body = DISCORD.body(message, plain, shared)
        judges.discord_body("MessageCreateRequest", body)
        assert body["allowed_mentions"]["parse"] == []
    return parsed["text"], "\n".join(layout.words(body))


@given(story=STORIES, regions=REGIONS, language=LANGUAGES, shared=st.booleans())
async def test_every_alert(
    story: Story, regions: frozenset[str], language: str, shared: bool
) -> None:
    service = story.lead.services[0]
    with speaking(language):
        message = alert(story, (service,), Reader(regions, TODAY, shared), KNOWN, NAMES)
        for text in accepted(message, shared):
            assert gettext("How to opt out:") in text
            assert f"/unsubscribe {service}" in text
        assert {f"howto {service}", f"unsubscribe {service}"} <= {
            action.command for action in message.actions
        }
        shown = passages(story, regions)
        for page in range(1, len(shown.pages) + 1):
            reader = Reader(regions, TODAY, shared)
            accepted(whole(story, shown, page, reader, KNOWN, NAMES), shared)


async def test_the_longest_alert_keeps_steps_link_and_way_out() -> None:
    long = tuple(Excerpt(f"{n} before " * 200, f"{n} after " * 200) for n in range(8))
    story = Story(1, replace(CHANGE, excerpts=long, title="x" * 300))
    for text in accepted(alert(story, ("linkedin",), EUROPEAN, KNOWN, NAMES)):
        assert "Set it to “Off”" in text
        assert "Data privacy › Data for Generative AI Improvement" in text
        assert "/unsubscribe linkedin" in text
    assert SETTING in html_of(fit(alert(story, ("linkedin",), EUROPEAN, KNOWN, NAMES), size, 4096))


#: Every how-to in English, and in one other language in turn.
HOWTOS = [
    (service, language)
    for n, service in enumerate(sorted(KNOWN.guides))
    for language in ("en", languages()[1 + n % 7])
]


@pytest.mark.parametrize(("service", "language"), HOWTOS)
async def test_every_howto(service: str, language: str) -> None:
    guide = KNOWN.guides[service]
    cases = [
        (control, regions)
        for control in guide.controls
        for regions in (frozenset({"EU"}), frozenset({"CH"}), frozenset())
    ]
    for control, regions in cases:
        with speaking(language):
            message = howto(KNOWN.by_id[service], guide, Reader(regions, TODAY), wanted=control.id)
            shown, title = accepted(message), named(control)
        for text in shown:
            offered = not regions or any(code in control.regions for code in regions)
            assert not offered or title.split("(")[0].strip() in text.replace("\\", "")


def test_the_control_fits_the_change() -> None:
    about_ads = Story(1, replace(CHANGE, topics=("advertising_tracking",)))
    assert "Advertising data" in alert(about_ads, ("linkedin",), EUROPEAN, KNOWN, NAMES).text
    about_money = Story(
        1, replace(CHANGE, topics=("payments_refunds",), links=(), opt_out=OptOut.NONE)
    )
    text = alert(about_money, ("linkedin",), EUROPEAN, KNOWN, NAMES).text
    assert "no way is known for this change" in text
    elsewhere = alert(Story(1, CHANGE), ("linkedin",), AMERICAN, KNOWN, NAMES).text
    assert "Data for Generative AI Improvement" not in elsewhere, "the control is not offered there"


def test_times_are_told_from_today() -> None:
    ahead = Story(1, replace(CHANGE, effective=date(2025, 11, 16)))
    assert (
        "from 16 November 2025 (in 12 days)"
        in alert(ahead, ("linkedin",), EUROPEAN, KNOWN, NAMES).text
    )
    tomorrow = Story(1, replace(CHANGE, effective=date(2025, 11, 5)))
    assert "tomorrow" in alert(tomorrow, ("linkedin",), EUROPEAN, KNOWN, NAMES).text


def test_an_old_howto_says_so() -> None:
    guide = KNOWN.guides["facebook"]
    assert (
        "That is a while ago"
        in howto(KNOWN.by_id["facebook"], guide, Reader(frozenset({"EU"}), date(2026, 11, 22))).text
    )


@given(
    st.lists(
        st.builds(
            Block,
            st.sampled_from(["text", "quote", "list"]),
            st.lists(st.tuples(st.builds(Span, st.text(max_size=300))), min_size=1, max_size=5).map(
                tuple
            ),
            st.sampled_from([1, 30, KEEP]),
        ),
        max_size=8,
    ),
    st.integers(50, 3000),
)
def test_fitting_never_cuts_what_is_kept(blocks: list[Block], limit: int) -> None:
    message = Message(tuple(blocks))
    fitted = fit(message, lambda m: len(m.text), limit)
    assert [b for b in fitted.blocks if b.weight == KEEP] == [b for b in blocks if b.weight == KEEP]
    loose = [b for b in fitted.blocks if b.weight < KEEP]
    assert len(fitted.text) <= limit or not loose


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("count", [2, 5, 6, 100])
@pytest.mark.parametrize("small", ["none", "half", "all"])
def test_a_digest_of_any_size_fits_and_keeps_every_way_out(
    count: int, small: str, language: str
) -> None:
    services = [service.id for service in KNOWN.services][:: len(KNOWN.services) // count][:count]
    long = Link("The settings of this service " * 3, "https://example.org/" + "x" * 370)
    alerts = [
        Alert(
            n,
            Story(n, replace(CHANGE, services=(service,), links=(long,), title="T" * 300)),
            (service,),
            digest=small == "all" or (small == "half" and n % 2 == 0),
        )
        for n, service in enumerate(services, 1)
    ]
    with speaking(language):
        message = digest(alerts, EUROPEAN, KNOWN, NAMES)
        accepted(message)
    shown: list[str] = []
    for is_small in (False, True):
        mine = [alert.services[0] for alert in alerts if alert.digest is is_small]
        shown += sorted(mine, key=lambda service: NAMES.label(service).casefold())[:20]
    for measure, limit in ((size, 4096), (markup.size, layout.TEXT_UNITS)):
        fitted = fit(message, measure, limit)
        assert measure(fitted) <= limit
        assert all(f"/howto {service}" in fitted.text for service in shown)
        assert "/unsubscribe" in fitted.text


@settings(max_examples=60)
@given(
    changes=st.lists(CHANGES, min_size=1, max_size=12),
    small=st.lists(st.booleans(), min_size=12, max_size=12),
    daily=st.booleans(),
    language=LANGUAGES,
)
def test_every_digest(changes: list[Change], small: list[bool], daily: bool, language: str) -> None:
    alerts = [
        Alert(n, Story(n, change), change.services[:1], digest=small[n - 1])
        for n, change in enumerate(changes, 1)
    ]
    with speaking(language):
        for text in accepted(digest(alerts, EUROPEAN, KNOWN, NAMES, daily=daily)):
            assert gettext("How to opt out:") in text
            assert "/unsubscribe" in text


def _smaller(count: int, **fields: Any) -> list[Alert]:
    """Alerts of smaller changes, one a day."""
    found: list[Alert] = []
    for number in range(1, count + 1):
        recorded = RECORDED - timedelta(days=number % 5)
        change = replace(CHANGE, uid=f"c{number}", recorded=recorded, **fields)
        found.append(Alert(number, Story(number, change), ("linkedin",), digest=True))
    return found


def test_smaller_changes_are_a_line_each_and_what_is_left_out_is_counted() -> None:
    said = digest(_smaller(3), EUROPEAN, KNOWN, NAMES)
    heading, *lines = said.text.splitlines()
    assert heading == "This week’s smaller changes: 3 changes · LinkedIn"
    assert [line.rsplit(" /story ")[1] for line in lines[:3]] == ["3", "2", "1"]
    assert said.quiet
    many = digest(_smaller(100), EUROPEAN, KNOWN, NAMES).text
    shown = many.count("/story ")
    assert f"And {100 - shown} more: /recent" in many
    assert 10 < shown < 40


@pytest.mark.parametrize(
    ("days", "daily", "heading"),
    [
        (1, False, "This week’s smaller changes"),
        (1, True, "Smaller changes"),
        (30, False, "Smaller changes since 4 October 2025"),
        (30, True, "Smaller changes since 4 October 2025"),
    ],
)
def test_the_heading_says_of_when_the_changes_are(days: int, daily: bool, heading: str) -> None:
    [alert] = _smaller(1)
    lead = replace(alert.story.lead, recorded=RECORDED - timedelta(days=days))
    old = replace(alert, story=Story(1, lead))
    said = digest([old], EUROPEAN, KNOWN, NAMES, daily=daily)
    assert said.text.splitlines()[0] == f"{heading}: 1 change · LinkedIn"


def test_what_matters_comes_before_the_smaller_changes_and_makes_a_sound() -> None:
    small = _smaller(2, severity=Severity.SHOULD_KNOW)
    small += [replace(each, id=9) for each in _smaller(1, severity=Severity.MINOR)]
    weighty = Alert(7, Story(7, replace(CHANGE, services=("tiktok",))), ("tiktok",))
    said = digest([*small, weighty], EUROPEAN, KNOWN, NAMES)
    assert not said.quiet
    text = said.text
    assert text.index("TikTok") < text.index("Smaller changes\n") < text.index("LinkedIn")
    assert said.actions[0].command == "story 7"


@settings(max_examples=60)
@given(story=STORIES, language=LANGUAGES)
def test_every_follow_up(story: Story, language: str) -> None:
    with speaking(language):
        for part in story.parts:
            for text in accepted(follow_up(story, part.uid, story.lead.services, NAMES)):
                assert f"/unsubscribe {story.lead.services[0]}" in text


@given(change=CHANGES, days=st.integers(0, 14), language=LANGUAGES)
def test_every_reminder_fits_and_keeps_its_way_out(
    change: Change, days: int, language: str
) -> None:
    story = Story(1, replace(change, effective=TODAY + timedelta(days=days)))
    with speaking(language):
        message = reminder(story, change.services, EUROPEAN, KNOWN, NAMES)
        for text in accepted(message):
            assert "/reminders off" in text
    assert {action.command for action in message.actions} >= {"done 1", "dismiss 1"}
