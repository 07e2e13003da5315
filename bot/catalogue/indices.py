"""Indices of services by all that they are called."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from bot.model import Service
from bot.naming import bare, fold

#: Shorter names are found only when they are typed exactly: "x" is close to everything.
SHORT = 3
#: Letters of a short name that a service keeps through every version.
HANDLE = 4


def by_id(services: Sequence[Service]) -> dict[str, Service]:
    """Services by their ids, and by former ids.

    Buttons and lines that were made with a former id lead to its first successor.
    """
    heirs = {former: service for service in reversed(services) for former in service.replaces}
    return heirs | {service.id: service for service in services}


def by_folder(services: Iterable[Service]) -> dict[str, str]:
    """The ids of services by their names in OTA collections."""
    return {folder: service.id for service in services for folder in service.folders}


def by_name(services: Sequence[Service]) -> dict[str, str]:
    """Ids by all that services are called.

    A name of its own goes before somebody else's nickname: "Microsoft Store" is the shop, not the
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
    """Ids by names without marks, and by whole domains; several where names differ in marks only.

    What is a name goes before what is a domain.
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
    """The ids of services by the domains that are theirs.

    Of those that list a domain, it is of the one that lists it earliest, and then of the one with
    the shortest id.
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
    """The services of a company that has several, the best known (with most nicknames) first."""
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
    """The short name of a service, for buttons, which carry few bytes."""
    return urlsafe_b64encode(sha256(service_id.encode()).digest())[:HANDLE].decode()


def text_pattern(services: Iterable[Service]) -> re.Pattern[str]:
    """Names as they stand in prose: capitalised, long enough not to be a word of every day."""
    names: set[str] = set()
    for service in services:
        for name in (service.name, *service.nicknames):
            if len(name) > SHORT and name[0].isupper() and name not in service.everyday:
                names.add(name)
    ordered = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"(?<![\w.@/-])(?:{ordered})(?![\w-])")
