"""Conversations in pages of the documentation: typed here, and compared line by line.

A conversation is a fenced text whose lines behind `> ` are typed. A first line in parentheses says
where and in which language. `…` on a line of its own stands for lines that the page leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.message import Message
from bot.render.plain import WIDTH, text_of

#: Stands for lines that are left out.
LEFT_OUT = "…"
#: Lines of an answer that a page shows at most.
MOST_LINES = 8
_FENCE = "```"
_TYPED = "> "
_STAGE = re.compile(r"\((.+)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a page types: its section, what says where, and the answer as it is shown."""

    section: int
    stage: str
    typed: str
    shown: tuple[str, ...]


#: Answers a line.
Say = Callable[[Line], Message]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of a page as they are, or, with `line`, an answer; sections are counted by headings."""

    kept: str = ""
    line: Line | None = None


def lines_of(page: str) -> list[Line]:
    """Everything that a page types."""
    return [piece.line for piece in _pieces(page) if piece.line]


def rewritten(page: str, say: Say) -> str:
    """The page with the answers of today; those that are true stay as they are."""
    made: list[str] = []
    for piece in _pieces(page):
        if piece.line is None:
            made.append(piece.kept)
            continue
        full = shown(say(piece.line)).splitlines()
        made += answer_as(piece.line.shown, full)
    return "\n".join(made) + "\n"


def shown(message: Message) -> str:
    """A message as the pages show it: buttons by their labels, in rows; files by their names."""
    words = text_of(_bare(message))
    rows: list[str] = []
    for label in _labels(message):
        if rows and len(rows[-1]) + len(label) + 2 <= WIDTH:
            rows[-1] += f"  {label}"
        else:
            rows.append(label)
    files = [f"({message.file.name})"] if message.file else []
    return "\n".join([words, *files, *rows])


def answer_as(before: Sequence[str], full: Sequence[str]) -> list[str]:
    """An answer, shown as it was before: with what was left out still left out."""
    if _fits(before, full):
        return list(before)
    if LEFT_OUT in before:
        head = list(before).index(LEFT_OUT)
        tail = list(reversed(before)).index(LEFT_OUT)
    elif len(full) > MOST_LINES:
        head, tail = MOST_LINES, 0
    else:
        return list(full)
    if head + tail >= len(full):
        return list(full)
    return [*full[:head], LEFT_OUT, *full[len(full) - tail :]]


def _fits(before: Sequence[str], full: Sequence[str]) -> bool:
    """Whether what is shown is the answer, with one line at least left out at each mark."""
    pattern = "".join(
        r"(?:.*\n)+?" if line == LEFT_OUT else re.escape(f"{line}\n") for line in before
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in full)) is not None


def _bare(message: Message) -> Message:
    """The words of a message alone."""
    blocks = tuple(replace(block, action=None) for block in message.blocks)
    return replace(message, blocks=blocks, actions=(), menu=None)


def _labels(message: Message) -> Iterator[str]:
    options = message.menu.options if message.menu else ()
    for action in (*options, *message.buttons):
        yield f"[{action.label}]"


def _pieces(page: str) -> Iterator[_Piece]:
    """A page in pieces: what is typed ends one, and the answer below it is the next."""
    section, stage, typed = 0, "", ""
    is_fenced = False
    answer: list[str] = []
    for line in page.splitlines():
        if typed and (line == _FENCE or line.startswith(_TYPED)):
            yield from _answer(Line(section, stage, typed, tuple(answer)))
            typed = ""
        if typed:
            answer.append(line)
            continue
        yield _Piece(line)
        if line.startswith(_FENCE):
            is_fenced = not is_fenced
            stage = ""
        elif is_fenced and line.startswith(_TYPED):
            typed, answer = line.removeprefix(_TYPED), []
        elif is_fenced and (found := _STAGE.fullmatch(line)):
            stage = found[1]
        elif not is_fenced and line.startswith("#"):
            section += 1


def _answer(line: Line) -> Iterator[_Piece]:
    """An answer, and the empty lines behind it."""
    words = "\n".join(line.shown).rstrip("\n").splitlines()
    yield _Piece(line=replace(line, shown=tuple(words)))
    for _empty in line.shown[len(words) :]:
        yield _Piece()
