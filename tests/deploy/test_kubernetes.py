"""The Kubernetes manifests: valid, without privileges, with a holder of each duty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.deploy.judges import KUBERNETES, WITHOUT_TOKENS, documents

#: The oldest that is looked after, and the newest that the schemas know.
VERSIONS = ("1.31", "1.37")
ROLES = ("poll", "send", "chat", "web")
LISTING = documents(KUBERNETES / "kustomization.yaml")[0]
MANIFESTS = [path for path in KUBERNETES.glob("*.yaml") if path.name != "kustomization.yaml"]
#: Nothing of a process may gain rights.
BOUND = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def _all(kind: str) -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from (each for each in documents(path) if each["kind"] == kind)


def _deployment(role: str) -> dict[str, Any]:
    (found,) = (
        each for each in _all("Deployment") if each["metadata"]["name"] == f"smallprint-{role}"
    )
    return found


def _container(role: str) -> dict[str, Any]:
    (container,) = _deployment(role)["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = container
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_manifests_are_valid(path: Path, version: str) -> None:
    """Strictly: a field that Kubernetes does not know is an error."""
    for each in documents(path):
        kubernetes_validate.validate(each, version, strict=True)


def test_what_is_listed_is_there_and_the_rest_is_an_example() -> None:
    listed = set(LISTING["resources"])
    assert listed <= {path.name for path in MANIFESTS}
    left = {path.name for path in MANIFESTS} - listed
    assert left == {"secret.example.yaml", "ingress.example.yaml", "operator.yaml"}
    images = {container["image"] for container in _containers()}
    assert images == {each["name"] for each in LISTING["images"]}


def test_every_pod_is_without_rights() -> None:
    for spec in _pods():
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] == 10001
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        # Variables such as SMALLPRINT_WEB_PORT would be taken for settings that are none.
        assert spec["enableServiceLinks"] is False
    for container in _containers():
        assert container["securityContext"] == BOUND
        assert container["resources"]["limits"]["memory"]
        assert container["resources"]["requests"]["cpu"]


@pytest.mark.parametrize("role", ROLES)
def test_each_duty_has_somebody(role: str) -> None:
    """Two pods, of which one may go, and a new one before an old one does."""
    spec = _deployment(role)["spec"]
    assert spec["replicas"] >= 2
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels
    (budget,) = (
        each
        for each in _all("PodDisruptionBudget")
        if each["spec"]["selector"]["matchLabels"] == labels
    )
    assert budget["spec"]["minAvailable"] == 1


@pytest.mark.parametrize("role", [*ROLES, "operator"])
def test_each_process_is_asked(role: str) -> None:
    container = _container(role)
    asked = {
        name: container[f"{name}Probe"]["httpGet"]["path"]
        for name in ("startup", "liveness", "readiness")
    }
    assert asked == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 600


@pytest.mark.parametrize("role", ROLES)
def test_only_who_speaks_on_a_platform_has_its_token(role: str) -> None:
    given = [each["secretRef"]["name"] for each in _container(role)["envFrom"][1:]]
    assert ("smallprint-tokens" in given) == (role not in WITHOUT_TOKENS)
    assert {"name": "SMALLPRINT_ROLES", "value": role} in _container(role)["env"]
    assert "smallprint-admin" not in given


def test_only_the_monitoring_reaches_the_metrics() -> None:
    lets_in = {}
    for policy in _all("NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []):
            (who,) = rule["from"]
            (port,) = (each["port"] for each in rule["ports"])
            lets_in[port] = who["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    assert lets_in == {8082: "monitoring", 8081: "ingress-nginx"}


def _pods() -> Iterator[dict[str, Any]]:
    """What each pod is made of."""
    for each in _all("Deployment"):
        yield each["spec"]["template"]["spec"]
    for each in _all("CronJob"):
        yield each["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def _containers() -> Iterator[dict[str, Any]]:
    for spec in _pods():
        yield from spec["containers"]
