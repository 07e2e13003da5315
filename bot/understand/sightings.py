"""Which entries of a page were seen before under another name, and which are newer texts of one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from bot.model import Item, Record
from bot.understand.marks import Marks

#: What is dated further ahead is dated wrongly.
AHEAD = timedelta(days=1)
#: The same moment, written in the wrong time zone, is not further off.
ZONES = timedelta(hours=14)
#: A feed that gives all its entries other ids has at least so many of them.
A_PAGE = 3
#: So many candidates are compared with an entry: some feeds call all their entries the same.
MOST_ALIKE = 50
#: A newer text is told so often, and so many times in a row; after such a rest it is told again.
UPDATE_EVERY, IN_A_ROW, REST = timedelta(days=1), 3, timedelta(days=6)
#: Where more entries than this, and most of a page, change at once, the feed changed, not they.
AT_ONCE = 10
#: What is dated longer ago and was never seen is no news.
OLD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that was kept.

    `updates` is how many newer texts of it were told in a row, `updated_at` when the last of them
    came, told or not.
    """

    uid: str
    recorded: datetime
    marks: Marks
    updates: int = 0
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry of a page, with what it is known by."""

    item: Item
    marks: Marks

    def is_old(self, now: datetime) -> bool:
        """Whether it is no news because of its date alone."""
        return self.marks.stamped is not None and self.marks.stamped < now - OLD


def recognised(page: Sequence[Seen], known: Iterable[str], others: Iterable[Known]) -> dict[str, Known]:
    """The kept entries that came back under other uids, by the uid of today.

    `known` are the uids of the page that were seen before, `others` kept entries that are not on
    the page under their own uids. Each of them comes back once at most.
    """
    by_uid, left = frozenset(known), _Left(others)
    unknown = [seen for seen in page if seen.item.uid not in by_uid]
    links = Counter(seen.marks.link for seen in page)
    found = _taken(left, unknown, lambda seen, known: _same(seen, known, links[seen.marks.link] == 1))
    if by_uid or len(unknown) < A_PAGE:
        return found
    # A whole page of new names: those that have a title to themselves are known by that and the date.
    titles = Counter(seen.marks.title for seen in unknown)
    named = [s for s in unknown if titles[s.marks.title] == 1 and s.item.uid not in found]
    renamed = _taken(left, named, _same_name)
    return found | renamed if 2 * len(found | renamed) >= len(unknown) else found


def looked_at(seen: Seen, known: Known, now: datetime) -> tuple[Known, bool]:
    """What is kept of a known entry once it was seen again, and whether its newer text is told."""
    marks = replace(seen.marks, stamped=_later(seen.marks.stamped, known.marks.stamped, now))
    if not _is_newer(seen, known, now):
        return replace(known, marks=marks), False
    since = REST if known.updated_at is None else now - known.updated_at
    if since < UPDATE_EVERY:  # later, with what it says then
        waiting = replace(marks, text=known.marks.text, stamped=known.marks.stamped)
        return replace(known, marks=waiting), False
    in_a_row = known.updates if since < REST else 0
    told = in_a_row < IN_A_ROW
    return Known(known.uid, known.recorded, marks, in_a_row + told, now), told


def update_of(seen: Seen, known: Known) -> Item:
    """The newer text of a known entry, as an item of its own."""
    item, stamped = seen.item, seen.marks.stamped or seen.item.when
    # A memo is dated as the change that it is about.
    when = item.when if item.record is Record.MEMO else stamped
    uid = f"{known.uid}@{stamped:%Y%m%dT%H%M%SZ}"
    return replace(item, uid=uid, updates=known.uid, when=when)


def all_at_once(told: int, known: int) -> bool:
    """Whether so many newer texts among the known entries of a page are a change of the feed."""
    return told > AT_ONCE and 2 * told > known


class _Left:
    """Kept entries that nothing on the page was recognised as yet."""

    def __init__(self, others: Iterable[Known]) -> None:
        self._by: defaultdict[Hashable, dict[str, Known]] = defaultdict(dict)
        for known in others:
            for key in _keys(known.marks, known.recorded):
                self._by[key][known.uid] = known

    def take(self, seen: Seen, same: Callable[[Seen, Known], bool]) -> Known | None:
        """The first that is the same; it is there no longer."""
        for key in _keys(seen.marks, seen.item.when):
            for known in islice(self._by.get(key, {}).values(), MOST_ALIKE):
                if same(seen, known):
                    self._remove(known)
                    return known
        return None

    def _remove(self, known: Known) -> None:
        for key in _keys(known.marks, known.recorded):
            self._by[key].pop(known.uid, None)


def _taken(left: _Left, unknown: Iterable[Seen], same: Callable[[Seen, Known], bool]) -> dict[str, Known]:
    tried = ((seen.item.uid, left.take(seen, same)) for seen in unknown)
    return {uid: known for uid, known in tried if known}


def _keys(marks: Marks, when: datetime) -> list[Hashable]:
    """Under what an entry is looked for, the closest first."""
    link, title = marks.link, marks.title
    by_link: list[Hashable] = [(link, title), ("link", link)] if link else []
    by_title: list[Hashable] = [(title, marks.stamped), (title, when), ("title", title)]
    return by_link + (by_title if title else [])


def _same(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether an entry is a kept one under another id. `alone`: no other entry has its link."""
    here, then = seen.marks, known.marks
    if here.link and here.link == then.link:
        return _same_page(seen, known, alone)
    title = here.title is not None and here.title == then.title
    text = here.text is not None and here.text == then.text
    day = _same_day(seen, known)
    if here.link or then.link:
        return title and text and day
    nothing_else = not here.stamped and not then.stamped and _is_made_up(seen, known)
    return (title and (text or day or nothing_else)) or (text and day)


def _same_page(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether two entries whose links lead to one place are one."""
    here, then = seen.marks, known.marks
    title, text = here.title == then.title, here.text is not None and here.text == then.text
    # Without dates and texts there is nothing that could tell them apart.
    bare = not (here.stamped or then.stamped or here.text or then.text)
    if alone and here.site == then.site:
        return title or text or bare or _same_day(seen, known)
    return title and (text or bare or _same_day(seen, known, ZONES))


def _same_name(seen: Seen, known: Known) -> bool:
    here, then = seen.marks, known.marks
    undated = not here.stamped and not then.stamped
    same = here.title is not None and here.title == then.title
    return same and (undated or _same_day(seen, known))


def _same_day(seen: Seen, known: Known, apart: timedelta = timedelta()) -> bool:
    """Whether the feed gave two entries one date; never where it gave none."""
    here, then = seen.marks.stamped, known.marks.stamped
    if not here or not then:
        return False
    return abs(here - then) <= apart or abs(seen.item.when - known.recorded) <= apart


def _is_made_up(seen: Seen, known: Known) -> bool:
    """Whether neither has an id of its own: theirs are sums of their words, or their titles."""
    bare = (seen.item.uid.partition(":")[2], known.uid.partition(":")[2])
    return all(name.startswith("words:") or name == seen.item.title for name in bare)


def _is_newer(seen: Seen, known: Known, now: datetime) -> bool:
    """Whether date and words are others, and the date a later one; of a mere title, that is the words."""
    here, then = seen.marks, known.marks
    if not here.stamped or not then.stamped or here.stamped > now + AHEAD:
        return False
    words = (here.text or here.title, then.text or then.title)
    return here.stamped > then.stamped and None not in words and words[0] != words[1]


def _later(here: datetime | None, then: datetime | None, now: datetime) -> datetime | None:
    """A date only moves forward, so that a server with an older copy starts nothing."""
    if here is None or (then is not None and here > now + AHEAD):
        return then
    return here if then is None else max(here, then)
