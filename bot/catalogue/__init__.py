"""What we know: the services that can be subscribed to, and how to opt out of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.catalogue.schema import Authority, Control, Guide, Pointer, Source
from bot.model import Service

FOLDER = Path(__file__).parent
_service = TypeAdapter(Service)
_authorities = TypeAdapter(dict[str, Authority])


@dataclass(frozen=True)
class Catalogue:
    """Services by id, their how-tos, starter packs, and by country the authority to complain to. `problems` are entries
    that were left out, in words."""

    services: tuple[Service, ...]
    guides: dict[str, Guide]
    packs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    problems: tuple[str, ...] = field(default=())

    @cached_property
    def by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    def guide(self, service_id: str) -> Guide | None:
        return self.guides.get(service_id)


def load(folder: Path = FOLDER) -> Catalogue:
    """Read registry.yaml and howto/*.yaml. A broken entry is named in `problems`; the others stand."""
    problems: list[str] = []
    services = _registry(folder / "registry.yaml", problems)
    known = {service.id for service in services}
    guides: dict[str, Guide] = {}
    for path in sorted((folder / "howto").glob("*.yaml")):
        try:
            guide = Guide.model_validate(_read(path))
        except (ValidationError, yaml.YAMLError) as error:
            problems += _plain(path, error)
            continue
        if guide.service not in known:
            problems.append(f"{path.name}: service {guide.service!r} is not in registry.yaml")
        elif guide.service in guides:
            problems.append(f"{path.name}: {guide.service} has a how-to already")
        else:
            guides[guide.service] = guide
    packs = {name: tuple(services) for name, services in _read(folder / "packs.yaml").items()}
    problems += [f"packs.yaml: {name}: {s!r} is not in registry.yaml" for name in packs for s in packs[name] if s not in known]
    authorities = _authorities.validate_python(_read(folder / "authorities.yaml"))
    return Catalogue(tuple(services), guides, packs, authorities, tuple(problems))


def _registry(path: Path, problems: list[str]) -> list[Service]:
    services: dict[str, Service] = {}
    for row in _read(path):
        try:
            service = _service.validate_python(row)
        except ValidationError as error:
            problems += _plain(path, error)
            continue
        if service.id in services:
            problems.append(f"{path.name}: {service.id} stands twice")
        services[service.id] = service
    return list(services.values())


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


def _plain(path: Path, error: ValidationError | yaml.YAMLError) -> list[str]:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return [f"{path.name}, line {error.problem_mark.line + 1}: {error.problem}"]
    if not isinstance(error, ValidationError):
        return [f"{path.name}: {error}"]
    return [
        f"{path.name}: {'.'.join(map(str, detail['loc']))}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors()
    ]


__all__ = ["Authority", "Catalogue", "Control", "Guide", "Pointer", "Source", "load"]
