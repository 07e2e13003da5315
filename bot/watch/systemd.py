"""Telling systemd how we are, by sd_notify(3): a datagram to the socket that it names."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType


class Notifier:
    """Tells who started us; where nobody asked for that it does nothing."""

    def __init__(self, environ: Mapping[str, str] = MappingProxyType({})) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # Linux has sockets without a file, whose names begin with a zero.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = _seconds(environ)

    def say(self, *lines: str) -> None:
        """Tell it, such as READY=1. That it does not listen is no trouble of ours."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.setblocking(False)
            to.sendto("\n".join(lines).encode(), self._address)


def _seconds(environ: Mapping[str, str]) -> float:
    """How often it wants to hear WATCHDOG=1, at least; 0 where it does not."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    written = environ.get("WATCHDOG_USEC", "")
    return int(written) / 1e6 if written.isdecimal() else 0.0
