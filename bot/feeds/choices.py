"""Parsing typed URLs, and recognising feeds by the form of their URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from bot.feeds.hosts import host_of
from bot.model import SourceKind

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d")
_NO_URL = re.compile(r"[\s\x00-\x1f\x7f\"\\<>]")
_COLLECTION = re.compile(r"/collection-api/v\d{1,2}/?$")


class DiscoveryError(Exception):
    """No feed was found; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A feed that a page offers. `github` is owner/repository of a repository of versions."""

    url: str
    title: str = ""
    language: str = ""
    kind: SourceKind = SourceKind.NEWS
    github: str = ""


def address(typed: str) -> str:
    """The URL that a person means, without a fragment. Raises DiscoveryError."""
    url = urldefrag(typed.strip()).url
    if not _has_scheme(url):
        url = f"https://{url}"
    if not _is_usable(url):
        raise DiscoveryError(f"{typed.strip()!r} is not an http or https address")
    return url


def _has_scheme(url: str) -> bool:
    """Whether a URL begins with a scheme, rather than with a host and its port."""
    if _HOST_AND_PORT.match(url):
        return False
    return _SCHEME.match(url) is not None


def _is_usable(url: str) -> bool:
    try:
        port = urlsplit(url).port
        host = host_of(url)
    except ValueError:
        return False
    return port != 0 and bool(host) and not _NO_URL.search(url)


def known(url: str) -> list[Choice]:
    """The feeds that the form of a URL reveals: GitHub, Open Terms Archive."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "github.com" and not parts.path.endswith(".atom"):
        return _of_repository(parts.path)
    if _COLLECTION.search(parts.path):
        return [Choice(url.rstrip("/") + "/", kind=SourceKind.COLLECTION)]
    if host == "opentermsarchive.org" and parts.path.endswith("/memos/index.xml"):
        return [Choice(url, kind=SourceKind.MEMOS)]
    return []


def _of_repository(address: str) -> list[Choice]:
    path = [part for part in address.split("/") if part]
    if len(path) < 2:
        return []
    repository = f"{path[0]}/{path[1].removesuffix('.git')}"
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        return []
    if repository.endswith("-versions"):
        return [Choice("", repository, kind=SourceKind.GITHUB, github=repository)]
    home = f"https://github.com/{repository}"
    commits = Choice(f"{home}/commits.atom", "commits")
    releases = Choice(f"{home}/releases.atom", "releases")
    if path[2:3] == ["releases"]:
        return [releases, commits]
    return [commits, releases]
