"""Forms in which people type service names, and their results in the catalogue's search.

The same seed gives the same forms. The distance of a form from a service is the number of letters
dropped, inserted, replaced or swapped between it and the nearest of the service's names.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalogue.names import Found, Names
from bot.model import Service
from bot.naming import bare
from lab.eval.slips import ADDRESSES, DRESSED, LEAST_LETTERS, TYPOS, Change

#: The default number of forms.
FORMS = 10_000
#: The seed with which rules and thresholds were chosen, and the one whose figures are reported.
CHOSEN_WITH = 1717
REPORTED_WITH = 404
#: The most failed forms that are shown.
WORST = 40


@dataclass(frozen=True, slots=True)
class Form:
    """A typed form, the service that was meant, and the name it was made from."""

    typed: str
    service: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a form: whether it is `right`, and `answer`: taken, asked, unknown or wrong."""

    form: Form
    right: bool
    answer: str
    nearest: tuple[str, ...]


# -- The forms


def forms(services: Sequence[Service], seed: int, count: int = FORMS) -> list[Form]:
    """`count` forms, distinct for each service; each service has at least one."""
    rng = random.Random(seed)  # noqa: S311 - forms are no secrets
    every = [list(dict.fromkeys(_forms_of(service, rng))) for service in services]
    first = [rng.choice(mine) for mine in every]
    taken = set(first)
    others = [form for mine in every for form in mine if form not in taken]
    return first + rng.sample(others, max(0, min(count - len(first), len(others))))


def _forms_of(service: Service, rng: random.Random) -> Iterator[Form]:
    names = dict.fromkeys((service.name, service.id, *service.nicknames, *service.folders))
    for name in names:
        yield from _changed(service, name, DRESSED, rng)
        if len(bare(name)) >= LEAST_LETTERS:
            yield from _changed(service, name, TYPOS, rng)
    for domain in service.domains:
        if "/" not in domain:
            yield from _changed(service, domain, ADDRESSES, rng)


def _changed(
    service: Service, name: str, changes: dict[str, Change], rng: random.Random
) -> Iterator[Form]:
    for kind, change in changes.items():
        typed = change(name, rng)
        if typed and (typed != name or kind in ("exact", "address")):
            yield Form(typed, service.id, kind, name)


# -- Their results


class Judge:
    """Knows all names, and thus which services a form may mean."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._claims: dict[str, set[str]] = defaultdict(set)
        for service in services:
            for name in _all_names(service):
                self._claims[bare(name)].add(service.id)
        self._keys = list(self._claims)
        owners = Counter(bare(service.owner) for service in services if service.owner)
        self._companies = {owner for owner, owned in owners.items() if owned > 1}

    def verdict(self, form: Form, found: Found) -> Verdict:
        """Whether a result is right.

        Another service's own name may be taken for it. A form that is as near to another service,
        or is also the name of a company, must be asked about.
        """
        offered = tuple(service.id for service in found.nearest)
        if found.service is not None:
            offered = (found.service.id,)
        taken = found.service is not None
        claimed = self._claimants(form)
        if taken:
            wrong = offered[0] not in {form.service, *claimed}
            right = offered[0] in claimed or (not wrong and not claimed and self._is_nearest(form))
            return Verdict(form, right, "wrong" if wrong else "taken", offered)
        right = self._asks_well(form, offered, claimed)
        return Verdict(form, right, "asked" if offered else "unknown", offered)

    def _asks_well(self, form: Form, offered: tuple[str, ...], claimed: set[str]) -> bool:
        """Whether the meant service is offered first, or at all if several may be meant."""
        if not offered:
            return False
        if offered[0] == form.service:
            return True
        several = len(claimed) > 1 or not self._is_nearest(form)
        company = bare(form.typed) in self._companies
        return company or (several and form.service in offered)

    def _claimants(self, form: Form) -> set[str]:
        """The services that have the input as a name, including the meant one."""
        claimed = set(self._claims.get(bare(form.typed), ()))
        if form.kind not in TYPOS:
            claimed |= self._claims.get(bare(form.name), set())
        return claimed

    def _is_nearest(self, form: Form) -> bool:
        """Whether no other service has a name as near to the input."""
        typed = bare(form.typed)
        near = process.extract(typed, self._keys, scorer=OSA.distance, score_cutoff=3, limit=None)
        best: dict[str, float] = {}
        for key, distance, _place in near:
            for service in self._claims[key]:
                best[service] = min(distance, best.get(service, distance))
        mine = best.pop(form.service, 4)
        return all(distance > mine for distance in best.values())


def _all_names(service: Service) -> Iterator[str]:
    yield from (service.name, service.id, *service.nicknames, *service.folders)
    yield from (*service.replaces, *service.domains)


def judged(services: Sequence[Service], names: Names, typed: Iterable[Form]) -> list[Verdict]:
    """The results of forms."""
    judge = Judge(services)
    return [judge.verdict(form, names.find(form.typed)) for form in typed]


def figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """How many were right, how they were answered, and those that were wrong."""
    answers = Counter(verdict.answer for verdict in verdicts)
    bad = [verdict for verdict in verdicts if not verdict.right]
    bad.sort(key=lambda verdict: (verdict.answer != "wrong", verdict.form.kind))
    return {
        "forms": len(verdicts),
        "services": len({verdict.form.service for verdict in verdicts}),
        "top_1": 1 - len(bad) / len(verdicts),
        **{answer: answers[answer] for answer in ("taken", "asked", "unknown", "wrong")},
        "bad_kinds": dict(Counter(verdict.form.kind for verdict in bad).most_common()),
        "items": [_row(verdict) for verdict in bad[:WORST]],
    }


def _row(verdict: Verdict) -> dict[str, Any]:
    form = verdict.form
    return {
        "typed": form.typed,
        "meant": form.service,
        "kind": form.kind,
        "answer": verdict.answer,
        "nearest": verdict.nearest,
    }
