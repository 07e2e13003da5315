"""Who signs a text: the company that provides the service under it, or answers for the data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_FORM = (
    r"(?:Inc|LLC|L\.L\.C|Corp|Corporation|PBC|Limited|Ltd|Unlimited Company|UC|GmbH|AG|SE|S\.A|SAS"
    r"|AB|A/S|B\.V|BV|S\.à r\.l|Sarl|SARL|S\.r\.l|plc|Pte\.? Ltd)\b"
)
_WORD = r"[\w&.’'()-]{0,40}"
_COMPANY = rf"(?<!\w)(?P<name>[A-Z]{_WORD}(?:,?[ ][A-Z(]{_WORD}){{0,6}}?,?[ ]{_FORM})"
_SIGNS = re.compile(
    r"(?:provided (?:to you )?by|agreement (?:is )?(?:made )?between you and|contract (?:is )?with"
    r"|contracting with|entering into (?:a contract |an agreement )?with"
    r"|by (?:post|mail)(?: at)?|controller (?:of your \w+ \w+ )?is|information we"
    rf"|between you and)[\s,:]{{1,6}}(?:the )?{_COMPANY}"
)
_SIGNED = re.compile(
    rf"{_COMPANY}(?:(?!{_FORM})[^.\n]){{0,60}}?"
    r"(?:\([^()\n]{0,60}[“\"](?:we|us|our)\b|\bis (?:the |a |your )?(?:data )?controller)"
)
#: What companies overseas call themselves.
_OVERSEAS = re.compile(r"\b(?:inc|llc|corp|corporation|pbc|pte|l l c)\b")
_LIMITED = re.compile(r"\bltd\b")
_NOT_LETTERS = re.compile(r"\W+")


def signers(text: str) -> Iterator[str]:
    """The companies that a text says are behind it."""
    for pattern in (_SIGNS, _SIGNED):
        for match in pattern.finditer(text):
            yield match["name"]


@dataclass(frozen=True, slots=True)
class Signers:
    """Who is behind a text, of those who answer to people in Europe and of their group.

    `europe` is a company that answers to them and sits there; `everywhere` one that answers to
    them and sits overseas, as it may for all; `elsewhere` one overseas that does not.
    """

    europe: bool = False
    everywhere: bool = False
    elsewhere: bool = False

    @property
    def none_of_europe(self) -> bool:
        """Whether only others of the group sign."""
        return self.elsewhere and not self.europe and not self.everywhere


def signed(text: str, known: Iterable[str]) -> Signers:
    """Who signs a text; `known` are the companies that answer to people in Europe."""
    ours = {_plain(name) for name in known} - {""}
    groups = {name.split()[0] for name in ours}
    found = set[str]()
    for name in {_plain(name) for name in signers(text)}:
        if not any(name.startswith(own) or own.startswith(name) for own in ours):
            if name.split()[0] in groups and _OVERSEAS.search(name):
                found.add("elsewhere")
        elif _OVERSEAS.search(name):
            found.add("everywhere")
        else:
            found.add("europe")
    return Signers("europe" in found, "everywhere" in found, "elsewhere" in found)


def _plain(name: str) -> str:
    """A name as it is compared: "Acme, Inc." is "acme inc"."""
    plain = _NOT_LETTERS.sub(" ", name).strip().casefold()
    return _LIMITED.sub("limited", plain)
