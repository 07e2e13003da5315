"""Program cases: a program that prints PASS or FAIL, or ends with an exit code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from lab.eval.result import Outcome, Result, outcome

#: The checkout, in which such a program is started.
ROOT = Path(__file__).resolve().parents[2]
#: The longest that it may run.
PATIENCE_SECONDS = 180
#: The line with the verdict, and the last line of a Python exception.
_VERDICT = re.compile(r"(?m)^(PASS|FAIL)\b:?[ \t]*(.*)$")
_RAISED = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception))(?:: (.*))?$")
#: The message that a module, or a name in one, is not where the program looks for it.
_GONE = re.compile(r"No module named '([\w.]+)'|cannot import name '(\w+)' from '([\w.]+)'")


def judge(folder: Path, script: Path, patience: float = PATIENCE_SECONDS) -> Result:
    """Run the program; its last verdict counts, or else its exit code.

    A program that an exception ended before its verdict has judged nothing.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lab.eval.former_names", str(script)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    except subprocess.TimeoutExpired:
        return Result(folder.name, Outcome.FAILED, f"no verdict within {patience:g} seconds")
    return _read(folder.name, done)


def _read(name: str, done: subprocess.CompletedProcess[str]) -> Result:
    seen = tuple(done.stdout.splitlines())
    verdicts = _VERDICT.findall(done.stdout)
    if verdicts:
        said, note = verdicts[-1]
        return Result(name, Outcome(said), note, seen=seen)
    if done.returncode and (reason := _reason(done.stderr)):
        return Result(name, Outcome.CANNOT_RUN, reason, seen=seen)
    passed = done.returncode == 0
    note = "" if passed else f"it ended with code {done.returncode}"
    return Result(name, outcome(passed), note, seen=seen)


def _reason(errors: str) -> str:
    """Why an exception ended a program; "" if none did."""
    if "Traceback" not in errors:
        return ""
    last = errors.strip().splitlines()[-1]
    if not _RAISED.match(last):
        return ""
    gone = _GONE.search(last)
    if gone is None:
        return last
    module, attribute, of = gone.groups()
    if module:
        return f"module {module} has moved"
    return f"{attribute} has left module {of}"
