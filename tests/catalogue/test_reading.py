"""Reading the catalogue: errors are reported, and the rest is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue import load
from tests.catalogue.sheets import GOOD, loaded


def test_a_sound_file_is_taken(tmp_path: Path) -> None:
    known = loaded(tmp_path, GOOD)
    assert known.problems == ()
    assert set(known.guides) == {"linkedin", "tiktok"}


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        (
            "kind: setting",
            "kind: [setting",
            "linkedin.yaml, line 10: did not find expected ',' or ']'",
        ),
        (
            "kind: setting",
            "kind: setting\n    kind: form",
            "linkedin.yaml, line 9: kind stands twice",
        ),
        (
            "kind: setting",
            "kind: switch",
            "linkedin.yaml, line 9: controls.0.kind is 'switch'; it can be 'setting', 'form', ",
        ),
        (
            "confidence: high",
            "confidense: high",
            "linkedin.yaml, line 15: controls.0.confidense is no field that there is",
        ),
        (
            "confidence: high",
            "confidense: high",
            "linkedin.yaml, line 6: controls.0.confidence is missing",
        ),
        (
            "https://www.linkedin.com/ads",
            "http://linkedin.com/ads",
            "line 11: controls.0.link is 'http://linkedin.com/ads', "
            "which is not an address that begins with https://",
        ),
        (
            "https://www.linkedin.com/ads",
            "https://evil.org/ads",
            "linkedin.yaml, line 2: a link leads to evil.org, which is "
            "not among the domains: say under elsewhere why",
        ),
        (
            "kind: setting",
            "kind: setting\n    effective: 2026-13-01",
            "linkedin.yaml, line 10: 2026-13-01 is not possible: month must be in 1..12",
        ),
        (
            "kind: setting",
            "kind: setting\n    effective: 2026-02-30T09:00:00",
            "linkedin.yaml, line 10: 2026-02-30T09:00:00 is not possible: day is out of range",
        ),
        (
            "kind: setting",
            "kind: setting\n    verified: 2026-13",
            "linkedin.yaml, line 10: controls.0.verified is '2026-13', "
            "which is not a month such as 2026-08",
        ),
        (
            "regions: [EU]",
            "regions: []",
            "line 6: controls.0 is offered nowhere: name at least one region, or leave the ",
        ),
        (
            "regions: [EU]",
            "regions: [EU, XQ]",
            "line 10: controls.0.regions.1 there is no region 'XQ'; use EU, EEA, UK, CH ",
        ),
        (
            "kind: setting",
            "kind: setting\n    effective: 2026-03-01\n    deadline: 2026-02-01",
            "line 6: controls.0 the deadline, 2026-02-01, is before the effective date, 2026-03-01",
        ),
        (
            "kind: setting",
            "kind: setting\n    effective: soon",
            "line 10: controls.0.effective is no date such as 2026-01-15",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\naliases: [Tik Tok]",
            "tiktok is called 'TikTok', and so is linkedin",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\nfolders: {Bing: [contrib]}",
            "bing is 'Bing' in contrib, and so is linkedin",
        ),
        (
            "id: linkedin",
            "id: linked-in",
            "linkedin.yaml: its id is linked-in; the file must be linked-in.yaml",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\nelsewhere: {a.org: A form.}",
            "elsewhere: no link leads to a.org",
        ),
        (
            "name: LinkedIn",
            "name: LinkedIn\neveryday: [Link]",
            "line 2: everyday: 'Link' is none of its names",
        ),
        (
            "stops: It",
            "labels: {de: {Werbung: Anzeigen}}\n    stops: It",
            "'Werbung' stands in no path of this control",
        ),
    ],
)
def test_a_broken_file_is_named_by_line_and_field_and_stops_nobody(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    known = loaded(tmp_path, GOOD.replace(good, bad, 1))
    assert any(said in problem for problem in known.problems), known.problems
    assert "tiktok" in known.guides
    assert "bing" in known.by_id


def test_a_broken_list_stops_nobody_either(tmp_path: Path) -> None:
    loaded(tmp_path, GOOD)
    (tmp_path / "registry.yaml").write_text(
        "- {id: bing, name: Bing}\n- {id: Skype, name: Skype}\n- {id: msn, name: MSN}\n"
    )
    (tmp_path / "packs.yaml").write_text("social: [myspace]\n")
    known = load(tmp_path)
    assert set(known.listings) == {"bing", "linkedin", "msn", "tiktok"}
    assert known.problems == (
        (
            "registry.yaml, line 2: id is 'Skype', which is not a short name of small"
            " letters, digits and hyphens"
        ),
        "packs.yaml: social: there is no service 'myspace'",
    )
    assert known.packs == {"social": ()}
    for broken, said in (
        ("- {id: bing, name: [}\n", "line 1"),
        ("bing\n", "is no list"),
        ("", "is empty"),
    ):
        (tmp_path / "registry.yaml").write_text(broken)
        known = load(tmp_path)
        assert set(known.listings) == {"linkedin", "tiktok"}
        assert any(
            problem.startswith("registry.yaml") and said in problem for problem in known.problems
        ), known.problems
