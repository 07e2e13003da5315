"""Facts in a web or postal address itself."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.regions import EUROPE
from tools.facts import checked

#: Parameters that say whence a reader comes, and nothing of the page.
TRACKING = re.compile(
    r"(utm_\w+|_ga|_gl|_|spm|ref|ref_|lnk|intnavid|dbkanal_\w+|suid|openaicom[-_]\w+)"
)
#: Where an address names the country it is for.
PARAMETERS = frozenset({"gl", "region", "regioncode", "country", "countrycode"})
DOMAINS = frozenset("at be ch cz de dk ee es fi fr gr ie it nl no pl pt se uk".split())
SEGMENTS = {"ie": "IE", "gb": "GB", "us": "US", "uk": "GB", "eea": "EEA", "eu": "EU", "cz": "CZ"}
EUROPEAN_PARTS = re.compile(r"-(eea|uk)$|^(eu)-")


def untracked(url: str) -> str:
    """An address without the parameters that say whence a reader comes."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not TRACKING.fullmatch(name)]
    if kept == pairs:
        return url
    return parts._replace(query=urlencode(kept)).geturl()


def country_of(address: str) -> str:
    """The country in which an address lies. Raises SystemExit where nobody looked at it."""
    if not address or address in checked.COUNTRY_UNKNOWN:
        return ""
    places = {}
    for word, country in checked.COUNTRY_WORDS.items():
        for found in re.finditer(rf"\b{word}\b", address, re.IGNORECASE):
            places[found.end()] = country
    if places:
        return places[max(places)]
    for end, country in checked.COUNTRY_ENDS.items():
        if address.endswith(end):
            return country
    raise SystemExit(f"no country is known of {address!r}: look at it, and say which it is")


def edition_of(collection: str, method: str, url: str) -> tuple[str, str]:
    """The regions that an address is for, and the language, as far as they are known."""
    origin = method.removeprefix("declared in ")
    if origin in checked.JURISDICTIONS:
        collection = origin
    regions, language = checked.JURISDICTIONS[collection]
    return place_of(url) or regions, language


def place_of(url: str) -> str:
    """The region that an address names, if it names one."""
    parts = urlsplit(url)
    for segment in parts.path.lower().split("/"):
        if segment in SEGMENTS:
            return SEGMENTS[segment]
        if found := EUROPEAN_PARTS.search(segment):
            return SEGMENTS[found[1] or found[2]]
    for name, value in parse_qsl(parts.query):
        if name.lower() in PARAMETERS and value.upper() in {*EUROPE, "UK", "US", "IN"}:
            return SEGMENTS.get(value.lower(), value.upper())
    host = parts.hostname or ""
    top = host.rpartition(".")[2]
    if top in DOMAINS and host not in checked.NO_COUNTRY:
        return SEGMENTS.get(top, top.upper())
    return ""
