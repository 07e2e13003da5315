"""Printing to a pipe whose reader may close it, as in `smallprint sources | head`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

#: The exit code after a broken pipe, by the convention of shells.
UNREAD = 141


def printing(run: Callable[[], int]) -> int:
    """Run a printing function; return its exit code, or UNREAD if the reader closed the pipe."""
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # Discard Python's buffered output, which would otherwise fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    return code
