"""Names as people write them: in a sentence, with what stands around them, two in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: Characters of a sentence that are read.
MAX_SENTENCE = 500
#: Words of a sentence that are read.
MANY_WORDS = 60
#: Words of the longest name that is looked for in a sentence.
LONGEST = 3
#: “X (formerly Twitter)”, “Facebook, now Meta”: a folder that names its service twice.
_ONCE = re.compile(
    r"(.{1,80}?)[\s,]*\(?\b(?:formerly|previously|once|now|ex|aka)\b"
    r"[\s:-]*(?:known as\s+)?(.{1,80}?)\)?",
    re.I,
)
#: What stands around a name that is typed as an address.
_ADDRESS = re.compile(
    r"^(?:https?://)?(?:www\.)?|(?<=[^\s.])\.(?:com|org|net|io|ai|app|tv|me|eu|de|fr|it|es|nl|pl|pt"
    r"|at|be|ch|ie|dk|se|no|fi|uk|co\.uk)/?$",
    re.I,
)
#: The forms of companies that stand behind their names.
_COMPANY = re.compile(
    r"[\s,]+(?:inc|incorporated|ltd|limited|llc|l\.l\.c|plc|corp|corporation|co|company|gmbh|ag|kg"
    r"|se|s\.?a|s\.?a\.?s|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|ab|as|a/s|oy|oyj|sp\. z o\.o)\.?$",
    re.I,
)
_ARTICLE = re.compile(r"^the\s+", re.I)
_GENITIVE = re.compile(r"(?<=\S)['’´`]s?$", re.I)
_WORD = re.compile(r"[^\s,;.!?()\"“”„«»:]+")


def words(said: str) -> list[str]:
    """The words of a sentence, as many as are read."""
    return _WORD.findall(said[:MAX_SENTENCE])[:MANY_WORDS]


def phrases(words: Sequence[str]) -> Iterator[str]:
    """All that stands together in a sentence and is no longer than a name, the longest first."""
    for used in range(LONGEST, 0, -1):
        for start in range(len(words) - used + 1):
            yield " ".join(words[start : start + used])


def forms(typed: str) -> Iterator[str]:
    """What was typed, then with more and more of what stands around a name left out.

    The form of a company, an article, the s of a genitive, the ending of an address.
    """
    yield typed
    for pattern in (_COMPANY, _ARTICLE, _GENITIVE, _ADDRESS):
        left = pattern.sub("", typed)
        if left != typed:
            typed = left
            yield typed


def spellings(folder: str) -> Iterator[str]:
    """The names that a folder gives: as it stands, then those of which it consists."""
    yield folder
    match = _ONCE.fullmatch(folder)
    if match:
        yield from filter(None, match.groups())
