"""A line of Markdown into sentences that can be compared: display text, key, section and links."""

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

from bot.model import Link
from bot.understand.dates import mask
from bot.understand.spelling import levelled

#: A line shorter than this is one sentence; splitting it only finds abbreviations.
SHORT_LINE = 60
#: A longer sentence, in characters, is cut: comparing costs its square.
LONGEST = 3_000
#: A row with more cells is no table that people read; what follows is one text.
MAX_CELLS = 2_000
#: So long, and with so many marks that may be quotation marks, is what is cut into sentences at once. Nothing
#: else runs meanwhile, and it takes as long as the one times the other.
AT_ONCE, MARKS_AT_ONCE = 20_000, 200
#: So many words or fewer, standing alone, are a label or a list entry.
FRAGMENT = 7
#: A list entry this short is told apart by the lead above it: "casinos" allowed is not "casinos" forbidden.
SHORT_ENTRY = 40

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
    """`key` is equal for sentences that differ only in format, case, punctuation or a date.

    `section` is the path of headings above it, `lead` the words that introduce the list it stands in
    ("We do not allow:"); `alone` says that it is all there is in its line. A short list entry means
    nothing without its lead, so the lead is part of its key.
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
        return len(self.text.split())

    @property
    def fragment(self) -> bool:
        """A label, an entry or a link: too short and too open to say by itself what holds."""
        return (
            self.alone
            and self.words <= FRAGMENT
            and not self.text.endswith((".", ";", ":", "!", "。"))
        )


def plain(markdown: str) -> str:
    """Readable text of one line of Markdown: no link targets, tags or emphasis marks."""
    text = _LINK.sub(r"\1", markdown)
    text = _TAG.sub(" ", text)
    text = _INVISIBLE.sub("", unescape(text))
    text = _EMPHASIS.sub("", text)
    return _SPACE.sub(" ", text).strip()


def key_of(text: str) -> int:
    """A signed 64-bit hash of what is left of a sentence once form and dates are taken away."""
    return hash_of(folded(text))


@lru_cache(maxsize=4_000)
def folded(text: str) -> str:
    """What of a sentence is compared: words in one spelling and case, dates masked, no punctuation."""
    plain_form = unicodedata.normalize("NFKC", mask(text)).casefold().replace("_", "")
    return _KEY_NOISE.sub(" ", levelled(plain_form)).strip()


def hash_of(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def links_in(markdown: str) -> tuple[Link, ...]:
    """The http(s) links of a piece of Markdown, with the words that carry them."""
    found = ((plain(label), url) for label, url in _LINK.findall(markdown))
    return tuple(
        Link(label, url) for label, url in found if url.startswith(("https://", "http://"))
    )


@lru_cache(maxsize=2_000)
def of_line(line: str, section: str, lead: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of one line of Markdown, table cells apart. Two versions of a document share most lines."""
    found: list[Sentence] = []
    for cell in _BREAK.split(line, MAX_CELLS):
        if content := _LEAD.sub("", cell).strip():
            found.extend(_of_cell(content, section, lead, language))
    return tuple(found)


def _of_cell(content: str, section: str, lead: str, language: str) -> Iterator[Sentence]:
    links = links_in(content)
    whole = plain(content)
    only_link = bool(links) and sum(len(link.label) for link in links) >= 0.9 * len(whole)
    parts = _split(whole, language)
    for text in parts:
        if key_text := _KEY_NOISE.sub("", text):
            mine = tuple(link for link in links if link.label and link.label in text)
            entry = bool(lead) and len(parts) == 1 and len(text) <= SHORT_ENTRY
            key = key_of(f"{lead} {text}" if entry else text)
            yield Sentence(
                text, key, section, mine, only_link or key_text.isdigit(), len(parts) == 1, lead
            )


def _split(text: str, language: str) -> list[str]:
    if len(text) < SHORT_LINE:
        return [text]
    found = (sentence.strip() for piece in _portions(text) for sentence in segment(language, piece))
    return [part for sentence in found for part in _pieces(sentence) if part]


def _portions(text: str) -> Iterator[str]:
    """A text in parts short enough to look for sentences in, cut behind a full stop where there is one."""
    start = 0
    while start < len(text):
        part = text[start : start + AT_ONCE]
        crowded = next(islice(_MARK.finditer(part), MARKS_AT_ONCE, None), None)
        longest = crowded.start() if crowded else AT_ONCE
        if start + longest < len(text):
            stop = part.rfind(". ", longest // 2, longest) + 1
            part = part[: stop or _between_words(part, longest)]
        yield part
        start += len(part)


def _pieces(text: str) -> Iterator[str]:
    """A text without full stops in parts that can be compared, cut between words where there are any."""
    while len(text) > LONGEST:
        end = _between_words(text, LONGEST)
        yield text[:end]
        text = text[end:].lstrip()
    yield text


def _between_words(text: str, longest: int) -> int:
    """How many characters to cut off: up to the last space, if that is not too near, else so many."""
    found = text.rfind(" ", longest // 2, longest)
    return longest if found < 0 else found
