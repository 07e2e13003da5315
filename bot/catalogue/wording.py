"""Names as people write them: in a sentence, with extra words, or two in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: The number of characters of a sentence that are read.
MAX_SENTENCE = 500
#: The number of words of a sentence that are read.
MANY_WORDS = 60
#: The number of words of the longest name that is searched for in a sentence.
LONGEST = 3
#: “X (formerly Twitter)”, “Facebook, now Meta”: a folder that names its service twice.
_ONCE = re.compile(
    r"(.{1,80}?)[\s,]*\(?\b(?:formerly|previously|once|now|ex|aka)\b"
    r"[\s:-]*(?:known as\s+)?(.{1,80}?)\)?",
    re.I,
)
#: The parts of a web address around a name.
_ADDRESS = re.compile(
    r"^(?:https?://)?(?:www\.)?|(?<=[^\s.])\.(?:com|org|net|io|ai|app|tv|me|eu|de|fr|it|es|nl|pl|pt"
    r"|at|be|ch|ie|dk|se|no|fi|uk|co\.uk)/?$",
    re.I,
)
#: Legal forms that follow the name of a company.
_COMPANY = re.compile(
    r"[\s,]+(?:inc|incorporated|ltd|limited|llc|l\.l\.c|plc|corp|corporation|co|company|gmbh|ag|kg"
    r"|se|s\.?a|s\.?a\.?s|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|ab|as|a/s|oy|oyj|sp\. z o\.o)\.?$",
    re.I,
)
_ARTICLE = re.compile(r"^the\s+", re.I)
_GENITIVE = re.compile(r"(?<=\S)['’´`]s?$", re.I)
_WORD = re.compile(r"[^\s,;.!?()\"“”„«»:]+")


def words(said: str) -> list[str]:
    """The words of a sentence, up to MAX_SENTENCE characters and MANY_WORDS words."""
    return _WORD.findall(said[:MAX_SENTENCE])[:MANY_WORDS]


def phrases(words: Sequence[str]) -> Iterator[str]:
    """All runs of up to LONGEST words in a sentence, the longest first."""
    for used in range(LONGEST, 0, -1):
        for start in range(len(words) - used + 1):
            yield " ".join(words[start : start + used])


def forms(typed: str) -> Iterator[str]:
    """The input, then with more and more removed that surrounds a name.

    Removed are a company's legal form, an article, a genitive s, and the parts of a web address.
    """
    yield typed
    for pattern in (_COMPANY, _ARTICLE, _GENITIVE, _ADDRESS):
        left = pattern.sub("", typed)
        if left != typed:
            typed = left
            yield typed


def spellings(folder: str) -> Iterator[str]:
    """The names in a folder's name: all of it, then, if it holds two names, each of them."""
    yield folder
    match = _ONCE.fullmatch(folder)
    if match:
        yield from filter(None, match.groups())
