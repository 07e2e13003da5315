"""The commits of an Open Terms Archive versions repository, as GitHub's Atom feed gives them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bot.feeds.identity import bounded
from bot.feeds.syndication import Entry
from bot.feeds.terms_types import KNOWN
from bot.model import Document, Item, Record, Source, SourceKind

FEEDS, RAW = "https://github.com", "https://raw.githubusercontent.com"

#: Commit subjects of the engine, the oldest forms last. "Refilter" and upgrades are the tracker's doing.
_SUBJECTS = (
    (re.compile(r"^Record new changes of (.+)$"), Record.CHANGE),
    (re.compile(r"^First record of (.+)$"), Record.FIRST),
    (re.compile(r"^Apply technical or declaration upgrade on (.+)$"), Record.UPGRADE),
    (re.compile(r"^Refilter (.+)$"), Record.UPGRADE),
    (re.compile(r"^Update (?!README|LICENSE)(.+)$"), Record.CHANGE),
    (re.compile(r"^Start tracking (.+)$"), Record.FIRST),
)

_EVERYDAY = ("Update ", "Start tracking ", "Refilter ")

#: The branch that a repository calls its own, whatever its name, and the two that it may be called.
BRANCHES = ("HEAD", "main", "master")


def feed_url(source: Source, service: str = "", branch: str = "", terms_type: str = "") -> str:
    """The commits feed of the repository, of one service or of one document (`terms_type`) in it.

    Without a branch the repository's own is asked for; the feed of everything needs none.
    """
    folder = service or source.service
    file = terms_type or source.terms_type
    base = f"{_mirror(source) or FEEDS}/{source.github}/commits"
    if not folder:
        return f"{base}.atom"
    path = quote(folder) + (f"/{quote(file)}.md" if file else "")
    return f"{base}/{branch or BRANCHES[0]}/{path}.atom"


def raw_url(source: Source, document: Document, commit: str) -> str:
    """The text of a document as one commit left it."""
    mirror = _mirror(source)
    base = f"{mirror}/raw" if mirror else RAW
    return (
        f"{base}/{source.github}/{commit}/{quote(document.service)}/{quote(document.terms_type)}.md"
    )


def diff_url(source: Source, commit: str) -> str:
    return f"{_mirror(source) or FEEDS}/{source.github}/commit/{commit}.diff"


def pages_of(message: str) -> int:
    """From how many source documents a version was assembled, by its commit message; 0 where it does not say."""
    if found := re.search(r"\bfrom (\d{1,4}) source documents\b", message):
        return int(found[1])
    return 1 if re.search(r"\bfrom snapshot\b|\bfiltering the following snapshot\b", message) else 0


def _mirror(source: Source) -> str:
    """Another server in GitHub's place, where the operator names one; a collection's url is its API, not that."""
    return source.url.rstrip("/") if source.kind is SourceKind.GITHUB else ""


def items(source: Source, entries: list[Entry], folders: Collection[str] = ()) -> list[Item]:
    """Records of versions; other commits (README, licence) are not about terms and are left out.

    `folders` are names of services as collections have them: they tell where the name of a service
    ends and a terms type begins that nobody has heard of.
    """
    longest_first = sorted(folders, key=len, reverse=True)
    found = (_item(source, entry, longest_first) for entry in entries)
    return [item for item in found if item is not None]


def undo(text: str, diff: str) -> str:
    """The text before a commit, from the text after it and the commit's unified diff.

    Raises ValueError where the diff does not fit, so that a wrong text is never taken for the old one.
    """
    lines, old, place = text.split("\n"), list[str](), 0
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
    """Hunks as (first line of the new side from 0, marked lines)."""
    hunks: list[tuple[int, list[tuple[str, str]]]] = []
    left = 0
    for line in diff.split("\n"):
        if head := re.match(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            new = int(head[3] or 1)
            left = int(head[1] or 1) + new
            hunks.append((int(head[2]) - (1 if new else 0), []))
        elif left > 0 and line[:1] in (" ", "+", "-"):
            left -= 2 if line[0] == " " else 1
            hunks[-1][1].append((line[0], line[1:]))
    return hunks


def _item(source: Source, entry: Entry, folders: Sequence[str]) -> Item | None:
    commit = bounded(entry.id.rsplit("/", 1)[-1])
    # GitHub shortens long titles; the message itself stands in the content.
    message = (entry.text.splitlines() or [entry.title])[0]
    for subject in (message.strip(), entry.title.strip()):
        if (said := _said(subject)) is None:
            continue
        document = _document(source, said, folders)
        if document is None:
            return None
        uid, pages = f"commit:{commit}", pages_of(entry.text)
        return Item(
            uid, source.id, said.record, entry.when, subject, entry.link, document, pages=pages
        )
    return None


@dataclass(frozen=True, slots=True)
class _Said:
    """A commit subject: what was recorded of "Google Maps Terms of Service"."""

    record: Record
    name: str
    #: People write such subjects as well: "Update GitHub actions".
    everyday: bool


def _said(subject: str) -> _Said | None:
    for pattern, record in _SUBJECTS:
        if match := pattern.match(subject):
            return _Said(record, match[1].strip(), subject.startswith(_EVERYDAY))
    return None


def _document(source: Source, said: _Said, folders: Sequence[str]) -> Document | None:
    """Where the name of the service ends and the terms type begins.

    Who asked for one service knows. Else a known service with a known type goes first, then any
    service with a known type, and then a known service with any type.
    """
    if source.service and (terms_type := _rest(said.name, source.service)):
        return Document(source.id, source.service, terms_type)
    ours = [folder for folder in folders if _rest(said.name, folder)]
    for folder in ours:
        if _rest(said.name, folder) in KNOWN:
            return _taken_apart(source, said.name, len(folder))
    for terms_type in KNOWN:
        if said.name.endswith(f" {terms_type}"):
            return _taken_apart(source, said.name, -len(terms_type) - 1)
    return _taken_apart(source, said.name, len(ours[0])) if ours and not said.everyday else None


def _taken_apart(source: Source, name: str, end: int) -> Document:
    return Document(source.id, name[:end].strip(), name[end:].strip())


def _rest(name: str, folder: str) -> str:
    """What follows the name of a service in whatever case; "" where the name is another."""
    head, tail = name[: len(folder)], name[len(folder) :]
    return tail.strip() if tail[:1] == " " and head.casefold() == folder.casefold() else ""
