"""`smallprint health`: ask the running process whether it is well, for people and containers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot.cli._verb import Verb, said

#: The timeout: a process that does not answer in this time is not well.
SECONDS = 5


def arguments(parser: ArgumentParser) -> None:
    """Add the option for liveness only."""
    words = "only whether it lives, not whether it has all that it needs"
    parser.add_argument("--alive", action="store_true", help=words)


def run(parsed: Namespace) -> int:
    """Print the process's answer; return the exit code, which is 1 if it is not well."""
    from http.client import HTTPConnection, HTTPException

    from bot import settings
    from bot.adapters.registry import PLATFORMS
    from bot.settings import SettingsError

    try:
        listens = settings.load(PLATFORMS).health
    except SettingsError as error:
        return said(str(error), 1)
    if not listens:
        return said("SMALLPRINT_HEALTH is not set, so nobody can be asked.", 1)
    host, _colon, port = listens.rpartition(":")
    if host == "0.0.0.0":  # noqa: S104 - who listens everywhere listens here
        host = "127.0.0.1"
    asked = HTTPConnection(host, int(port), timeout=SECONDS)
    try:
        asked.request("GET", "/healthz" if parsed.alive else "/readyz")
        answer = asked.getresponse()
        words = answer.read().decode("utf-8", "replace").strip()
    except (OSError, HTTPException) as error:
        return said(f"No answer at {listens}: {error}", 1)
    finally:
        asked.close()
    return said(_plain(words), 0 if answer.status == 200 else 1)


def _plain(answer: str) -> str:
    """The checks of an answer as lines; any other answer unchanged."""
    import json

    try:
        checks = json.loads(answer)["checks"]
    except (ValueError, KeyError, TypeError):
        return answer
    marks = {True: "ok ", False: "BAD"}
    return "\n".join(f"{marks[each['ok']]}  {each['name']}: {each['words']}" for each in checks)


VERB = Verb("health", "ask the running process whether it is well", arguments, run)
