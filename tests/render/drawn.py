"""Fifty recorded changes, drawn by a seed, as rendered on Telegram and on Discord.

Their texts are quoted in excerpts of at most 300 characters from the collections of the Open Terms
Archive contributors, under ODC-BY 1.0.
"""

from __future__ import annotations

import os
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.adapters.discord import layout as discord
from bot.adapters.telegram import layout as telegram
from bot.catalogue import Catalogue
from bot.locales import speaking
from bot.message import Message
from bot.model import Change, Story
from bot.render.alert import alert
from bot.render.reader import Reader
from lab.eval.labelled import Label, labelled

FOLDER = Path(__file__).parent / "alerts"
#: Chosen before anything was drawn, and never another one.
SEED = 20251103
COUNT = 50
#: Who reads: in which language, and where.
READERS = {"en": frozenset({"UK"}), "de": frozenset({"DE"})}
_LICENCE = "Quotes: Open Terms Archive contributors, ODC-BY 1.0"
_RULE = "-" * 72


def drawn() -> list[Label]:
    """The labels of the changes that are shown, by collection and day.

    One of each type of terms first; then one of each collection in turn.
    """
    left = [label for label in labelled() if label["verdict"] == "material"]
    dice = random.Random(SEED)
    dice.shuffle(left)
    found: list[Label] = []
    seen = set[str]()
    for label in left:
        if _type_of(label) not in seen:
            seen.add(_type_of(label))
            found.append(label)
    by_collection: dict[str, list[Label]] = defaultdict(list)
    for label in left:
        if label not in found:
            by_collection[label["collection"]].append(label)
    while len(found) < COUNT:
        for name in sorted(by_collection):
            if by_collection[name] and len(found) < COUNT:
                found.append(by_collection[name].pop())
    return sorted(found, key=lambda label: (label["collection"], label["date"], label["sha"]))


def part_of(label: Label, parts: int) -> tuple[str, int]:
    """The collection of a label, and to which of its parts the document belongs."""
    return label["collection"], zlib.crc32(label["document"].encode()) % parts


def stays(label: Label, change: Change, known: Catalogue) -> None:
    """Its words are those of its file; with UPDATE_ALERTS=1 they become those."""
    words, path = shown(label, change, known), file_of(label)
    if os.environ.get("UPDATE_ALERTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(words, "utf-8")
    assert words == path.read_text("utf-8")


def file_of(label: Label) -> Path:
    """The file in which a change is shown."""
    words = f"{label['collection']} {label['document']} {label['date'][:10]}"
    slug = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")
    return FOLDER / f"{slug}.txt"


def shown(label: Label, change: Change, known: Catalogue) -> str:
    """A change as both platforms show it, in both languages."""
    parts = [f"{label['collection']} · {label['document']} · {label['sha']}\n{_LICENCE}\n"]
    for language, regions in READERS.items():
        reader = Reader(regions, change.recorded.date())
        with speaking(language):
            said = alert(Story(1, change), change.services, reader, known, known.names)
            for platform, words in (("Telegram", on_telegram(said)), ("Discord", on_discord(said))):
                where = ", ".join(sorted(regions))
                parts.append(f"{_RULE}\n{platform}, {language}, {where}\n{_RULE}\n{words}\n")
    return "\n".join(parts)


def on_telegram(said: Message) -> str:
    """The text that is sent, without the marks that nobody sees, and the buttons below it."""
    body = telegram.body_of(said, "smallprint_bot", plain=False, shared=False)
    shown = body["text"].replace("\u2060", "")
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = ["  ".join(f"[{button['text']}]" for button in row) for row in rows]
    return "\n".join([shown, "", *buttons])


def on_discord(said: Message) -> str:
    """The texts that are sent, each button where it stands."""
    return "\n".join(_lines(discord.components(said)))


def _lines(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if "content" in component:
            yield str(component["content"])
        if component.get("label"):
            yield f"[{component['label']}]"
        yield from _lines(component.get("components", ()))
        if "accessory" in component:
            yield from _lines([component["accessory"]])


def _type_of(label: Label) -> str:
    return str(label["document"].partition("/")[2])
