"""Letters as PDF files, with the same words as the text file.

A PDF depends only on the letter, so the same letter gives the same file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import UTC, datetime, time

from fpdf import FPDF
from fpdf.fonts import TTFFont

from bot.locales import spoken
from bot.render.letter import Letter
from bot.render.picture import FONTS

# All measures are in millimetres, except font sizes, which are in points.
EDGE = 25
ROW = 6
SIZE = 11
_FAMILY = "sans"
_WEIGHTS = {"": "SourceSansPro-Regular.ttf", "B": "SourceSansPro-Semibold.ttf"}
#: Replacement for a character that the font lacks.
_LACKING = "?"


def pdf(letter: Letter) -> bytes:
    """The letter on A4 pages, with its e-mail address as a link."""
    paper = FPDF(format="A4")
    # The day of the letter, because the file must not differ from one minute to the next.
    paper.set_creation_date(datetime.combine(letter.day, time(), UTC))
    paper.set_title(letter.subject.encode("utf-8", "replace").decode())
    paper.set_lang(spoken())
    for style, file in _WEIGHTS.items():
        paper.add_font(_FAMILY, style, FONTS / file)
    paper.set_margin(EDGE)
    paper.set_auto_page_break(True, EDGE)
    paper.add_page()
    for line in letter.lines:
        _put(paper, line, letter)
    return bytes(paper.output())


def _put(paper: FPDF, line: str, letter: Letter) -> None:
    """Write one paragraph; the subject is bold, and an e-mail address opens a new e-mail."""
    if not line:
        paper.ln(ROW)
        return
    paper.set_font(_FAMILY, style="B" if line == letter.subject else "", size=SIZE)
    shown = drawable(line, _characters(paper))
    link = letter.mailto if line == letter.email else ""
    paper.multi_cell(0, ROW, shown, align="L", new_x="LMARGIN", new_y="NEXT", link=link)


def _characters(paper: FPDF) -> frozenset[int]:
    """The code points that the current font can draw."""
    face = paper.current_font
    return frozenset(face.cmap) if isinstance(face, TTFFont) else frozenset()


def drawable(text: str, known: Collection[int]) -> str:
    """The text in `known` characters: others lose their diacritics, or become "?"."""
    return "".join(_nearest(each, known) for each in unicodedata.normalize("NFC", text))


def _nearest(character: str, known: Collection[int]) -> str:
    if ord(character) in known:
        return character
    parts = unicodedata.normalize("NFKD", character)
    return "".join(each for each in parts if ord(each) in known) or _LACKING
