"""Pictures: legible in every language, within their edges, with alternative text."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.adapters.discord.layout import components
from bot.catalogue import Catalogue, Control
from bot.catalogue.names import Names
from bot.locales import languages, speaking
from bot.model import Address
from bot.platform import Request
from bot.render import picture as drawing
from bot.render.control import named
from bot.store import Store
from handlers import answer
from tests.support import judges, world

HERE = Address("telegram", "1")


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def is_white(colour: Any) -> bool:
    return bool(min(colour) > 250)


def drawable(known: Catalogue) -> list[tuple[str, Control]]:
    return [
        (guide.name, c)
        for guide in known.guides.values()
        for c in guide.controls
        if c.kind != "none available"
    ]


def test_nothing_runs_over_the_edge(known: Catalogue) -> None:
    """Every picture, in turn in every language: what surrounds the words is white."""
    for number, (service, control) in enumerate(drawable(known)):
        with speaking(languages()[number % len(languages())]):
            picture = opened(drawing.card(service, control))
        assert picture.width == drawing.WIDTH
        assert picture.height < 3 * drawing.WIDTH, "Telegram shows a strip as a file"
        for left in (drawing.RIM + 8, drawing.WIDTH - drawing.EDGE + 6):
            edge = picture.crop(
                (
                    left,
                    drawing.RIM + 40,
                    left + drawing.EDGE - drawing.RIM - 16,
                    picture.height - drawing.RIM - 40,
                )
            )
            assert all(
                map(is_white, (colour for _count, colour in edge.getcolors() or [((0, (0, 0, 0)))]))
            ), (
                service,
                control.id,
            )


@cache
def missing(strong: bool) -> bytes:
    return bytes(drawing.font(30, strong).getmask("\ue123"))


def test_every_letter_has_a_shape(known: Catalogue) -> None:
    letters: set[str] = set()
    for number, (service, control) in enumerate(drawable(known)):
        with speaking(languages()[number % len(languages())]):
            letters |= set(f"{service}{named(control)}{drawing.alt(control)}") | set(
                " ".join(drawing.foot(control))
            )
    assert len(letters) > 80
    for letter in letters - {" "}:
        for strong in (True, False):
            assert bytes(drawing.font(30, strong).getmask(letter)) != missing(strong), letter


def test_a_switch_stands_as_it_should() -> None:
    """Off has its knob on the left and the track on the right; on is the other way round."""

    def knob(state: str) -> tuple[bool, bool]:
        sheet = drawing.Sheet()
        sheet.switch("Advertising data", state)
        picture, left, middle = (
            opened(sheet.png()),
            drawing.WIDTH - drawing.EDGE - 40 - 108,
            drawing.EDGE + 56,
        )
        return is_white(picture.getpixel((left + 30, middle))), is_white(
            picture.getpixel((left + 78, middle))
        )

    assert knob("Off") == (True, False)
    assert knob("On") == (False, True)
    assert knob("Nobody") == (True, True), "a choice of several has words instead"


def test_a_long_word_is_cut_and_an_address_behind_a_slash() -> None:
    font = drawing.font(34)
    assert drawing.wrapped("one two", font, 10_000) == ["one two"]
    lines = drawing.wrapped("example.org/some-path/" * 12, font, 600)
    assert "".join(lines) == "example.org/some-path/" * 12
    assert all(font.getlength(line) <= 600 for line in lines)
    assert all(line.endswith(("/", "-")) for line in lines)


@pytest.fixture
def ask(store: Store, known: Catalogue, names: Names) -> Any:
    context = world.context(store, known, names)
    return lambda line: answer(Request("picture", line, HERE), context)


def test_a_picture_is_sent_on_request_with_its_words(ask: Any) -> None:
    said = ask("linkedin")
    assert said.file.name == "linkedin-ai-training.png"
    assert said.file.alt.startswith(
        "Open Data for Generative AI Improvement. Or on the web: Me › Settings & Privacy › "
    )
    assert "Set it to “Off”." in said.file.alt
    [gallery] = [part for part in components(said)[0]["components"] if part["type"] == 12]
    assert gallery["items"][0]["media"]["url"] == "attachment://linkedin-ai-training.png"
    assert gallery["items"][0]["description"] == said.file.alt[:256]
    judges.discord_body("MessageCreateRequest", {"components": components(said), "flags": 1 << 15})
    assert ask("linkedin ads").file.name == "linkedin-ads.png"
    assert ask("linkedin nonsense").file.name == "linkedin-ai-training.png"
    assert ask("skype").file is None, "there is nothing to draw"


def test_words_below_a_picture_are_never_too_long(known: Catalogue) -> None:
    for _service, control in drawable(known):
        assert len(drawing.alt(control)) <= drawing.ALT


def test_it_says_what_one_needs_and_where_it_is_so(
    ask: Any, known: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    draw = drawing.Sheet.words

    def words(self: drawing.Sheet, text: str, *style: Any, **more: Any) -> None:
        said.append(text)
        draw(self, text, *style, **more)

    monkeypatch.setattr(drawing.Sheet, "words", words)
    assert ask("linkedin uk").file
    assert said[-1].startswith("UK · In use unless you act.")
    form = next(c for _, c in drawable(known) if drawing.is_drawable(c) and c.needs)
    drawing.card("A service", form, frozenset({"NO"}))
    assert f"You need: {form.needs}." in said
    assert said[-1].startswith("Norway · ")


def test_a_form_of_which_only_the_address_is_known_is_not_drawn(ask: Any, known: Catalogue) -> None:
    """It would be a title and an address that nobody can press."""
    [form] = [c for c in known.guides["tiktok"].controls if c.id == "objection"]
    assert not drawing.is_drawable(form)
    drawn = ask("tiktok objection").file
    assert drawn is None or "objection" not in drawn.name
