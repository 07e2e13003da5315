"""The response formats of a collection and of GitHub."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from bot.model import Record
from lab.replay.archive import Version

#: The letters of a commit's subject in GitHub's feed.
MOST_OF_SUBJECT = 60


def stamp(when: datetime) -> str:
    """A time as in JSON responses, to the second."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _exact(when: datetime) -> str:
    """A time with milliseconds, as only in the feeds."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def listed(version: Version) -> dict[str, Any]:
    """A version as in lists."""
    return {
        "id": version.commit,
        "serviceId": version.service,
        "termsType": version.terms_type,
        "fetchDate": stamp(version.when),
        "isFirstRecord": version.record is Record.FIRST,
        "isTechnicalUpgrade": version.record is Record.UPGRADE,
    }


def links(version: Version, newest_first: Sequence[Version]) -> dict[str, str | None]:
    """The ids of a version's neighbours in its document."""
    ids = [other.commit for other in newest_first]
    place = ids.index(version.commit)
    found: dict[str, str | None] = {"first": ids[-1], "prev": None, "next": None, "last": ids[0]}
    if place + 1 < len(ids):
        found["prev"] = ids[place + 1]
    if place:
        found["next"] = ids[place - 1]
    return found


def service(name: str, types: Sequence[str]) -> dict[str, Any]:
    """A service as in lists."""
    return {"id": name, "name": name, "terms": [{"type": terms_type} for terms_type in types]}


def file_of(version: Version) -> str:
    """The path of a version's file in the repository."""
    return f"{version.service}/{version.terms_type}.md"


def is_under(version: Version, path: str) -> bool:
    """Whether a path in the repository is a version's folder or file, or everything."""
    return path in ("", version.service, file_of(version))


def entry(collection: str, base: str, version: Version) -> str:
    """An entry of a collection's feed."""
    record = "First record" if version.record is Record.FIRST else "Change"
    said = {
        "service": version.service,
        "terms-type": version.terms_type,
        "record-type": record,
    }
    categories = ""
    for kind, term in said.items():
        scheme = quoteattr(f"tag:opentermsarchive.org,2026:scheme:{kind}")
        categories += f"<category term={quoteattr(term)} scheme={scheme}/>"
    parts = (version.service, version.terms_type, stamp(version.when))
    link = f"{base}version/" + "/".join(quote(part, safe="") for part in parts)
    uid = f"tag:opentermsarchive.org,2026:version:{escape(collection)}:git:{version.commit}"
    return (
        f"<entry><id>{uid}</id>"
        f'<link rel="alternate" type="application/json" href={quoteattr(link)}/>'
        f"<title>{escape(version.subject)}</title>"
        f"<updated>{_exact(version.when)}</updated>{categories}</entry>"
    )


def commit(repository: str, version: Version) -> str:
    """An entry of a repository's feed; long subjects are cut."""
    link = f"https://github.com/{repository}/commit/{version.commit}"
    message = escape(f"<pre>{escape(_message(version))}</pre>")
    return (
        f"<entry><id>tag:github.com,2008:Grit::Commit/{version.commit}</id>"
        f'<link type="text/html" rel="alternate" href={quoteattr(link)}/>'
        f"<title>\n  {escape(version.subject[:MOST_OF_SUBJECT])}\n</title>"
        f"<updated>{stamp(version.when)}</updated>"
        f'<content type="html">{message}</content></entry>'
    )


def _message(version: Version) -> str:
    """A commit message as the engine writes it."""
    if not version.pages:
        return version.subject
    return (
        f"{version.subject}\n\nThis version was recorded after extracting from and assembling "
        f"the following snapshots from {version.pages} source documents:"
    )


def atom(name: str, now: datetime, versions: Sequence[Version], entries: Sequence[str]) -> bytes:
    """A feed as bytes; its update time is that of its newest version."""
    newest = versions[0].when if versions else now
    feed = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(name)}</title>"
        f"<id>tag:opentermsarchive.org,2026:feed:{escape(name)}</id>"
        f"<updated>{stamp(newest)}</updated>" + "\n".join(entries) + "</feed>"
    )
    return feed.encode()
