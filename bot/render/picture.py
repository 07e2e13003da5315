"""One control as a picture: the way through the menus as breadcrumbs, and the switch as it should stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.catalogue import Control
from bot.locales import _
from bot.render.blocks import short
from bot.render.howto import control_steps, menu_labels, named, set_to
from bot.render.labels import month

FONTS = Path(__file__).parent / "fonts"
#: Pixels; the picture is as wide as a phone shows sharply, and as high as it needs to be.
WIDTH, EDGE, GAP = 1080, 84, 28
INNER = WIDTH - 2 * EDGE
#: Within a box on both sides of its label, and between two boxes.
INSET, ARROW = 28, 44
#: Around the card.
RIM = 28
#: Letters of the words for a picture: Telegram shows 1,024 below one, with its title.
ALT = 700
INK, GREY, PAPER, WHITE, BLUE, PALE, LINE = (
    "#1b1f24",
    "#57606a",
    "#eef1f5",
    "#ffffff",
    "#2559b8",
    "#e4ecfa",
    "#d5dae1",
)
#: Words of switches that have two states.
STATES = {
    "off": False,
    "unticked": False,
    "disabled": False,
    "on": True,
    "ticked": True,
    "enabled": True,
}

Draw = Callable[[ImageDraw.ImageDraw], None]


@dataclass(slots=True)
class Sheet:
    """A page that grows downwards: what is put on it is drawn once its height is known."""

    top: float = EDGE
    drawn: list[Draw] = field(default_factory=list)

    def words(
        self, text: str, size: int, colour: str = INK, strong: bool = False, gap: float = GAP
    ) -> None:
        """A paragraph, wrapped."""
        font = _font(size, strong)
        for line in wrapped(text, font, INNER):
            self.drawn.append(_text((EDGE, self.top), line, font, colour))
            self.top += size * 1.28
        self.top += gap

    def crumbs(self, labels: Sequence[str]) -> None:
        """Labels in boxes, one behind the other, with an arrow between two."""
        font, left, height = _font(36), float(EDGE), 0.0
        for number, label in enumerate(labels):
            lead = ARROW if number else 0
            lines = wrapped(label, font, INNER - 2 * INSET - ARROW)
            width = max(map(font.getlength, lines)) + 2 * INSET
            if left > EDGE and left + lead + width > WIDTH - EDGE:
                left, self.top = EDGE, self.top + height + 16
            height = 22 + 46 * len(lines)
            if number:
                self.drawn.append(_text((left + 10, self.top + 4), "›", _font(44), GREY))
            self.drawn.append(
                _box((left + lead, self.top, left + lead + width, self.top + height), PALE, 18)
            )
            for line, text in enumerate(lines):
                self.drawn.append(
                    _text((left + lead + INSET, self.top + 10 + 46 * line), text, font, INK)
                )
            left += lead + width + 8
        self.top += height + GAP + 8

    def switch(self, label: str, state: str) -> None:
        """The row of the menu in which it stands, as it should be: a switch, or the chosen words."""
        font = _font(36, strong=True)
        lines = wrapped(label, font, INNER - 80 - 260)
        height = max(112.0, len(lines) * 46 + 48)
        box = (EDGE, self.top, WIDTH - EDGE, self.top + height)
        self.drawn += [_box(box, WHITE, 24, outline=LINE)]
        for number, line in enumerate(lines):
            self.drawn.append(
                _text(
                    (EDGE + 40, self.top + height / 2 - len(lines) * 23 + number * 46),
                    line,
                    font,
                    INK,
                )
            )
        middle = self.top + height / 2
        on = STATES.get(state.casefold())
        right = WIDTH - EDGE - 40 - (130 if on is not None else 0)
        said = _font(34)
        self.drawn.append(
            _text(
                (right - said.getlength(state), middle - 22),
                state,
                said,
                GREY if on is not None else BLUE,
            )
        )
        if on is not None:
            self.drawn.extend(_toggle(WIDTH - EDGE - 40 - 108, middle - 30, on))
        self.top += height + GAP

    def png(self) -> bytes:
        height = int(self.top + EDGE)
        image = Image.new("RGB", (WIDTH, height), PAPER)
        draw = ImageDraw.Draw(image)
        draw.rounded_rectangle((RIM, RIM, WIDTH - RIM, height - RIM), 36, fill=WHITE)
        for each in self.drawn:
            each(draw)
        made = BytesIO()
        image.quantize(64, Image.Quantize.FASTOCTREE).save(made, "PNG")
        return made.getvalue()


def card(service: str, control: Control) -> bytes:
    """A PNG, in the language that is spoken."""
    sheet = Sheet()
    sheet.words(service, 38, GREY, strong=True, gap=0)
    sheet.words(named(control), 56, strong=True, gap=GAP + 8)
    for heading, path in ((_("On the web"), control.web), (_("In the app"), control.mobile)):
        if path:
            sheet.words(heading, 34, GREY, gap=12)
            sheet.crumbs(menu_labels(control, path))
    if state := set_to(control):
        sheet.words(_("How it should look"), 34, GREY, gap=12)
        sheet.switch(named(control), state)
    if control.link:
        sheet.words(_("Direct link"), 34, GREY, gap=8)
        sheet.words(short(control.link.removeprefix("https://"), 120), 34, BLUE)
    if control.email:
        sheet.words(_("Write to {address}.", address=control.email), 34)
    sheet.words(" · ".join(_foot(control)), 30, GREY, gap=0)
    return sheet.png()


def alt(control: Control) -> str:
    """The same in words, to stand below the control's name."""
    return short(
        " ".join("".join(span.text for span in line) for line in control_steps(control).lines), ALT
    )


def _foot(control: Control) -> Iterator[str]:
    if control.on_by_default:
        yield _("In use unless you act.")
    if control.verified:
        yield _("Last verified in {month}.", month=month(control.verified))
    yield "Smallprint"


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines that are no wider; a word that is, is cut, where it is an address behind a slash or a hyphen."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        lines.append(word)
        while font.getlength(lines[-1]) > width:
            fits = next(
                n for n in range(len(lines[-1]), 0, -1) if font.getlength(lines[-1][:n]) <= width
            )
            joint = max(lines[-1][:fits].rfind(mark) + 1 for mark in "/-")
            fits = joint if joint > fits / 2 else fits
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return lines


@cache
def _font(size: int, strong: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        FONTS / f"SourceSansPro-{'Semibold' if strong else 'Regular'}.ttf", size
    )


def _text(at: tuple[float, float], text: str, font: ImageFont.FreeTypeFont, colour: str) -> Draw:
    return lambda draw: draw.text(at, text, colour, font)


def _box(
    box: tuple[float, float, float, float], colour: str, radius: int, outline: str | None = None
) -> Draw:
    return lambda draw: draw.rounded_rectangle(box, radius, fill=colour, outline=outline, width=3)


def _toggle(left: float, top: float, on: bool) -> Iterator[Draw]:
    yield _box((left, top, left + 108, top + 60), BLUE if on else "#8b949e", 30)
    knob = left + (54 if on else 6)
    yield lambda draw: draw.ellipse((knob, top + 6, knob + 48, top + 54), fill=WHITE)
