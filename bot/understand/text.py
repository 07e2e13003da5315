"""Comparable sentences of a line of Markdown: text, key, section and links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from html import unescape
from itertools import islice

from sentencex import segment

from bot.understand.dates import mask
from bot.understand.spelling import levelled
from bot.verdicts import Link

#: A shorter line is one sentence; splitting it would only find abbreviations.
SHORT_LINE_CHARACTERS = 60
#: A longer sentence is cut, because comparison is quadratic.
MAX_SENTENCE_CHARACTERS = 3_000
#: A row with more cells is no table that people read; the rest is one text.
MAX_CELLS = 2_000
#: The most characters that are split into sentences at once,
AT_ONCE_CHARACTERS = 20_000
#: with at most this many possible quotation marks. The time is the product of the two, and nothing
#: else runs meanwhile.
AT_ONCE_MARKS = 200
#: At most this many words alone are a label or a list entry.
FRAGMENT_WORDS = 7
#: A list entry this short is distinguished by its lead: "casinos" allowed is not "casinos"
#: forbidden.
SHORT_ENTRY_CHARACTERS = 40
#: A cell of at most this length that ends with a colon is the heading of its row.
ROW_HEAD_CHARACTERS = 60
#: The separator of the headings in a path.
BETWEEN_HEADINGS = " › "
#: A cell is only a link if the link's words are at least this share of it.
ONLY_LINK = 0.9

_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]{0,50}\]){0,500})\]\(([^()\s]{0,1000})[^()]{0,200}\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_BREAK = re.compile(r"<br\s{0,3}/?>|\|")
_LEAD = re.compile(r"^(?:[>\s]{0,20}(?:[-*+•]\s|\d{1,3}\\?[.)]\s|#{1,6}\s))+")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|`+|\\(?=[\W_])")
_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\x00-\x08\x0b-\x1f\x7f]"
)
_MARK = re.compile(r"[^\w\s.,;:()/-]")
_KEY_NOISE = re.compile(r"[^\w%€$£§]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document as people read it, with its place and links.

    `key` is equal for sentences that differ only in format, case, punctuation or a date. `section`
    is the path of headings above it. `lead` is the introduction of its list ("We do not allow:").
    `alone` says that it is the only one in its line. A short list entry means nothing without its
    lead, so the lead is part of its key.
    """

    text: str
    key: int
    section: str = ""
    links: tuple[Link, ...] = ()
    only_link: bool = False
    alone: bool = False
    lead: str = ""

    @property
    def words(self) -> int:
        """The number of words."""
        return len(self.text.split())

    @property
    def fragment(self) -> bool:
        """Whether it is a label, list entry or link: too short and incomplete to be a rule."""
        if not self.alone:
            return False
        if self.words > FRAGMENT_WORDS:
            return False
        return not self.text.endswith((".", ";", ":", "!", "。"))


def plain(markdown: str) -> str:
    """Readable text of one line of Markdown: no link targets, tags or emphasis marks."""
    text = _LINK.sub(r"\1", markdown)
    text = _TAG.sub(" ", text)
    text = _INVISIBLE.sub("", unescape(text))
    text = _EMPHASIS.sub("", text)
    return _SPACE.sub(" ", text).strip()


def key_of(text: str) -> int:
    """A signed 64-bit hash of a sentence without its form and dates."""
    return hash_of(folded(text))


@lru_cache(maxsize=4_000)
def folded(text: str) -> str:
    """A sentence normalised for comparison: one spelling, dates masked, no punctuation."""
    plain_form = unicodedata.normalize("NFKC", mask(text)).casefold().replace("_", "")
    return _KEY_NOISE.sub(" ", levelled(plain_form)).strip()


def hash_of(text: str) -> int:
    """A signed 64-bit hash that is the same in every process."""
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def links_in(markdown: str) -> tuple[Link, ...]:
    """The http(s) links in a piece of Markdown, with their labels."""
    links = []
    for label, url in _LINK.findall(markdown):
        if url.startswith(("https://", "http://")):
            links.append(Link(plain(label), url))
    return tuple(links)


@lru_cache(maxsize=2_000)
def of_line(line: str, section: str, lead: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of one line of Markdown, with table cells split.

    A cell that heads its row ("If you are in the UK:") is a heading of the other cells. Cached: two
    versions of a document share most lines.
    """
    found: list[Sentence] = []
    above = section
    for cell in _BREAK.split(line, MAX_CELLS):
        content = _LEAD.sub("", cell).strip()
        if not content:
            continue
        found.extend(_of_cell(content, above, lead, language))
        head = plain(content)
        if head.endswith(":") and len(head) <= ROW_HEAD_CHARACTERS:
            above = f"{section}{BETWEEN_HEADINGS}{head.rstrip(': ')}"
    return tuple(found)


def _of_cell(content: str, section: str, lead: str, language: str) -> Iterator[Sentence]:
    links = links_in(content)
    whole = plain(content)
    only_link = _is_only_link(whole, links)
    parts = _split(whole, language)
    alone = len(parts) == 1
    for text in parts:
        key_text = _KEY_NOISE.sub("", text)
        if not key_text:
            continue
        said = text
        if alone and lead and len(text) <= SHORT_ENTRY_CHARACTERS:
            said = f"{lead} {text}"
        yield Sentence(
            text,
            key=key_of(said),
            section=section,
            links=_links_of(text, links),
            only_link=only_link or key_text.isdigit(),
            alone=alone,
            lead=lead,
        )


def _links_of(text: str, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links whose labels are in a sentence."""
    return tuple(link for link in links if link.label and link.label in text)


def _is_only_link(text: str, links: tuple[Link, ...]) -> bool:
    if not links:
        return False
    return sum(len(link.label) for link in links) >= ONLY_LINK * len(text)


def _split(text: str, language: str) -> list[str]:
    """A text split into sentences by the rules of a language."""
    if len(text) < SHORT_LINE_CHARACTERS:
        return [text]
    parts: list[str] = []
    for portion in _portions(text):
        for sentence in segment(language, portion):
            parts.extend(filter(None, _pieces(sentence.strip())))
    return parts


def _portions(text: str) -> Iterator[str]:
    """Parts of a text short enough to split into sentences, cut after full stops if possible."""
    start = 0
    while start < len(text):
        part = text[start : start + AT_ONCE_CHARACTERS]
        crowded = next(islice(_MARK.finditer(part), AT_ONCE_MARKS, None), None)
        longest = AT_ONCE_CHARACTERS
        if crowded:
            longest = crowded.start()
        if start + longest < len(text):
            part = part[: _between_sentences(part, longest)]
        yield part
        start += len(part)


def _pieces(text: str) -> Iterator[str]:
    """Comparable parts of a text without full stops, cut between words if possible."""
    while len(text) > MAX_SENTENCE_CHARACTERS:
        end = _between_words(text, MAX_SENTENCE_CHARACTERS)
        yield text[:end]
        text = text[end:].lstrip()
    yield text


def _between_sentences(text: str, longest: int) -> int:
    """The length of a part: up to the last full stop, if that is not too early."""
    stop = text.rfind(". ", longest // 2, longest) + 1
    if stop:
        return stop
    return _between_words(text, longest)


def _between_words(text: str, longest: int) -> int:
    """The length of a part: up to the last space, if that is not too early."""
    found = text.rfind(" ", longest // 2, longest)
    if found < 0:
        return longest
    return found
