"""Small pieces that messages are made of, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import Formatter

from bot.locales import _
from bot.message import KEEP, Action, Block, Message, Span
from bot.render import labels

Words = str | Span
#: Characters. A longer address is left out: what must be kept has to stay small.
MAX_URL = 400
#: Characters of an address that a link is called by.
MAX_ADDRESS = 48


def term_list(names: str, limit: int = 5) -> str:
    """The terms types that a change names, as a list: a, b and c; of many the first."""
    known = [labels.terms(name) for name in names.split(", ")]
    if len(known) > limit:
        return ", ".join(known[:limit]) + " …"
    return labels.join(known)


def bold(text: str) -> Span:
    """A run of bold text."""
    return Span(text, "bold")


def link(text: str, url: str) -> Span:
    """A run of text that is a link."""
    return Span(text, url=url)


def foreign(text: str) -> Span:
    """A run of text in which words of a feed stand: nothing in it can be pressed."""
    return Span(text, foreign=True)


def site(url: str) -> Span:
    """A link that is called by where it leads: its host and path, as far as there is room."""
    _scheme, _sep, rest = url.partition("//")
    address = rest.partition("?")[0].partition("#")[0].removeprefix("www.").rstrip("/")
    return link(short(address, MAX_ADDRESS), url)


def linkable(url: str) -> bool:
    """Whether there is an address, and it is short enough to be kept."""
    return 0 < len(url) <= MAX_URL


def line(*words: Words) -> tuple[Span, ...]:
    """A line; what is no span yet is plain text."""
    return tuple(Span(word) if isinstance(word, str) else word for word in words)


def fill(template: str, **pieces: Words) -> tuple[Span, ...]:
    """A translated sentence whose {places} are links, dates or marked words."""
    found: list[Words] = []
    for before, name, _spec, _conversion in Formatter().parse(template):
        if before:
            found.append(before)
        if name:
            found.append(pieces[name])
    return line(*found)


def headed(head: str, said: str) -> str:
    """What is said, behind what it is about, with the colon that the language has."""
    return _("{head}: {said}", head=head, said=said)


def quoted(words: str) -> str:
    """Words in the quotation marks of the language."""
    return _("“{quote}”", quote=words)


def title(*words: Words) -> Block:
    """The heading of a message, which is never shortened."""
    return Block("title", (line(*words),), KEEP)


def text(*words: Words, weight: int = KEEP) -> Block:
    """A paragraph."""
    return Block("text", (line(*words),), weight)


def labelled(label: str, *words: Words, weight: int = KEEP) -> Block:
    """A paragraph that begins with what it is about: "When:" and the rest."""
    return text(bold(f"{label} "), *words, weight=weight)


def listing(lines: Iterable[Sequence[Words]], weight: int = 50) -> Block:
    """A list with a bullet for each line."""
    return Block("list", tuple(line(*words) for words in lines), weight)


def note(*words: Words, weight: int = 10) -> Block:
    """A paragraph in small print."""
    return Block("note", (line(*words),), weight)


def say(
    *paragraphs: Words | Block, actions: Sequence[Action] = (), private: bool = True
) -> Message:
    """An answer: each argument is a paragraph or a block of its own."""
    blocks: list[Block] = []
    for each in paragraphs:
        if isinstance(each, Block):
            blocks.append(each)
        else:
            blocks.append(text(each))
    return Message(tuple(blocks), tuple(actions), private)


def short(label: str, limit: int = 60) -> str:
    """A label that fits on a button: at most `limit` characters."""
    if len(label) <= limit:
        return label
    return label[: limit - 1].rstrip() + "…"
