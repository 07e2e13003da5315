"""The check of this machine's clock against the clocks of servers that answered."""

from __future__ import annotations

from statistics import median

from bot.cli._findings.finding import Finding, Seen, bad, warning, well

WHAT = "clock"
#: Seconds. From the first on, two processes may both think that a duty is theirs; from the second
#: on, deadlines and certificates are wrong.
MATTERS = 2.0
WRONG = 60.0


def finding(seen: Seen) -> Finding:
    """How far the clock is off, by the median of all answers, as some of them are old."""
    if not seen.offsets:
        return warning(WHAT, "nobody outside told the time", "compare it by hand: date -u")
    off = median(seen.offsets)
    if abs(off) <= MATTERS:
        return well(WHAT, "right, to two seconds")
    words = f"{abs(off):,.0f} seconds {'ahead' if off > 0 else 'behind'}"
    todo = "let the system set it: timedatectl set-ntp true"
    return bad(WHAT, words, todo) if abs(off) > WRONG else warning(WHAT, words, todo)
