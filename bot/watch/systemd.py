"""Notifying systemd of our state by sd_notify(3): datagrams to the socket that it names."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType


class Notifier:
    """Notifies the service manager; without a socket in the environment it does nothing."""

    def __init__(self, environ: Mapping[str, str] = MappingProxyType({})) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # Abstract sockets of Linux have no file; their names begin with a zero byte.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = _seconds(environ)

    def say(self, *lines: str) -> None:
        """Send lines such as READY=1. An error of the socket is ignored."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.setblocking(False)
            to.sendto("\n".join(lines).encode(), self._address)


def _seconds(environ: Mapping[str, str]) -> float:
    """The longest interval between WATCHDOG=1 messages in seconds; 0 if none are wanted."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    written = environ.get("WATCHDOG_USEC", "")
    return int(written) / 1e6 if written.isdecimal() else 0.0
