"""The page for those who write how-tos: its template is one, and shows every field there is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import yaml
from pydantic import BaseModel

from bot import catalogue
from bot.catalogue.schema import Control, Guide

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-tos.md").read_text("utf-8")
FENCE = re.compile(r"```yaml\n(.+?)```", re.S)


def _template() -> str:
    [template] = FENCE.findall(PAGE)
    return str(template)


def test_the_template_is_a_how_to(tmp_path: Path) -> None:
    """It is read among the others, without a problem."""
    folder = tmp_path / "catalogue"
    (folder / "services").mkdir(parents=True)
    for path in catalogue.FOLDER.glob("*.yaml"):
        shutil.copy(path, folder)
    (folder / "services/example.yaml").write_text(_template(), "utf-8")
    known = catalogue.load(folder)
    assert [each for each in known.problems if "packs" not in each] == []
    assert set(known.guides) == {"example"}


def test_the_template_shows_every_field() -> None:
    written = yaml.safe_load(_template())
    assert set(written) == _fields(Guide)
    shown = {field for control in written["controls"] for field in control}
    assert shown == _fields(Control)


def _fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_the_kinds_are_those_of_the_form() -> None:
    kinds = get_args(Control.model_fields["kind"].annotation)
    [said] = re.findall(r"kind: setting +# (.+)", _template())
    assert said.split(", ") == list(kinds)


def test_the_topics_are_those_of_the_form() -> None:
    topics = get_args(Control.model_fields["topic"].annotation)
    [said] = re.findall(r"topic: ai_training +# or (.+)", _template())
    assert {"ai_training", *said.split(", ")} == set(topics)
