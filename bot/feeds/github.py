"""The commits of an Open Terms Archive versions repository, as GitHub's Atom feed gives them."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.feeds.identity import bounded
from bot.feeds.syndication import Entry
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

#: Every terms type in use, so that "Google Maps Terms of Service" can be taken apart. Longest first.
TERMS_TYPES = tuple(
    sorted(
        """Acceptable Use Policy|Accessibility Statement|Ad Publishing Policy|Advertising Content Policy|
Affiliate Agreement|Anti-corruption Policy|Brand Guidelines|Business Mediation Policy|Business Privacy Policy|
Closed Captioning Policy|Commercial Terms|Community Guidelines|Community Guidelines - Child Exploitation|
Community Guidelines - Harassment|Community Guidelines - Hate Speech|Community Guidelines - Intellectual Property|
Community Guidelines - Platform Manipulation|Community Guidelines - Privacy Violations|
Community Guidelines - Regulated Goods|Community Guidelines - Self-harm|Community Guidelines - Spam|
Community Guidelines - Violence Incitement|Community Guidelines - Violent Organizations|Complaints Policy|
Conditions of Carriage|Content Monetisation Policy|Copyright Claims Policy|Data Controller Agreement|
Data Processor Agreement|Deceased Users|Developer Terms|Editorial Policy|General Conditions of Sale|
Human Rights Policy|Imprint|In-App Purchases Policy|Law Enforcement Guidelines|Live Policy|
Marketplace Sellers Conditions|Parent Organization Privacy Policy|Parent Organization Terms|
Platform to Business Notice|Premium Partner Conditions|Privacy Policy|Quality Guidelines|
Ranking Parameters Description|Restricted Use Policy|Review Guidelines|Seller Warranty|Service Level Agreement|
Single Sign-On Policy|Terms of Service|Trackers Policy|User Consent Policy|Vulnerability Disclosure Policy""".replace(
            "\n", ""
        ).split("|"),
        key=len,
        reverse=True,
    )
)


def feed_url(source: Source, service: str = "") -> str:
    """The commits feed of the repository, of one service or of one document in it."""
    folder, terms_type = service or source.service, source.terms_type
    path = "" if not folder else f"/main/{quote(folder)}" + (f"/{quote(terms_type)}.md" if terms_type else "")
    return f"{_mirror(source) or FEEDS}/{source.github}/commits{path}.atom"


def raw_url(source: Source, document: Document, commit: str) -> str:
    """The text of a document as one commit left it."""
    mirror = _mirror(source)
    base = f"{mirror}/raw" if mirror else RAW
    return f"{base}/{source.github}/{commit}/{quote(document.service)}/{quote(document.terms_type)}.md"


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


def items(source: Source, entries: list[Entry]) -> list[Item]:
    """Records of versions; other commits (README, licence) are not about terms and are left out."""
    return [item for entry in entries if (item := _item(source, entry)) is not None]


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


def _item(source: Source, entry: Entry) -> Item | None:
    commit = bounded(entry.id.rsplit("/", 1)[-1])
    # GitHub shortens long titles; the message itself stands in the content.
    subject = (entry.text.splitlines() or [entry.title])[0]
    for pattern, record in _SUBJECTS:
        for line in (subject, entry.title):
            if match := pattern.match(line.strip()):
                document = _document(source, match[1].strip())
                return (
                    Item(
                        f"commit:{commit}",
                        source.id,
                        record,
                        entry.when,
                        line.strip(),
                        entry.link,
                        document,
                        pages=pages_of(entry.text),
                    )
                    if document
                    else None
                )
    return None


def _document(source: Source, name: str) -> Document | None:
    for terms_type in TERMS_TYPES:
        if name.endswith(f" {terms_type}"):
            return Document(source.id, name.removesuffix(f" {terms_type}"), terms_type)
    if source.service and name.startswith(f"{source.service} "):
        return Document(source.id, source.service, name.removeprefix(f"{source.service} "))
    return None
