"""Archives of recorded versions: a git repository or bundle, or one in memory."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Protocol

from bot.feeds.github import pages_of
from bot.model import Record

#: The beginnings of commit subjects, by record, including those of old repositories.
_SUBJECTS = {
    "Record new changes of": Record.CHANGE,
    "Update ": Record.CHANGE,
    "First record of": Record.FIRST,
    "Start tracking": Record.FIRST,
    "Apply technical": Record.UPGRADE,
    "Refilter": Record.UPGRADE,
}


@dataclass(frozen=True, slots=True)
class Version:
    """A recorded version of a document; `pages` is 0 if the commit does not say."""

    commit: str
    when: datetime
    service: str
    terms_type: str
    record: Record
    pages: int = 0

    @property
    def subject(self) -> str:
        """The subject of its commit, as the engine writes it."""
        verb = "Record new changes of"
        if self.record is Record.FIRST:
            verb = "First record of"
        elif self.record is Record.UPGRADE:
            verb = "Apply technical or declaration upgrade on"
        return f"{verb} {self.service} {self.terms_type}"


class Archive(Protocol):
    """Versions and their texts."""

    name: str

    @property
    def versions(self) -> Sequence[Version]:
        """All versions, oldest first."""
        ...

    def text(self, version: Version) -> str:
        """The text of a version."""
        ...

    def diff(self, commit: str) -> str:
        """The diff of a commit, as git writes it."""
        ...


class GitArchive:
    """A versions repository: a folder, a bare one, or a bundle, which is cloned temporarily."""

    def __init__(self, repository: Path) -> None:
        name = repository.name.removesuffix(".git").removesuffix(".bundle")
        self.name = name.removesuffix("-versions")
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._path = repository
        if repository.is_file():
            self._scratch = tempfile.TemporaryDirectory(prefix="smallprint-replay-")
            self._path = Path(self._scratch.name)
            clone = ["git", "clone", "-q", "--bare", str(repository), str(self._path)]
            subprocess.run(clone, check=True)
        self.versions: list[Version] = sorted(self._log(), key=lambda version: version.when)

    def text(self, version: Version) -> str:
        """The text of a version. Raises CalledProcessError if git has none."""
        return self._git("show", f"{version.commit}:{version.service}/{version.terms_type}.md")

    def diff(self, commit: str) -> str:
        """The diff of a commit. Raises CalledProcessError if git has no such commit."""
        return self._git("show", "--format=", "--no-color", commit)

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self._path), *arguments]
        done = subprocess.run(command, capture_output=True, check=True)
        return done.stdout.decode("utf-8", "replace")

    def _log(self) -> Iterator[Version]:
        """The commits that touch one document, oldest first; those of one second in order.

        `-z` keeps file names with spaces and quotes intact.
        """
        fields = "--format=%x01%H%x02%aI%x02%s%x02%b%x02"
        out = self._git("log", "--reverse", "-z", fields, "--name-only", "--", "*.md")
        for block in out.split("\x01")[1:]:
            commit, when, subject, message, names = block.split("\x02")
            record = _record(subject)
            if record is None:
                continue
            moment = datetime.fromisoformat(when).astimezone(UTC)
            for name in map(str.strip, names.split("\0")):
                service, _slash, file = name.partition("/")
                if file:
                    terms_type = file.removesuffix(".md")
                    pages = pages_of(message)
                    yield Version(commit, moment, service, terms_type, record, pages)


class MemoryArchive:
    """An archive of versions made for a demonstration or a test."""

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
        *,
        record: Record = Record.CHANGE,
        pages: int = 0,
    ) -> Version:
        """Add a version; the first of a document is always a first record."""
        document = (service, terms_type)
        if document not in {(each.service, each.terms_type) for each in self.versions}:
            record = Record.FIRST
        # A commit id, not a secret.
        commit = sha1(f"{when}{service}{terms_type}{text}".encode()).hexdigest()  # noqa: S324
        version = Version(commit, when, service, terms_type, record, pages)
        self.versions.append(version)
        self.versions.sort(key=lambda version: version.when)
        self._texts[commit] = text
        return version

    def text(self, version: Version) -> str:
        """The text of a version. Raises KeyError for an unknown one."""
        return self._texts[version.commit]

    def diff(self, commit: str) -> str:
        """Raise NotImplementedError, because there is no repository."""
        raise NotImplementedError(f"there is no repository behind {commit}")


def _record(subject: str) -> Record | None:
    for beginning, record in _SUBJECTS.items():
        if subject.startswith(beginning):
            return record
    return None
