"""Recorded versions: out of a git repository or bundle, or made in memory."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Protocol

from bot.feeds.github import pages_of
from bot.model import Record


@dataclass(frozen=True, slots=True)
class Version:
    commit: str
    when: datetime
    service: str
    terms_type: str
    record: Record
    pages: int = 0

    @property
    def subject(self) -> str:
        verb = {
            Record.FIRST: "First record of",
            Record.UPGRADE: "Apply technical or declaration upgrade on",
        }
        return f"{verb.get(self.record, 'Record new changes of')} {self.service} {self.terms_type}"


class Archive(Protocol):
    """Versions, oldest first, and their texts."""

    name: str

    @property
    def versions(self) -> Sequence[Version]: ...

    def text(self, version: Version) -> str: ...

    def diff(self, commit: str) -> str: ...


class GitArchive:
    """A versions repository: a folder, a bare one, or a bundle (which is cloned to a temporary folder)."""

    def __init__(self, repository: Path) -> None:
        self.name = (
            repository.name.removesuffix(".git").removesuffix(".bundle").removesuffix("-versions")
        )
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._path = repository
        if repository.is_file():
            self._scratch = tempfile.TemporaryDirectory(prefix="smallprint-replay-")
            self._path = Path(self._scratch.name)
            subprocess.run(
                ["git", "clone", "-q", "--bare", str(repository), str(self._path)], check=True
            )
        self.versions: list[Version] = sorted(self._log(), key=lambda version: version.when)

    def text(self, version: Version) -> str:
        return self._git("show", f"{version.commit}:{version.service}/{version.terms_type}.md")

    def diff(self, commit: str) -> str:
        return self._git("show", "--format=", "--no-color", commit)

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self._path), *arguments], capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "replace")

    def _log(self) -> list[Version]:
        """Commits that touch one document, oldest first, those of one second in their order; `-z` keeps file names with spaces and quotes whole."""
        out = self._git(
            "log",
            "--reverse",
            "-z",
            "--format=%x01%H%x02%aI%x02%s%x02%b%x02",
            "--name-only",
            "--",
            "*.md",
        )
        found: list[Version] = []
        for block in out.split("\x01")[1:]:
            commit, when, subject, message, names = block.split("\x02")
            for name in filter(None, (part.strip() for part in names.split("\0"))):
                service, _, file = name.partition("/")
                if file and (record := _record(subject)):
                    moment = datetime.fromisoformat(when).astimezone(UTC)
                    found.append(
                        Version(
                            commit,
                            moment,
                            service,
                            file.removesuffix(".md"),
                            record,
                            pages_of(message),
                        )
                    )
        return found


class MemoryArchive:
    """Versions made for a demonstration or a test."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.versions: list[Version] = []
        self._texts: dict[str, str] = {}

    def add(
        self,
        when: datetime,
        service: str,
        terms_type: str,
        text: str,
        record: Record = Record.CHANGE,
        pages: int = 0,
    ) -> Version:
        """Record a version; the first of a document is a first record whatever is said."""
        known = any((v.service, v.terms_type) == (service, terms_type) for v in self.versions)
        commit = sha1(f"{when}{service}{terms_type}{text}".encode()).hexdigest()  # noqa: S324 - a commit id, not a secret
        version = Version(
            commit, when, service, terms_type, record if known else Record.FIRST, pages
        )
        self.versions.append(version)
        self.versions.sort(key=lambda v: v.when)
        self._texts[commit] = text
        return version

    def text(self, version: Version) -> str:
        return self._texts[version.commit]

    def diff(self, commit: str) -> str:
        raise NotImplementedError("a made-up archive has no repository behind it")


def _record(subject: str) -> Record | None:
    if subject.startswith(("Record new changes of", "Update ")):
        return Record.CHANGE
    if subject.startswith(("First record of", "Start tracking")):
        return Record.FIRST
    return Record.UPGRADE if subject.startswith(("Apply technical", "Refilter")) else None
