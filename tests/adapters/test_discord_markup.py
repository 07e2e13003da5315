"""Feed text on Discord: shown unchanged, without any effect."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.discord.markup import escape, markup_of, mentioning
from bot.message import TURNING, Block, Span
from tests.support.discord_shows import shows

HOSTILE = (
    "[Keep your account](https://evil.example/login)",
    "\\[Keep your account](https://evil.example/login)",
    "\\\\[x\\](https://evil.example)",
    "[https://a.example/](https://evil.example)",
    "https://a.example/](https://evil.example)",
    "https://a.example/||x and more https://a.example/||y",
    "https://a.example/**x bold https://a.example/**",
    "https://a.example/~~ struck ~~ and <https://a.example/||>",
    "[a [b](https://evil.example) c](https://evil.example)",
    "https://a.example/__u__ __x__",
    "6. Governing Law",
    "18. Dezember 2025: Facebook",
    "  7. indented",
    "1) a",
    "# head",
    "-# small",
    "- - list",
    "+ list",
    "> quote",
    ">>> quote",
    "* star",
    "**b** __u__ ~~s~~ ||p|| `c` ```d``` _e_ *f*",
    ":smile: 10:30:00 :+1:",
    "steam://run/1 ||x",
    "HTTPS://a.example/_b_",
    "<@123> <#1> </forget:1> <t:1:R> <id:guide> <a:b:1>",
    "a\\",
    "\\_",
    "¯\\_(ツ)_/¯",
)
TEXTS = st.text() | st.text("[]()\\*_~|`<>#-+.:@/ ahtps1", max_size=40)


def plain(text: str) -> str:
    """The text without what is never sent: control characters, and marks that turn the line."""
    return TURNING.sub("", "".join(char for char in text if char >= " "))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is_written_and_does_nothing(text: str) -> None:
    shown, acts = shows(escape(text))
    assert shown == plain(text)
    assert [act for act in acts if act[0] != "address"] == []


@settings(max_examples=500)
@example("0:00:")
@given(TEXTS)
def test_any_text_is_shown_as_it_is_written_and_does_nothing(text: str) -> None:
    written = text.encode("utf-8", "replace").decode()
    shown, acts = shows(escape(written))
    assert shown == plain(written)
    assert {name for name, _source in acts} <= {"address"}


@settings(max_examples=300)
@example("x](https://evil.example) [y")
@example("https://a.example/](https://evil.example)")
@example("[a](https://evil.example)")
@example("a [ b")
@given(TEXTS)
def test_the_words_of_a_link_lead_nowhere_else(text: str) -> None:
    """Discord heeds no escapes where it looks for the end of a link's words."""
    line = markup_of(Block("text", ((Span(f"a{text}", url="https://good.example/"),),)))
    _shown, acts = shows(line)
    assert [source for name, source in acts if name == "link"] == [line]
    assert line.endswith("](https://good.example/)")


@pytest.mark.parametrize("length", [100, 3000])
def test_many_nested_addresses_are_escaped_without_end_of_the_stack(length: int) -> None:
    text = "https://(" * length
    assert shows(escape(text))[0] == text


def test_a_clean_address_stays_a_link_by_itself() -> None:
    assert shows(escape("See https://a.example/b_c?d=1."))[1] == [
        ("address", "https://a.example/b_c?d=1")
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ask /howto linkedin now", "Ask </howto:7> linkedin now"),
        ("/when daily 18:00", "</when daily:8> 18:00"),
        ("**/howto <service>** · Steps", "**</howto:7> <service>** · Steps"),
        ("Start with one: /subscribe linkedin", "Start with one: /subscribe linkedin"),
        ("see linkedin.com/howto or a/howto", "see linkedin.com/howto or a/howto"),
        ("```\n/howto x\n``` and /howto", "```\n/howto x\n``` and </howto:7>"),
    ],
)
def test_commands_can_be_clicked(text: str, shown: str) -> None:
    assert mentioning(text, {"howto": 7, "when daily": 8}) == shown
