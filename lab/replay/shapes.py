"""How a collection and GitHub write what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from bot.model import Record
from lab.replay.archive import Version


def stamp(when: datetime) -> str:
    """A moment as the answers in JSON have it, to the second."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _exact(when: datetime) -> str:
    """With milliseconds, as only the feeds have them."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def listed(version: Version) -> dict[str, Any]:
    """A version as lists have it."""
    return {
        "id": version.commit,
        "serviceId": version.service,
        "termsType": version.terms_type,
        "fetchDate": stamp(version.when),
        "isFirstRecord": version.record is Record.FIRST,
        "isTechnicalUpgrade": version.record is Record.UPGRADE,
    }


def links(version: Version, newest_first: Sequence[Version]) -> dict[str, str | None]:
    """The ids of the versions beside one of a document."""
    ids = [other.commit for other in newest_first]
    place = ids.index(version.commit)
    return {
        "first": ids[-1],
        "prev": ids[place + 1] if place + 1 < len(ids) else None,
        "next": ids[place - 1] if place else None,
        "last": ids[0],
    }


def service(name: str, types: Sequence[str]) -> dict[str, Any]:
    """A service as lists have it."""
    return {"id": name, "name": name, "terms": [{"type": terms_type} for terms_type in types]}


def is_under(version: Version, path: str) -> bool:
    """Whether a path in the repository is the folder or the file of a version, or is everything."""
    return path in ("", version.service, f"{version.service}/{version.terms_type}.md")


def entry(collection: str, base: str, version: Version) -> str:
    """An entry of a collection's feed."""
    scheme = "tag:opentermsarchive.org,2026:scheme:"
    record = "First record" if version.record is Record.FIRST else "Change"
    said = (
        ("service", version.service),
        ("terms-type", version.terms_type),
        ("record-type", record),
    )
    categories = "".join(
        f"<category term={quoteattr(term)} scheme={quoteattr(scheme + kind)}/>"
        for kind, term in said
    )
    parts = (version.service, version.terms_type, stamp(version.when))
    link = f"{base}version/" + "/".join(quote(part, safe="") for part in parts)
    return (
        f"<entry><id>tag:opentermsarchive.org,2026:version:{escape(collection)}:git:{version.commit}</id>"
        f'<link rel="alternate" type="application/json" href={quoteattr(link)}/>'
        f"<title>{escape(version.subject)}</title><updated>{_exact(version.when)}</updated>{categories}</entry>"
    )


def commit(repository: str, version: Version) -> str:
    """An entry of a repository's feed."""
    link = f"https://github.com/{repository}/commit/{version.commit}"
    return (
        f"<entry><id>tag:github.com,2008:Grit::Commit/{version.commit}</id>"
        f'<link type="text/html" rel="alternate" href={quoteattr(link)}/><title>\n  {escape(version.subject[:60])}\n</title>'
        f"<updated>{stamp(version.when)}</updated>"
        f'<content type="html">{escape(f"<pre>{escape(_message(version))}</pre>")}</content></entry>'
    )


def _message(version: Version) -> str:
    """A commit message as the engine writes it."""
    made = f"\n\nThis version was recorded after extracting from and assembling the following snapshots from {version.pages} source documents:"
    return version.subject + (made if version.pages else "")


def atom(name: str, now: datetime, versions: Sequence[Version], entries: Sequence[str]) -> bytes:
    """A feed, as bytes."""
    updated = stamp(versions[0].when if versions else now)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(name)}</title><id>tag:opentermsarchive.org,2026:feed:{escape(name)}</id><updated>{updated}</updated>"
        + "\n".join(entries)
        + "</feed>"
    ).encode()
