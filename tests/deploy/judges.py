"""Validators for the files in `deploy/`; if one is missing, its test is skipped with a reason."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
COMPOSE = (DEPLOY / "compose.yaml", DEPLOY / "compose.postgres.yaml")
UNITS = (DEPLOY / "smallprint.service", DEPLOY / "smallprint-backup.service")
#: Roles that are reached by strangers or read what they wrote.
WITHOUT_TOKENS = ("poll", "web")


def program(name: str) -> str:
    """Where a program is: in the virtual environment or on this machine."""
    own = Path(sys.executable).with_name(name)
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not here, so what it judges is not judged")
    return found


def passed(name: str, *arguments: object) -> str:
    """What a program says that ends well."""
    command = [program(name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def files() -> list[Path]:
    """Every file in `deploy/`."""
    return sorted(path for path in DEPLOY.rglob("*") if path.is_file())


def documents(path: Path) -> list[dict[str, Any]]:
    """What is in a file of YAML."""
    return list(yaml.safe_load_all(path.read_text()))
