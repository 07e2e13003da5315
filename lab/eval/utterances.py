"""`smallprint eval utterances`: typed lines, and what they lead to."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from lab.eval.answers import Answers
from lab.eval.stage import stage
from lab.eval.utterance import Utterance, read
from lab.eval.verdicts import GOOD, Judgement, Verdict, judge

#: The most letters of an answer that the report quotes.
QUOTE = 260


def run(files: Sequence[Path], show: str, only: str, out: Path | None) -> int:
    """Judge the utterances of files and print a table by intent and by language.

    `show` is "bad", "all" or "" for the tables alone. `only` is a pattern that the id or the text
    must match. `out` gets one JSON object per line. Raises ValueError for an invalid line or
    pattern.
    """
    judged = judge_all(_chosen(files, only))
    for found in judged:
        if show == "all" or (show == "bad" and found.verdict not in GOOD):
            print("\n".join(_described(found)))
    print("\n".join(_table("intent", judged, _intent)))
    print("\n".join(_table("language", judged, _lang)))
    if out:
        rows = [json.dumps(found.row, ensure_ascii=False) for found in judged]
        out.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return 0


def _chosen(files: Sequence[Path], only: str) -> list[Utterance]:
    """The utterances of files whose id or text matches the pattern."""
    said = [each for path in files for each in read(path)]
    try:
        pattern = re.compile(only)
    except re.error as error:
        raise ValueError(f"{only!r} is no pattern: {error}") from error
    return [each for each in said if pattern.search(f"{each.id} {each.text}")]


def judge_all(said: Iterable[Utterance]) -> list[Judgement]:
    """The verdicts on utterances, each in chats of its own, in one world."""
    with stage() as made:
        answers = Answers(made)
        return [judge(answers, each) for each in said]


def _intent(found: Judgement) -> str:
    return found.utterance.intent


def _lang(found: Judgement) -> str:
    return found.utterance.lang


def _described(found: Judgement) -> Iterator[str]:
    meant = found.utterance
    yield f"{meant.id} {found.verdict.upper():<14} {meant.text!r} {meant.context}".rstrip()
    yield f"     want: {meant.means}"
    yield f"     said: {found.said[:QUOTE]}"
    if found.did or found.harm or found.by:
        yield f"     did: {list(found.did)} harm: {list(found.harm)} by: {found.by}"


def _table(
    title: str, judged: Sequence[Judgement], of: Callable[[Judgement], str]
) -> Iterator[str]:
    groups: dict[str, Counter[Verdict]] = {}
    total: Counter[Verdict] = Counter()
    for found in judged:
        groups.setdefault(of(found), Counter())[found.verdict] += 1
        total[found.verdict] += 1
    yield ""
    yield f"{title:<16}" + "".join(f"{each:>16}" for each in Verdict) + f"{'all':>8}{'good':>8}"
    for name, count in sorted(groups.items()):
        yield f"{name:<16}" + _counts(count)
    yield f"{'TOTAL':<16}" + _counts(total)


def _counts(count: Counter[Verdict]) -> str:
    cells = ""
    for each in Verdict:
        cells += f"{count[each] or '·':>16}"
    good = sum(count[each] for each in GOOD) / max(count.total(), 1)
    return f"{cells}{count.total():>8}{good:>8.0%}"
