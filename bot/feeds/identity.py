"""Which entries of a page were seen before under another name."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from bot.model import Item

#: So many links of a feed are remembered with the ids under which they were first seen.
REMEMBERED = 200


def without_known(notes: Mapping[str, str], found: list[Item]) -> tuple[list[Item], dict[str, str]]:
    """Entries seen before that come back under other ids are no news: some feeds change all their ids.

    `notes` are those of the source's cursor; they come back with what is to be remembered.
    """
    before = dict(mark.split("=") for mark in notes.get("page", "").split())
    here = {_mark(item.uid) for item in found}

    def first_id(item: Item) -> str:
        """The id under which the entry's link was first seen, unless that entry is still here as well."""
        earlier = before.get(_mark(item.link), "")
        return earlier if item.link and earlier and earlier not in here else _mark(item.uid)

    known = {item.uid for item in found if first_id(item) != _mark(item.uid)}
    if not found:
        return found, dict(notes)
    marks = {**{_mark(item.link): first_id(item) for item in found}, **before}
    page = " ".join(f"{link}={uid}" for link, uid in list(marks.items())[:REMEMBERED])
    return [item for item in found if item.uid not in known], {**notes, "page": page}


def _mark(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
