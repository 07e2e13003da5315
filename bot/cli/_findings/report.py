"""The report of `smallprint check`, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from bot.cli._findings.finding import Finding, Level
from bot.cli._findings.sources import SOURCE

_MARKS = {Level.WELL: "ok ", Level.WARNING: "!! ", Level.BAD: "BAD"}


async def in_words(findings: AsyncIterator[Finding]) -> int:
    """Print the findings as they come, each with what to do; return 0 if none is bad."""
    bad = warnings = 0
    silent = []
    async for finding in findings:
        print(f"{_MARKS[finding.level]}  {finding.what}: {finding.words}", flush=True)
        if finding.todo:
            print(f"     -> {finding.todo}", flush=True)
        warnings += finding.level is Level.WARNING
        if finding.level is not Level.BAD:
            continue
        bad += 1
        if finding.what.startswith(SOURCE):
            silent.append(finding.what.removeprefix(SOURCE))
    if silent:
        print(f"To do without what does not answer: off = {json.dumps(sorted(silent))}")
    print(_sum(bad, warnings))
    return 1 if bad else 0


async def as_json(findings: AsyncIterator[Finding]) -> int:
    """Print all findings as one JSON object; return 0 if none is bad."""
    found = [asdict(finding) async for finding in findings]
    is_well = all(each["level"] != Level.BAD for each in found)
    print(json.dumps({"well": is_well, "findings": found}, indent=1, ensure_ascii=False))
    return 0 if is_well else 1


def _sum(bad: int, warnings: int) -> str:
    if bad:
        return f"{bad} to mend."
    if warnings:
        return f"All works; {warnings} to look at."
    return "All is well."
