"""Indices of services by their names, folders, domains and owners."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from bot.model import Service
from bot.naming import bare, fold

#: Names up to this length are found only when typed exactly: "x" is close to everything.
SHORT = 3
#: Characters of a service's handle, which stays the same in every version.
HANDLE = 4


def by_id(services: Sequence[Service]) -> dict[str, Service]:
    """Services by their ids and former ids.

    Buttons and commands that were made with a former id lead to its first successor.
    """
    heirs = {former: service for service in reversed(services) for former in service.replaces}
    return heirs | {service.id: service for service in services}


def by_folder(services: Iterable[Service]) -> dict[str, str]:
    """The ids of services by their names in OTA collections."""
    return {folder: service.id for service in services for folder in service.folders}


def by_name(services: Sequence[Service]) -> dict[str, str]:
    """Ids by all names of services, folded.

    A service's own name goes before another's nickname: "Microsoft Store" is the shop, not the
    account.
    """
    found: dict[str, str] = {}
    for service in services:
        for name in (service.name, service.id):
            found.setdefault(fold(name), service.id)
    for service in services:
        for name in (*service.nicknames, *service.folders, *service.replaces):
            found.setdefault(fold(name), service.id)
    return found


def by_bare_name(exact: Mapping[str, str], owners: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Ids by names without diacritics, and by domains with one dot.

    There are several ids if names differ only in diacritics. Names go before domains.
    """
    named: dict[str, dict[str, None]] = {}
    for name, service_id in exact.items():
        named.setdefault(bare(name), {})[service_id] = None
    found = {name: tuple(ids) for name, ids in named.items()}
    for domain, service_id in owners.items():
        if domain.count(".") == 1 and "/" not in domain:
            found.setdefault(bare(domain), (service_id,))
    return found


def owners(services: Iterable[Service]) -> dict[str, str]:
    """The ids of services by their domains.

    If several services list a domain, the one that lists it earliest owns it, then the one with the
    shortest id.
    """
    claims = []
    for service in services:
        for place, domain in enumerate(service.domains):
            claims.append((place, len(service.id), service.id, domain))
    owners: dict[str, str] = {}
    for _place, _length, service_id, domain in sorted(claims):
        owners.setdefault(domain, service_id)
    return owners


def by_company(services: Sequence[Service]) -> dict[str, tuple[Service, ...]]:
    """The services of each company that has several; those with most nicknames come first."""
    owned: dict[str, list[Service]] = {}
    for service in services:
        if service.owner:
            owned.setdefault(fold(service.owner), []).append(service)
    own_names = {fold(name) for service in services for name in (service.name, service.id)}
    found = {}
    for owner, mine in owned.items():
        if len(mine) > 1 and owner not in own_names:
            found[owner] = tuple(sorted(mine, key=lambda service: -len(service.nicknames)))
    return found


def handle(service_id: str) -> str:
    """A short hash of a service's id, for buttons, which carry few bytes."""
    return urlsafe_b64encode(sha256(service_id.encode()).digest())[:HANDLE].decode()


def text_pattern(services: Iterable[Service]) -> re.Pattern[str]:
    """A pattern for names in prose: capitalised, and neither short nor everyday words."""
    names: set[str] = set()
    for service in services:
        for name in (service.name, *service.nicknames):
            if len(name) > SHORT and name[0].isupper() and name not in service.everyday:
                names.add(name)
    ordered = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"(?<![\w.@/-])(?:{ordered})(?![\w-])")
