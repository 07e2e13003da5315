"""Building blocks of messages, in the current language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import Formatter

from bot.locales import _
from bot.message import KEEP, Action, Block, Message, Span
from bot.render import labels

Words = str | Span
#: The most characters of an address; a longer one is left out, to keep messages small.
MAX_URL = 400
#: The most characters of an address as the text of a link.
MAX_ADDRESS = 48


def term_list(names: str, limit: int = 5) -> str:
    """The terms types of a change as a list, "a, b and c"; at most `limit`."""
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
    """A run of text with words from a feed: nothing in it becomes a link or command."""
    return Span(text, foreign=True)


def site(url: str) -> Span:
    """A link whose text is its host and path, shortened."""
    _scheme, _sep, rest = url.partition("//")
    address = rest.partition("?")[0].partition("#")[0].removeprefix("www.").rstrip("/")
    return link(short(address, MAX_ADDRESS), url)


def linkable(url: str) -> bool:
    """Whether there is an address, and it is not too long."""
    return 0 < len(url) <= MAX_URL


def line(*words: Words) -> tuple[Span, ...]:
    """A line; strings become plain spans."""
    return tuple(Span(word) if isinstance(word, str) else word for word in words)


def fill(template: str, **pieces: Words) -> tuple[Span, ...]:
    """A translated sentence whose {placeholders} are links, dates or marked words."""
    found: list[Words] = []
    for before, name, _spec, _conversion in Formatter().parse(template):
        if before:
            found.append(before)
        if name:
            found.append(pieces[name])
    return line(*found)


def headed(head: str, said: str) -> str:
    """A heading and a statement, with the colon of the language."""
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
    """A paragraph that begins with a bold label, such as "When:"."""
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
    """A message in which each argument is a paragraph or block."""
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
