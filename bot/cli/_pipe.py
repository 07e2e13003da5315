"""What is printed to a reader that may go, as in `smallprint sources | head`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

#: The exit code of a process whose reader has gone, as shells count it.
UNREAD = 141


def printing(run: Callable[[], int]) -> int:
    """Run what prints; the exit code is its own, or UNREAD where the reader went before the end."""
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # What Python still holds back goes nowhere, else it fails again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    return code
