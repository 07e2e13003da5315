"""What is found about this machine's clock, by the clocks of those who answered."""

from __future__ import annotations

from statistics import median

from bot.cli._findings.finding import Finding, Seen, bad, warning, well

WHAT = "clock"
#: Seconds. Two processes that differ so much may both think that a duty is theirs; and so much
#: makes deadlines and certificates wrong.
MATTERS = 2.0
WRONG = 60.0


def finding(seen: Seen) -> Finding:
    """How far it is off, by the middle of what all said: some answers are old."""
    if not seen.offsets:
        return warning(WHAT, "nobody outside told the time", "compare it by hand: date -u")
    off = median(seen.offsets)
    if abs(off) <= MATTERS:
        return well(WHAT, "right, to two seconds")
    words = f"{abs(off):,.0f} seconds {'ahead' if off > 0 else 'behind'}"
    todo = "let the system set it: timedatectl set-ntp true"
    return bad(WHAT, words, todo) if abs(off) > WRONG else warning(WHAT, words, todo)
