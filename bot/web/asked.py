"""The query of a request: its language, region and other parameters."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from bot import locales, regions
from bot.preferences import ROLES
from bot.verdicts import Role, Severity

#: The characters of a search that are read, and the highest page number.
MOST_TYPED = 80
MOST_PAGES = 200
#: The pattern of a service's id.
SERVICE = re.compile(r"[a-z0-9-]{1,80}")
#: The severities by their names in a query.
SEVERITIES = {
    "minor": Severity.MINOR,
    "should_know": Severity.SHOULD_KNOW,
    "must_know": Severity.MUST_KNOW,
}
#: How before and after are shown: in two columns, or in one text.
VIEWS = ("side", "inline")


@dataclass(frozen=True, slots=True)
class Asked:
    """The parsed query of a request; equal values get the same page.

    `chosen` is the language if the address names it, "" if it is the browser's. `region` is a
    region code; `service`, `role` and `severity` narrow a list. `wrong` names the first parameter
    that was not understood.
    """

    language: str = locales.ENGLISH
    chosen: str = ""
    region: str = ""
    page: int = 1
    view: str = VIEWS[0]
    text: str = ""
    letter: str = ""
    service: str = ""
    role: Role | None = None
    severity: Severity | None = None
    wrong: str = ""

    def to(self, path: str, **changed: Any) -> str:
        """An address that keeps the language and region, with the `changed` parameters."""
        there = Asked(self.language, self.chosen, self.region)
        return replace(there, **changed)._address(path)

    def same(self, path: str, **changed: Any) -> str:
        """An address that keeps all parameters but the page, with the `changed` ones."""
        return replace(self, page=1, **changed)._address(path)

    def only(self, fields: Collection[str]) -> Asked:
        """The query with only these fields, so that unknown ones do not make another page."""
        kept = {name: getattr(self, name) for name in ("language", "chosen", *fields)}
        return Asked(**kept)

    def following(self, path: str) -> str:
        """The address of the next page of a list."""
        return replace(self, page=self.page + 1)._address(path)

    def _address(self, path: str) -> str:
        said = {
            "lang": self.chosen,
            "for": self.region,
            "service": self.service,
            "audience": self.role.value if self.role else "",
            "severity": self.severity.name.lower() if self.severity else "",
            "letter": self.letter,
            "q": self.text,
            "view": self.view if self.view != VIEWS[0] else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


def read(request: web.Request) -> Asked:
    """The query of a request; parameters that are not understood are noted in `wrong`."""
    query = request.query
    chosen = _language(query.get("lang", ""))
    language = chosen or _spoken(request.headers.get("Accept-Language", ""))
    wrong: list[str] = []

    def known(name: str, found: object) -> None:
        """Note a parameter that is present but not understood."""
        if name in query and not found:
            wrong.append(name)

    region = regions.parse(query.get("for", "")[:MOST_TYPED]) or ""
    known("for", region)
    known("lang", chosen)
    role = _role(query.get("audience", ""))
    known("audience", role)
    severity = SEVERITIES.get(query.get("severity", ""))
    known("severity", severity is not None)
    page = _number(query.get("page", ""))
    known("page", page)
    known("q", len(query.get("q", "")) <= MOST_TYPED)
    known("service", SERVICE.fullmatch(query.get("service", "")))
    return Asked(
        language=language,
        chosen=chosen,
        region=region,
        page=page or 1,
        view=query["view"] if query.get("view") in VIEWS else VIEWS[0],
        text=_clean(query.get("q", "")),
        letter=_clean(query.get("letter", ""))[:1].lower(),
        service=_clean(query.get("service", "")),
        role=role,
        severity=severity,
        wrong=wrong[0] if wrong else "",
    )


def path_of(*parts: str) -> str:
    """A path of these parts, percent-encoded."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _clean(typed: str) -> str:
    """Typed text without characters that are invisible or that no database stores."""
    return "".join(each for each in typed[:MOST_TYPED] if each.isprintable()).strip()


def _role(typed: str) -> Role | None:
    return next((role for role in ROLES if role.value == typed), None)


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 4:
        return 0
    return int(typed) if int(typed) <= MOST_PAGES else 0


def _language(code: str) -> str:
    """The code if it is one of our languages, else ""."""
    return code if code in locales.languages() else ""


def _spoken(accepted: str) -> str:
    """The best of a browser's languages that we support, else English."""
    wanted = []
    for part in accepted[:500].split(",")[:20]:
        code, _sep, parameters = part.strip().partition(";")
        wanted.append((-_weight(parameters), code))
    for weight, code in sorted(wanted, key=lambda pair: pair[0]):
        if not weight:
            break
        best = locales.best(code)
        if best != locales.ENGLISH or code.lower().startswith("en"):
            return best
    return locales.ENGLISH


def _weight(parameters: str) -> float:
    """The weight of a language from 0 to 1: q=0.8."""
    name, _sep, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return max(0.0, min(1.0, float(value)))
    except ValueError:
        return 0.0
