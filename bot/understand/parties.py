"""The companies behind a text: the provider of the service, or the controller of the data."""

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
#: Legal forms of companies overseas.
_OVERSEAS = re.compile(r"\b(?:inc|llc|corp|corporation|pbc|pte|l l c)\b")
_LIMITED = re.compile(r"\bltd\b")
_NOT_LETTERS = re.compile(r"\W+")


def signers(text: str) -> Iterator[str]:
    """The names of the companies that a text says are behind it."""
    for pattern in (_SIGNS, _SIGNED):
        for match in pattern.finditer(text):
            yield match["name"]


@dataclass(frozen=True, slots=True)
class Signers:
    """Which companies of a group are behind a text.

    `europe`: a company that is responsible to people in Europe and based there. `everywhere`: one
    that is responsible to them and based overseas, possibly for everyone. `elsewhere`: one overseas
    that is not responsible to them.
    """

    europe: bool = False
    everywhere: bool = False
    elsewhere: bool = False

    @property
    def none_of_europe(self) -> bool:
        """Whether only companies that are not responsible to people in Europe sign."""
        return self.elsewhere and not self.europe and not self.everywhere


def signed(text: str, known: Iterable[str]) -> Signers:
    """The signers of a text; `known` are the companies responsible to people in Europe."""
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
    """A name normalised for comparison: "Acme, Inc." is "acme inc"."""
    plain = _NOT_LETTERS.sub(" ", name).strip().casefold()
    return _LIMITED.sub("limited", plain)
