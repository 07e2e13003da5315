"""Appending a source to an operator's list, without changing the rest of the file."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bot.feeds import sources
from bot.feeds.sources import Listed, SourcesError
from bot.model import Source

BEGINNING = """\
# Where this instance listens: the list that comes with Smallprint, and what stands below.
# To leave some of it out, add a line such as: off = ["eff", "edri"]
extends = "default"
"""


def same(one: str, other: str) -> bool:
    """Whether two URLs are equal but for scheme, "www.", final slash and order of the query."""
    return _bare(one) == _bare(other)


def _bare(url: str) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(url)
    port = re.sub(r"^(?:80|443)$", "", parts.netloc.rpartition("@")[2].partition(":")[2])
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    return host, port, parts.path.rstrip("/"), query


def twin(source: Source, listed: Iterable[Listed]) -> Listed | None:
    """The listed source with the same address, whether on or off, or None."""
    for each in listed:
        known = each.source
        if source.url and known.url and same(source.url, known.url):
            return each
        if source.github and source.github.lower() == known.github.lower():
            return each
    return None


def new_id(source: Source, taken: Iterable[str]) -> str:
    """An unused id, made from the host, or from the repository's name."""
    stem = _stem(source)
    have = set(taken)
    number = 1
    found = stem
    while found in have:
        number += 1
        found = f"{stem}-{number}"
    return found


def _stem(source: Source) -> str:
    name = source.github.rpartition("/")[2].removesuffix("-versions")
    if not name:
        host = (urlsplit(source.url).hostname or "").removeprefix("www.")
        name = re.sub(r"(?<=.)\.[a-z]+$", "", host)
    short = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50]
    return short or "source"


def block(source: Source, evidence: str) -> str:
    """A source as TOML. `evidence` is the day on which it answered."""
    values = {
        "id": source.id,
        "kind": source.kind.value,
        "url": source.url,
        "github": source.github,
        "language": source.language,
        "every": f"{source.every // 3600}h",
        "evidence": evidence,
    }
    lines = ["[[source]]"]
    for name, value in values.items():
        if value:
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join([*lines, ""])


def append(path: Path, source: Source, evidence: str) -> None:
    """Append a source to the file, which is created if necessary; all or nothing.

    Raises SourcesError if the file cannot be written, or could not be parsed afterwards.
    """
    try:
        real = path.resolve()  # a link to the file stays a link
        if real == sources.DEFAULT.resolve():
            raise SourcesError("the list that comes with Smallprint is not changed; name your own")
        before = real.read_text("utf-8") if real.exists() else BEGINNING
        _replace(real, f"{before.rstrip()}\n\n{block(source, evidence)}")
    except OSError as error:
        raise SourcesError(f"{path} cannot be written: {error.strerror}") from error


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        sources.everything(made)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        made.chmod(mode)
        made.replace(path)
    finally:
        with suppress(FileNotFoundError):
            made.unlink()
