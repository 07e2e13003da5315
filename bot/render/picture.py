"""Pictures of controls: the menu path, and the switch as it should be set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.catalogue import Control
from bot.locales import _, content
from bot.render.blocks import short
from bot.render.control import control_steps, menu_labels, named, set_to
from bot.render.labels import month, places

FONTS = Path(__file__).parent / "fonts"
# All measures are in pixels.
#: A picture is as wide as a phone shows sharply, and as high as needed.
WIDTH = 1080
#: Between the edge and the words, and between two parts.
EDGE = 84
GAP = 28
#: The width for the words.
INNER = WIDTH - 2 * EDGE
#: Inside a box, on each side of its label; and between two boxes.
INSET = 28
ARROW = 44
#: Around the card.
RIM = 28
#: The height of a row of labels, and the line height of other words relative to their size.
ROW = 46
LEADING = 1.28
#: The room for a switch to the right of its label, and the switch itself.
SWITCH_ROOM = 260
SWITCH_INSET = 40
TRACK_WIDTH = 108
TRACK_HEIGHT = 60
KNOB = 48
#: The most characters of the alternative text: Telegram shows 1,024 in a caption, with a title.
ALT = 700

INK = "#1b1f24"
GREY = "#57606a"
PAPER = "#eef1f5"
WHITE = "#ffffff"
BLUE = "#2559b8"
PALE = "#e4ecfa"
LINE = "#d5dae1"
OFF = "#8b949e"
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
    """A page that grows downwards; its content is drawn once its height is known."""

    top: float = EDGE
    drawn: list[Draw] = field(default_factory=list)

    def words(
        self, text: str, size: int, colour: str = INK, strong: bool = False, gap: float = GAP
    ) -> None:
        """A wrapped paragraph, with `gap` left free below it."""
        face = font(size, strong)
        for line in wrapped(text, face, INNER):
            self.drawn.append(_text((EDGE, self.top), line, face, colour))
            self.top += size * LEADING
        self.top += gap

    def crumbs(self, labels: Sequence[str]) -> None:
        """Labels in boxes in a row, with arrows between them."""
        left, height = float(EDGE), 0.0
        for number, label in enumerate(labels):
            lead = ARROW if number else 0
            lines = wrapped(label, font(36), INNER - 2 * INSET - ARROW)
            width = max(map(font(36).getlength, lines)) + 2 * INSET
            if left > EDGE and left + lead + width > WIDTH - EDGE:
                left = EDGE
                self.top += height + 16
            height = 22 + ROW * len(lines)
            if number:
                self.drawn.append(_text((left + 10, self.top + 4), "›", font(44), GREY))
            left += lead
            self._crumb((left, self.top, left + width, self.top + height), lines)
            left += width + 8
        self.top += height + GAP + 8

    def _crumb(self, box: tuple[float, float, float, float], lines: Sequence[str]) -> None:
        left, top, _right, _bottom = box
        self.drawn.append(_box(box, PALE, 18))
        for number, text in enumerate(lines):
            at = (left + INSET, top + 10 + ROW * number)
            self.drawn.append(_text(at, text, font(36), INK))

    def switch(self, label: str, state: str) -> None:
        """A menu row as it should be set: with a switch, or with its state in words."""
        lines = wrapped(label, font(36, strong=True), INNER - 2 * SWITCH_INSET - SWITCH_ROOM)
        height = max(112.0, len(lines) * ROW + 48)
        middle = self.top + height / 2
        box = (EDGE, self.top, WIDTH - EDGE, self.top + height)
        self.drawn.append(_box(box, WHITE, 24, outline=LINE))
        for number, line in enumerate(lines):
            at = (EDGE + SWITCH_INSET, middle - len(lines) * 23 + number * ROW)
            self.drawn.append(_text(at, line, font(36, strong=True), INK))
        right = WIDTH - EDGE - SWITCH_INSET
        on = STATES.get(state.casefold())
        if on is None:
            self._state(right, middle, state, BLUE)
        else:
            self._state(right - 130, middle, state, GREY)
            self.drawn.extend(_toggle(right - TRACK_WIDTH, middle - TRACK_HEIGHT / 2, on))
        self.top += height + GAP

    def _state(self, right: float, middle: float, state: str, colour: str) -> None:
        """The state in words, aligned to the right edge."""
        at = (right - font(34).getlength(state), middle - 22)
        self.drawn.append(_text(at, state, font(34), colour))

    def png(self, least: int = 0) -> bytes:
        """The finished picture as PNG, at least `least` pixels high."""
        height = max(least, int(self.top + EDGE))
        image = Image.new("RGB", (WIDTH, height), PAPER)
        draw = ImageDraw.Draw(image)
        draw.rounded_rectangle((RIM, RIM, WIDTH - RIM, height - RIM), 36, fill=WHITE)
        for each in self.drawn:
            each(draw)
        made = BytesIO()
        image.quantize(64, Image.Quantize.FASTOCTREE).save(made, "PNG")
        return made.getvalue()


def is_drawable(control: Control) -> bool:
    """Whether there is a menu path or a switch to draw."""
    return bool(control.web or control.mobile or set_to(control))


def card(service: str, control: Control, regions: frozenset[str] = frozenset()) -> bytes:
    """A PNG in the current language. `regions` are those that it is drawn for."""
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
    if control.needs:
        sheet.words(_("You need: {needs}.", needs=content(control.needs)), 34)
    sheet.words(" · ".join(foot(control, regions)), 30, GREY, gap=0)
    return sheet.png()


def alt(control: Control) -> str:
    """The alternative text, to follow the control's name."""
    lines = ["".join(span.text for span in line) for line in control_steps(control).lines]
    return short(" ".join(lines), ALT)


def foot(control: Control, regions: frozenset[str] = frozenset()) -> Iterator[str]:
    """The bottom line: the regions, whether it is in use, and when it was verified."""
    if regions:
        yield places(sorted(regions))
    if control.on_by_default:
        yield _("In use unless you act.")
    if control.verified:
        yield _("Last verified in {month}.", month=month(control.verified))
    yield "Smallprint"


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines no wider than `width`; a wider word is split."""
    lines: list[str] = []
    for word in text.split():
        if lines and face.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        lines.append(word)
        while face.getlength(lines[-1]) > width:
            cut = _cut(lines[-1], face, width)
            lines[-1:] = [lines[-1][:cut], lines[-1][cut:]]
    return lines


def _cut(word: str, face: ImageFont.FreeTypeFont, width: float) -> int:
    """The number of letters that fit; an address is split after a slash or hyphen if possible."""
    fits = len(word)
    while fits > 1 and face.getlength(word[:fits]) > width:
        fits -= 1
    joint = max(word[:fits].rfind(mark) + 1 for mark in "/-")
    if joint > fits / 2:
        return joint
    return fits


@cache
def font(size: int, strong: bool = False) -> ImageFont.FreeTypeFont:
    """The font of the pictures, at a size in pixels."""
    weight = "Semibold" if strong else "Regular"
    return ImageFont.truetype(FONTS / f"SourceSansPro-{weight}.ttf", size)


def _text(at: tuple[float, float], text: str, face: ImageFont.FreeTypeFont, colour: str) -> Draw:
    return lambda draw: draw.text(at, text, colour, face)


def _box(
    box: tuple[float, float, float, float], colour: str, radius: int, outline: str | None = None
) -> Draw:
    return lambda draw: draw.rounded_rectangle(box, radius, fill=colour, outline=outline, width=3)


def _toggle(left: float, top: float, on: bool) -> Iterator[Draw]:
    """A switch, with its knob on the right if it is on."""
    track = (left, top, left + TRACK_WIDTH, top + TRACK_HEIGHT)
    yield _box(track, BLUE if on else OFF, 30)
    knob = left + (54 if on else 6)
    yield lambda draw: draw.ellipse((knob, top + 6, knob + KNOB, top + 6 + KNOB), fill=WHITE)
