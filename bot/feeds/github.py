"""Reading the commits of an Open Terms Archive versions repository from GitHub's Atom feed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bot.feeds.entry import Entry
from bot.feeds.identity import bounded
from bot.feeds.terms_types import KNOWN
from bot.model import Document, Item, Record, Source, SourceKind

FEEDS = "https://github.com"
RAW = "https://raw.githubusercontent.com"

#: Commit subjects of the engine, the oldest forms last. "Refilter" and upgrades come from the
#: tracker, not from the service.
_SUBJECTS = (
    (re.compile(r"^Record new changes of (.+)$"), Record.CHANGE),
    (re.compile(r"^First record of (.+)$"), Record.FIRST),
    (re.compile(r"^Apply technical or declaration upgrade on (.+)$"), Record.UPGRADE),
    (re.compile(r"^Refilter (.+)$"), Record.UPGRADE),
    (re.compile(r"^Update (?!README|LICENSE)(.+)$"), Record.CHANGE),
    (re.compile(r"^Start tracking (.+)$"), Record.FIRST),
)

_EVERYDAY = ("Update ", "Start tracking ", "Refilter ")

#: The branches to try: the repository's default one, and two usual names.
BRANCHES = ("HEAD", "main", "master")

_DOCUMENTS = re.compile(r"\bfrom (\d{1,4}) source documents\b")
_ONE_SNAPSHOT = re.compile(r"\bfrom snapshot\b|\bfiltering the following snapshot\b")
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def feed_url(source: Source, service: str = "", branch: str = "", terms_type: str = "") -> str:
    """The commits feed of the repository, of one service or of one document (`terms_type`) in it.

    Without a branch it is the default branch's; the feed of the whole repository needs none.
    """
    base = f"{_mirror(source) or FEEDS}/{source.github}/commits"
    folder = service or source.service
    if not folder:
        return f"{base}.atom"
    path = quote(folder)
    file = terms_type or source.terms_type
    if file:
        path += f"/{quote(file)}.md"
    return f"{base}/{branch or BRANCHES[0]}/{path}.atom"


def raw_url(source: Source, document: Document, commit: str) -> str:
    """The URL of a document's text at a commit."""
    mirror = _mirror(source)
    base = f"{mirror}/raw" if mirror else RAW
    path = f"{quote(document.service)}/{quote(document.terms_type)}.md"
    return f"{base}/{source.github}/{commit}/{path}"


def diff_url(source: Source, commit: str) -> str:
    """The URL of the unified diff of a commit."""
    return f"{_mirror(source) or FEEDS}/{source.github}/commit/{commit}.diff"


def pages_of(message: str) -> int:
    """The number of source documents of a version, by its message; 0 if it does not say."""
    found = _DOCUMENTS.search(message)
    if found:
        return int(found[1])
    return 1 if _ONE_SNAPSHOT.search(message) else 0


def _mirror(source: Source) -> str:
    """The server that replaces GitHub, if the operator names one, or "".

    A collection's url is its API, not that.
    """
    if source.kind is not SourceKind.GITHUB:
        return ""
    return source.url.rstrip("/")


def items(source: Source, entries: list[Entry], folders: Collection[str] = ()) -> list[Item]:
    """The items of commits that record versions; other commits (README, licence) are left out.

    `folders` are names of services in collections: they show where the service's name ends and an
    unknown terms type begins.
    """
    longest_first = sorted(folders, key=len, reverse=True)
    found = (_item(source, entry, longest_first) for entry in entries)
    return [item for item in found if item is not None]


def undo(text: str, diff: str) -> str:
    """The text before a commit, from the text after it and the commit's unified diff.

    Raises ValueError if the diff does not fit, so that a wrong text is never taken for the old one.
    """
    lines = text.split("\n")
    old: list[str] = []
    place = 0
    for start, hunk in _hunks(diff):
        old += lines[place:start]
        place = start
        for mark, line in hunk:
            if mark in " +":
                if lines[place : place + 1] != [line]:
                    raise ValueError("the diff does not fit the text")
                place += 1
            if mark in " -":
                old.append(line)
    return "\n".join([*old, *lines[place:]])


def _hunks(diff: str) -> list[tuple[int, list[tuple[str, str]]]]:
    """Parse hunks into (first line of the new side from 0, [(mark, line)])."""
    hunks: list[tuple[int, list[tuple[str, str]]]] = []
    left = 0
    for line in diff.split("\n"):
        head = _HUNK.match(line)
        if head:
            left = _count(head[1]) + _count(head[3])
            hunks.append((_first_line(head), []))
        elif left > 0 and line[:1] in (" ", "+", "-"):
            left -= 2 if line[0] == " " else 1
            hunks[-1][1].append((line[0], line[1:]))
    return hunks


def _count(digits: str | None) -> int:
    """The number of lines of one side of a hunk; 1 if the header does not say."""
    return int(digits or 1)


def _first_line(head: re.Match[str]) -> int:
    """The first line of a hunk's new side, from 0; an empty side is given by the line before."""
    line = int(head[2])
    return line - 1 if _count(head[3]) else line


def _item(source: Source, entry: Entry, folders: Sequence[str]) -> Item | None:
    # GitHub shortens long titles; the content has the whole message.
    message = (entry.text.splitlines() or [entry.title])[0]
    for subject in (message.strip(), entry.title.strip()):
        said = _said(subject)
        if said is None:
            continue
        document = _document(source, said, folders)
        if document is None:
            return None
        commit = bounded(entry.id.rsplit("/", 1)[-1])
        return Item(
            uid=f"commit:{commit}",
            source=source.id,
            record=said.record,
            when=entry.when,
            title=subject,
            link=entry.link,
            document=document,
            pages=pages_of(entry.text),
        )
    return None


@dataclass(frozen=True, slots=True)
class _Said:
    """A parsed commit subject: what was recorded of "Google Maps Terms of Service"."""

    record: Record
    name: str
    #: Whether people write such subjects too: "Update GitHub actions".
    everyday: bool


def _said(subject: str) -> _Said | None:
    for pattern, record in _SUBJECTS:
        match = pattern.match(subject)
        if match:
            return _Said(record, match[1].strip(), subject.startswith(_EVERYDAY))
    return None


def _document(source: Source, said: _Said, folders: Sequence[str]) -> Document | None:
    """The document that a subject names, or None."""
    if source.service:  # the source is limited to one service
        terms_type = _rest(said.name, source.service)
        if terms_type:
            return Document(source.id, source.service, terms_type)
    end = _end_of_service(said, folders)
    if end is None:
        return None
    return Document(source.id, said.name[:end].strip(), said.name[end:].strip())


def _end_of_service(said: _Said, folders: Sequence[str]) -> int | None:
    """The index at which the service's name ends and the terms type begins, or None.

    A known service with a known type comes first, then any service with a known type, then a
    known service with any type.
    """
    ours = [folder for folder in folders if _rest(said.name, folder)]
    for folder in ours:
        if _rest(said.name, folder) in KNOWN:
            return len(folder)
    terms_type = _known_type(said.name)
    if terms_type:
        return -len(terms_type) - 1
    if not ours or said.everyday:
        return None
    return len(ours[0])


def _known_type(name: str) -> str:
    """The longest known terms type at the end of a subject, or ""."""
    for terms_type in KNOWN:
        if name.endswith(f" {terms_type}"):
            return terms_type
    return ""


def _rest(name: str, folder: str) -> str:
    """What follows a service's name, ignoring case; "" if the name is another."""
    head = name[: len(folder)]
    tail = name[len(folder) :]
    if not tail.startswith(" ") or head.casefold() != folder.casefold():
        return ""
    return tail.strip()
