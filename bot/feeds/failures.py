"""Failures of requests, described for people."""

from __future__ import annotations

import aiohttp

from bot.feeds.guard import PortError, PrivateAddressError
from bot.feeds.inflate import InflateError

#: The HTTP status of a resource that is gone for good.
GONE = 410
NO_ADDRESS = "it leads to an address that is none"
#: The errors that a server, a name or a URL can cause in a request.
FAILURES = (aiohttp.ClientError, TimeoutError, InflateError, UnicodeError, ValueError)

_STATUSES = {
    401: "it asks for a login",
    403: "it refuses us",
    404: "there is no such page",
    GONE: "it is gone for good",
    429: "it asks us to slow down",
}


def of_error(error: Exception, deadline: float) -> str:
    """Describe a request without a complete answer. `deadline` is in seconds."""
    match error:
        case aiohttp.ClientConnectorError():
            return _unreached(error)
        case TimeoutError():
            return f"no complete answer within {deadline:.0f} s"
        case InflateError():
            return str(error)
        case aiohttp.InvalidURL() | UnicodeError() | ValueError():
            return NO_ADDRESS
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return "it hangs up on us"
        case aiohttp.ClientPayloadError():
            return "its answer breaks off"
        case aiohttp.ClientResponseError():
            return "what it answers is not HTTP as it should be"
        case _:
            return f"the connection failed ({type(error).__name__})"


def of_status(status: int) -> str:
    """Describe an answer with an error status."""
    others = "the server failed" if status >= 500 else "unexpected answer"
    return f"{_STATUSES.get(status, others)} ({status})"


def _unreached(error: aiohttp.ClientConnectorError) -> str:
    """Describe why there was no connection.

    If several addresses were tried, only their messages are left.
    """
    cause = error.os_error
    if isinstance(cause, PrivateAddressError) or "not a public address" in str(cause):
        return "it leads into a private network"
    if isinstance(cause, PortError) or "not a port of the web" in str(cause):
        return "it leads to a port that is not the web's (80 or 443)"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid"
    return "the server cannot be reached"
