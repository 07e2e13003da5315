"""Whether two sightings in a feed are the same entry, by links, titles, texts and dates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.understand.marks import AHEAD, Known, Marks, Seen, is_placed, is_telling, said

#: The greatest difference of one moment written in different time zones.
ZONES = timedelta(hours=14)


def is_same(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether an entry is a kept one under another id. `alone`: no other entry has its link."""
    here, then = seen.marks, known.marks
    if here.link and here.link == then.link:
        return _is_same_page(seen, known, alone)
    same_title = _agree(here.title, then.title)
    same_text = _agree(here.text, then.text)
    same_day = _is_same_day(seen, known)
    if here.link or then.link:
        return all((same_title, same_text, same_day))
    if [same_title, same_text, same_day].count(True) >= 2:
        return True
    if not same_title or not _undated(here, then):
        return False
    return _has_made_up_ids(seen, known)


def is_same_name(seen: Seen, known: Known) -> bool:
    """Whether two entries share a title and, if the feed dates them, a day."""
    here, then = seen.marks, known.marks
    if not _agree(here.title, then.title):
        return False
    if _undated(here, then):
        return True
    return _is_same_day(seen, known)


def is_same_placed(seen: Seen, known: Known) -> bool:
    """Whether two entries with uids from their marks are one; links and texts may change."""
    if known.marks.stamped is None:
        return False
    if not is_placed(known.uid):
        return False
    return is_same_name(seen, known)


def differs(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether neither the title nor its own page links an entry to the kept one with its uid.

    `alone`: no other entry has its link.
    """
    here, then = seen.marks, known.marks
    if None in (here.title, then.title):
        return False
    if here.title == then.title:
        return False
    if here.link is None or here.link != then.link:
        return True
    return not alone


def has_stayed(seen: Seen, known: Known) -> bool:
    """Whether an entry has the text and date of the kept one with its uid."""
    if seen.marks.text is None:
        return False
    return said(seen.marks) == said(known.marks)


def is_another(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether nothing of an entry matches the kept one with its uid; missing marks say nothing.

    `alone`: no other entry has its text. Under a mere number, a text that says little may stay.
    """
    here, then = seen.marks, known.marks
    if None in (here.link, then.link, here.stamped, then.stamped) or here.link == then.link:
        return False
    if here.text != then.text:
        return here.stamped != then.stamped
    if not re.fullmatch(r"\d{1,3}", seen.item.uid.partition(":")[2]):
        return False
    if alone and is_telling(seen):
        return False
    return _is_later(here, then)


def _agree(here: str | None, then: str | None) -> bool:
    """Whether both have the mark, and it is the same."""
    return here is not None and here == then


def is_newer(seen: Seen, known: Known, now: datetime) -> bool:
    """Whether a sighting is a newer text of a kept entry: other words and a later date.

    For an entry that is only a title, the title counts as its words.
    """
    here, then = seen.marks, known.marks
    if here.stamped is None or then.stamped is None:
        return False
    if here.stamped > now + AHEAD or here.stamped <= then.stamped:
        return False
    words = (here.text or here.title, then.text or then.title)
    return None not in words and words[0] != words[1]


def _is_later(here: Marks, then: Marks) -> bool:
    if here.stamped is None or then.stamped is None:
        return False
    return here.stamped > then.stamped


def _undated(here: Marks, then: Marks) -> bool:
    return here.stamped is None and then.stamped is None


def _is_same_page(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether two entries with links to one place are the same."""
    here, then = seen.marks, known.marks
    same_title = here.title == then.title
    same_text = _agree(here.text, then.text)
    if alone and here.site == then.site:
        if same_title or same_text:
            return True
        return _is_same_day(seen, known)
    if not same_title:
        return False
    # Without dates and texts nothing else can tell them apart.
    if not any((here.stamped, then.stamped, here.text, then.text)):
        return True
    if same_text:
        return True
    return _is_same_day(seen, known, ZONES)


def _is_same_day(seen: Seen, known: Known, apart: timedelta = timedelta()) -> bool:
    """Whether the feed gave two entries the same date; False if it gave none."""
    here, then = seen.marks.stamped, known.marks.stamped
    if here is None or then is None:
        return False
    if abs(here - then) <= apart:
        return True
    return abs(seen.item.when - known.recorded) <= apart


def _has_made_up_ids(seen: Seen, known: Known) -> bool:
    """Whether both ids are made up: from a hash of the words, or the title."""
    for uid in (seen.item.uid, known.uid):
        name = uid.partition(":")[2]
        if not name.startswith("words:") and name != seen.item.title:
            return False
    return True
