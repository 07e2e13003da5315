"""Parsing time zones in the dates of feeds."""

from __future__ import annotations

import re
from datetime import timedelta

#: Hours ahead of UTC. If a name has several meanings (BST, CST), it is the usual one in feeds that
#: Europeans read; "IST" is left out, because India's and Ireland's are both usual.
NAMES = {
    "z": 0,
    "gmt": 0,
    "utc": 0,
    "ut": 0,
    "wet": 0,
    "uhr": 0,
    "bst": 1,
    "cet": 1,
    "mez": 1,
    "met": 1,
    "west": 1,
    "wat": 1,
    "cest": 2,
    "mesz": 2,
    "mest": 2,
    "eet": 2,
    "sast": 2,
    "eest": 3,
    "msk": 3,
    "trt": 3,
    "jst": 9,
    "kst": 9,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}

_NUMBER = re.compile(r"(?P<sign>[+-])\s?(?P<h>\d{1,2})(?::?(?P<min>\d\d))?(?!\d)")
_WORD = re.compile(r"[a-z]{1,4}(?![a-z])")
#: The largest offset from UTC.
FURTHEST = timedelta(hours=14)


def offset(text: str) -> timedelta:
    """The offset from UTC that a (plain, lower-case) text after a time names.

    A number takes precedence over a name: "GMT+2" is two hours ahead. Zero if none is named.
    """
    text = text[:40]
    number = _NUMBER.search(text)
    if number:
        ahead = timedelta(hours=int(number["h"]), minutes=int(number["min"] or 0))
        if ahead <= FURTHEST:
            return ahead if number["sign"] == "+" else -ahead
    for word in _WORD.findall(text):
        if word in NAMES:
            return timedelta(hours=NAMES[word])
    return timedelta()
