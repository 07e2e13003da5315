"""`smallprint eval cases`: folders with a case each, judged by their content."""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.eval import chat_case, feed_case, program_case
from lab.eval.result import Outcome, Result

CASE = "case.py"
PROGRAM = "run.py"


def run(folders: Sequence[Path], verbose: bool) -> int:
    """Judge the cases, and print a line for each and a total."""
    outcomes: Counter[Outcome] = Counter()
    for folder in folders:
        result = judge(folder)
        outcomes[result.outcome] += 1
        print("\n".join(result.lines(verbose)), flush=True)
    print(_total(outcomes))
    return 0


def judge(folder: Path) -> Result:
    """Judge a folder's case, of whatever kind.

    `case.py` with SOURCE, STEPS and EXPECT is a feed case, with LINES a chat case; `run.py` is a
    program. Unreadable cases are reported as such; if the product raises, the case fails.
    """
    folder = folder.resolve()
    if not (folder / CASE).is_file():
        if (folder / PROGRAM).is_file():
            return program_case.judge(folder, folder / PROGRAM)
        return Result(folder.name, Outcome.CANNOT_RUN, f"it holds neither {CASE} nor {PROGRAM}")
    try:
        case = runpy.run_path(str(folder / CASE))
    except Exception as error:  # noqa: BLE001 - a case is code that somebody else wrote
        return Result(folder.name, Outcome.CANNOT_RUN, f"{CASE}: {error!r}")
    try:
        return _judged(folder, case)
    except Exception as error:  # noqa: BLE001 - whatever the product raises, the others are judged
        return Result(folder.name, Outcome.FAILED, f"it crashed: {error!r}")


def _judged(folder: Path, case: dict[str, Any]) -> Result:
    if "LINES" in case:
        return chat_case.judge(folder, case)
    missing = [name for name in ("SOURCE", "STEPS", "EXPECT") if name not in case]
    if missing:
        said = f"{CASE} lacks {', '.join(missing)}"
        return Result(folder.name, Outcome.CANNOT_RUN, said)
    return feed_case.judge(folder, case)


def _total(outcomes: Counter[Outcome]) -> str:
    total = f"{outcomes[Outcome.PASSED]} of {outcomes.total()} as expected"
    stuck = outcomes[Outcome.CANNOT_RUN]
    return f"{total}, {stuck} cannot run" if stuck else total
