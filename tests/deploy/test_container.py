"""The image and the compose files: nothing unnecessary in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.deploy.judges import COMPOSE, DEPLOY, ROOT, WITHOUT_TOKENS, documents, passed

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
SCHEMA = json.loads((ROOT / "tests/data/compose-spec.schema.json").read_text())
#: Services of the compose files that are the bot, by what they do.
BOT = ("smallprint", "poll", "send", "chat", "web")


def _services(path: Path) -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = documents(path)[0]["services"]
    return services


SERVICES = [
    pytest.param(name, service, id=f"{path.stem}:{name}")
    for path in COMPOSE
    for name, service in _services(path).items()
]


def test_hadolint_finds_nothing() -> None:
    assert passed("hadolint", DEPLOY / "Dockerfile") == ""


def test_the_base_is_a_build_argument() -> None:
    """Every stage has the same, so that a digest holds for the whole image."""
    assert re.findall(r"(?m)^FROM (\S+)", DOCKERFILE) == ["${BASE}", "${BASE}"]
    assert DOCKERFILE.index("ARG BASE=python:3.11-slim") < DOCKERFILE.index("FROM")


def test_the_last_stage_has_no_rights_and_no_pip() -> None:
    last = DOCKERFILE.split("FROM ${BASE}\n")[1]
    assert re.findall(r"(?m)^USER (.+)", last) == ["10001:10001"]
    assert "HEALTHCHECK" in last
    assert "pip uninstall" in last
    assert "pip install" not in last


def test_what_is_copied_is_there_and_goes_to_the_daemon() -> None:
    """The list of what goes to the daemon begins with nothing."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    copied = re.findall(r"(?m)^COPY (?!--)(\S+) ", DOCKERFILE)
    assert copied == ["requirements.lock", "LICENSE", "bot", "handlers"]
    assert {f"!{name}" for name in copied} == {line for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.stem)
def test_compose_files_are_as_the_specification_has_them(path: Path) -> None:
    (whole,) = documents(path)
    jsonschema.Draft202012Validator(SCHEMA).validate(whole)
    for service in whole["services"].values():
        assert set(_named(service.get("networks", []))) <= set(whole.get("networks", {}))
        assert set(_named(service.get("depends_on", []))) <= set(whole["services"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in whole["volumes"] or (path.parent / source).exists()
        if "build" in service:
            context = path.parent / service["build"]["context"]
            assert (context / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_every_container_is_without_rights(name: str, service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["healthcheck"]["test"]
    if name in BOT:
        assert service["healthcheck"]["test"][1:] == _of_the_image()


def test_who_is_reached_by_strangers_has_no_tokens() -> None:
    """An empty variable wins over the file with the settings."""
    services = _services(DEPLOY / "compose.postgres.yaml")
    for role in ("poll", "send", "chat", "web"):
        given = services[role]["environment"]
        assert given["SMALLPRINT_ROLES"] == role
        blank = [given.get(name) == "" for name in ("DISCORD_TOKEN", "TELEGRAM_TOKEN")]
        assert blank == [role in WITHOUT_TOKENS] * 2
    assert "outside" not in services["web"]["networks"] + services["db"]["networks"]
    assert [name for name in services if "ports" in services[name]] == ["caddy"]


def _of_the_image() -> list[str]:
    """The health check of the image, which formats of images without one leave out."""
    found = re.search(r"(?s)^HEALTHCHECK.*?CMD (\[.*?\])", DOCKERFILE, re.MULTILINE)
    assert found
    command: list[str] = json.loads(found[1])
    return command


def _named(value: dict[str, Any] | list[str]) -> list[str]:
    return list(value)
