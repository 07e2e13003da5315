"""Names and addresses in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def fold(name: str, joint: str = "") -> str:
    """A name without case, accents of form, spaces and punctuation; `joint` stands for those.

    Names that fold alike are the same name.
    """
    return re.sub(r"[\W_]+", joint, unicodedata.normalize("NFKC", name).casefold()).strip("-")


def within(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains, or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
