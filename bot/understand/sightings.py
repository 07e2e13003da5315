"""Feed entries that were seen before under another uid, and newer texts of known entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from bot.model import Item, Record
from bot.understand import marks as sums
from bot.understand.marks import AHEAD, Known, Marks, Seen, faces, is_telling, said
from bot.understand.same_entry import (
    differs,
    has_stayed,
    is_another,
    is_newer,
    is_same,
    is_same_name,
    is_same_placed,
)

#: A feed that gives all its entries new ids has at least this many.
A_PAGE = 3
#: The most candidates compared with an entry: some feeds give all entries the same title.
MOST_ALIKE = 50
#: A newer text of an entry is told at most this often.
UPDATE_EVERY = timedelta(days=1)
#: The most newer texts of an entry that are told in a row.
IN_A_ROW = 3
#: After this pause newer texts are told again.
REST = timedelta(days=6)
#: If more entries than this, and most of a page, change at once, the feed itself changed.
AT_ONCE = 10


def recognised(
    page: Sequence[Seen], known: Iterable[str], others: Iterable[Known]
) -> dict[str, Known]:
    """The kept entries that returned under other uids, by their current uid.

    `known` are the uids of the page that were seen before, `others` kept entries that are not on
    the page under their own uids. Each of them returns at most once.
    """
    by_uid = frozenset(known)
    left = _Candidates(others)
    unknown = [seen for seen in page if seen.item.uid not in by_uid]
    links = Counter(seen.marks.link for seen in page)

    def same(seen: Seen, known: Known) -> bool:
        """Whether a kept entry is one of the page."""
        return is_same(seen, known, alone=links[seen.marks.link] == 1)

    found = _taken(left, unknown, same)
    if not by_uid and len(unknown) >= A_PAGE:
        found |= _renamed(left, unknown, found)
    placed = [seen for seen in _without(unknown, found) if sums.is_placed(seen.item.uid)]
    found |= _taken(left, placed, is_same_placed)
    return found | _corrected(left, page, _without(unknown, found))


def doubtful(page: Sequence[Seen], known: Mapping[str, Known]) -> list[Seen]:
    """Entries under known uids that were edited or replaced.

    They share neither the title nor a page of their own with the kept entry.
    """
    links = Counter(seen.marks.link for seen in page)
    found = []
    for seen in page:
        then = known.get(seen.item.uid)
        if then and differs(seen, then, alone=links[seen.marks.link] == 1):
            found.append(seen)
    return found


def strangers(
    page: Sequence[Seen],
    known: Mapping[str, Known],
    kept: Iterable[Known],
) -> dict[str, Seen]:
    """The entries under other entries' uids, with new uids of their own, by the current uid.

    Some guids count positions: the newest is always 1. `kept` are entries that could be on the
    page. If one of them is now under another uid, the page counts positions, and any entry that
    differs from the kept one with its uid is another. Elsewhere its date and text must differ, too.
    """
    edited = {seen.item.uid: seen for seen in doubtful(page, known)}
    moved = _moved(page, known, edited, kept)
    if moved:
        others = _others_where_places_count(edited, known, moved)
    else:
        others = _others(page, edited, known)
    return {seen.item.uid: sums.named_by_marks(seen) for seen in others}


def looked_at(seen: Seen, known: Known, now: datetime) -> tuple[Known, bool]:
    """The known entry after another sighting, and whether its newer text is told."""
    marks = replace(seen.marks, stamped=_later(seen.marks.stamped, known.marks.stamped, now))
    if not is_newer(seen, known, now):
        return replace(known, marks=marks), False
    since = REST if known.updated_at is None else now - known.updated_at
    if since < UPDATE_EVERY:  # later, with what it says then
        waiting = replace(marks, text=known.marks.text, stamped=known.marks.stamped)
        return replace(known, marks=waiting), False
    in_a_row = 0
    if since < REST:
        in_a_row = known.updates
    told = in_a_row < IN_A_ROW
    return Known(known.uid, known.recorded, marks, in_a_row + told, now), told


def update_of(seen: Seen, known: Known) -> Item:
    """The newer text of a known entry, as a separate item."""
    item = seen.item
    stamped = seen.marks.stamped or item.when
    when = stamped
    if item.record is Record.MEMO:  # dated as the change that it is about
        when = item.when
    uid = f"{known.uid}@{stamped:%Y%m%dT%H%M%SZ}"
    return replace(item, uid=uid, updates=known.uid, when=when)


def all_at_once(told: int, known: int) -> bool:
    """Whether this many newer texts among the known entries mean that the feed itself changed."""
    return told > AT_ONCE and 2 * told > known


class _Candidates:
    """Kept entries that have not been recognised on the page yet."""

    def __init__(self, others: Iterable[Known]) -> None:
        self._by: defaultdict[Hashable, dict[str, Known]] = defaultdict(dict)
        self._saying: defaultdict[Hashable, dict[str, Known]] = defaultdict(dict)
        for known in others:
            self._saying[said(known.marks)][known.uid] = known
            for key in _keys(known.marks, known.recorded):
                self._by[key][known.uid] = known

    def take(self, seen: Seen, same: Callable[[Seen, Known], bool]) -> Known | None:
        """Remove and return the first candidate that is the same, or None."""
        for key in _keys(seen.marks, seen.item.when):
            for known in islice(self._by.get(key, {}).values(), MOST_ALIKE):
                if same(seen, known):
                    self._remove(known)
                    return known
        return None

    def only(self, words: Hashable) -> Known | None:
        """The only candidate with this text and time, or None."""
        saying = list(self._saying.get(words, {}).values())
        if len(saying) == 1:
            return saying[0]
        return None

    def _remove(self, known: Known) -> None:
        self._saying[said(known.marks)].pop(known.uid, None)
        for key in _keys(known.marks, known.recorded):
            self._by[key].pop(known.uid, None)


def _without(unknown: Iterable[Seen], found: Mapping[str, Known]) -> list[Seen]:
    return [seen for seen in unknown if seen.item.uid not in found]


def _taken(
    left: _Candidates, unknown: Iterable[Seen], same: Callable[[Seen, Known], bool]
) -> dict[str, Known]:
    found = {}
    for seen in unknown:
        known = left.take(seen, same)
        if known:
            found[seen.item.uid] = known
    return found


def _renamed(
    left: _Candidates, unknown: Sequence[Seen], found: Mapping[str, Known]
) -> dict[str, Known]:
    """The entries known by date and a unique title, if they explain most of a page of new uids."""
    titles = Counter(seen.marks.title for seen in unknown)
    named = [seen for seen in _without(unknown, found) if titles[seen.marks.title] == 1]
    renamed = _taken(left, named, is_same_name)
    most = 2 * (len(found) + len(renamed)) >= len(unknown)
    if most:
        return renamed
    return {}


def _corrected(
    left: _Candidates, page: Sequence[Seen], unknown: Sequence[Seen]
) -> dict[str, Known]:
    """The entries whose title and link were both corrected, but whose long text and date stayed."""
    texts = Counter(seen.marks.text for seen in page)
    times = Counter(said(seen.marks) for seen in unknown)
    found = {}
    for seen in unknown:
        if times[said(seen.marks)] != 1:
            continue
        known = left.only(said(seen.marks))
        if known is None:
            continue
        if not is_telling(seen):
            continue
        if sums.is_correction(seen, known, alone=texts[seen.marks.text] == 1):
            found[seen.item.uid] = known
    return found


def _others_where_places_count(
    edited: Mapping[str, Seen], known: Mapping[str, Known], moved: set[str]
) -> list[Seen]:
    """The edited entries that are others, on a page whose guids count positions."""
    found = []
    for uid, seen in edited.items():
        if uid in moved or not has_stayed(seen, known[uid]):
            found.append(seen)
    return found


def _others(
    page: Sequence[Seen], edited: Mapping[str, Seen], known: Mapping[str, Known]
) -> list[Seen]:
    """The edited entries that share nothing with the kept ones; none if all were rewritten."""
    texts = Counter(seen.marks.text for seen in page)
    found = []
    for uid, seen in edited.items():
        if is_another(seen, known[uid], alone=texts[seen.marks.text] == 1):
            found.append(seen)
    if _rewritten(found, known):
        return []
    return found


def _moved(
    page: Sequence[Seen],
    known: Mapping[str, Known],
    edited: Mapping[str, Seen],
    kept: Iterable[Known],
) -> set[str]:
    """The uids of the kept entries that are on the page under other uids."""
    here = {seen.item.uid for seen in page} - edited.keys()
    by_face: defaultdict[Hashable, set[str]] = defaultdict(set)
    for entry in kept:
        for face in faces(entry.marks):
            by_face[face].add(entry.uid)
    moved = set[str]()
    for seen in page:
        alike = (by_face.get(face, set()) for face in faces(seen.marks))
        then = set[str]().union(*alike) - here - {seen.item.uid}
        if seen.item.uid in edited:
            moved |= then
        elif seen.item.uid not in known:  # of new ids, those only that push others away
            moved |= then & edited.keys()
    return moved


def _rewritten(others: Sequence[Seen], known: Mapping[str, Known]) -> bool:
    """Whether a site rewrote its entries; not if each is later than all the kept ones."""
    if not all_at_once(len(others), len(known)):
        return False
    before = max(entry.marks.stamped for entry in known.values() if entry.marks.stamped)
    for seen in others:
        stamped = seen.marks.stamped
        if stamped is None or stamped <= before:
            return True
    return False


def _keys(marks: Marks, when: datetime) -> list[Hashable]:
    """The keys under which an entry is looked up, the most specific first."""
    keys: list[Hashable] = []
    if marks.link:
        keys += [(marks.link, marks.title), ("link", marks.link)]
    if marks.title:
        keys += [(marks.title, marks.stamped), (marks.title, when), ("title", marks.title)]
    return keys


def _later(here: datetime | None, then: datetime | None, now: datetime) -> datetime | None:
    """The date to keep: it only moves forward, because a server may have an older copy."""
    if here is None:
        return then
    if then is None:
        return here
    if here > now + AHEAD:
        return then
    return max(here, then)
