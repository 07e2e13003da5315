"""Which entries of a page were seen before under another name, and which are newer texts of one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from bot.model import Item, Record
from bot.understand import marks as sums
from bot.understand.marks import AHEAD, Known, Marks, Seen, faces, is_telling, said

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


def recognised(
    page: Sequence[Seen], known: Iterable[str], others: Iterable[Known]
) -> dict[str, Known]:
    """The kept entries that came back under other uids, by the uid of today.

    `known` are the uids of the page that were seen before, `others` kept entries that are not on
    the page under their own uids. Each of them comes back once at most.
    """
    by_uid, left = frozenset(known), _Left(others)
    unknown = [seen for seen in page if seen.item.uid not in by_uid]
    links = Counter(seen.marks.link for seen in page)
    found = _taken(
        left, unknown, lambda seen, known: _same(seen, known, links[seen.marks.link] == 1)
    )
    if not by_uid and len(unknown) >= A_PAGE:
        found |= _renamed(left, unknown, found)
    placed = [s for s in unknown if s.item.uid not in found and sums.is_placed(s.item.uid)]
    found |= _taken(left, placed, _same_placed)
    return found | _corrected(left, page, [seen for seen in unknown if seen.item.uid not in found])


def doubtful(page: Sequence[Seen], known: Mapping[str, Known]) -> list[Seen]:
    """Entries under known uids that have neither the title nor a page of their own in common with
    what was kept under those: edited, or others.
    """
    links = Counter(seen.marks.link for seen in page)
    written = [(seen, known[seen.item.uid]) for seen in page if seen.item.uid in known]
    return [seen for seen, then in written if _differs(seen, then, links[seen.marks.link] == 1)]


def strangers(
    page: Sequence[Seen],
    known: Mapping[str, Known],
    kept: Iterable[Known],
) -> dict[str, Seen]:
    """The entries that stand under others' uids, with uids of their own, by the uids of today.

    Some guids count places: the newest is always 1. `kept` are entries that could be on the page.
    Where one of them stands under another uid than before, the page does so, and whatever differs
    from what had its uid is another entry. Elsewhere its date and text have to be others, too.
    """
    edited = {seen.item.uid: seen for seen in doubtful(page, known)}
    moved = _moved(page, known, edited, kept)
    if moved:
        others = [s for uid, s in edited.items() if uid in moved or not _stayed(s, known[uid])]
    else:
        texts = Counter(seen.marks.text for seen in page)
        alone = {uid: texts[seen.marks.text] == 1 for uid, seen in edited.items()}
        others = [s for uid, s in edited.items() if _is_another(s, known[uid], alone[uid])]
        others = [] if _rewritten(others, known) else others
    return {seen.item.uid: sums.named_by_marks(seen) for seen in others}


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
        self._saying: defaultdict[Hashable, dict[str, Known]] = defaultdict(dict)
        for known in others:
            self._saying[said(known.marks)][known.uid] = known
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

    def only(self, words: Hashable) -> Known | None:
        """The one that said this at that time; None where there are several."""
        saying = list(self._saying.get(words, {}).values())
        return saying[0] if len(saying) == 1 else None

    def _remove(self, known: Known) -> None:
        self._saying[said(known.marks)].pop(known.uid, None)
        for key in _keys(known.marks, known.recorded):
            self._by[key].pop(known.uid, None)


def _taken(
    left: _Left, unknown: Iterable[Seen], same: Callable[[Seen, Known], bool]
) -> dict[str, Known]:
    tried = ((seen.item.uid, left.take(seen, same)) for seen in unknown)
    return {uid: known for uid, known in tried if known}


def _renamed(left: _Left, unknown: Sequence[Seen], found: Mapping[str, Known]) -> dict[str, Known]:
    """Of a whole page of new names, those that are known by the date and a title of their own."""
    titles = Counter(seen.marks.title for seen in unknown)
    named = [s for s in unknown if titles[s.marks.title] == 1 and s.item.uid not in found]
    renamed = _taken(left, named, _same_name)
    return renamed if 2 * (len(found) + len(renamed)) >= len(unknown) else {}


def _corrected(left: _Left, page: Sequence[Seen], unknown: Sequence[Seen]) -> dict[str, Known]:
    """Those of which title and address were corrected together; a long text and its second stay."""
    texts = Counter(seen.marks.text for seen in page)
    times = Counter(said(seen.marks) for seen in unknown)
    found = {}
    for seen in unknown:
        alone = texts[seen.marks.text] == 1
        known = left.only(said(seen.marks)) if times[said(seen.marks)] == 1 else None
        if known and is_telling(seen) and sums.is_correction(seen, known, alone):
            found[seen.item.uid] = known
    return found


def _differs(seen: Seen, known: Known, alone: bool) -> bool:
    here, then = seen.marks, known.marks
    retitled = None not in (here.title, then.title) and here.title != then.title
    return retitled and (here.link is None or here.link != then.link or not alone)


def _moved(
    page: Sequence[Seen],
    known: Mapping[str, Known],
    edited: Mapping[str, Seen],
    kept: Iterable[Known],
) -> set[str]:
    """The uids of the kept entries that stand on the page under other uids."""
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


def _stayed(seen: Seen, known: Known) -> bool:
    """Whether an entry is at least dated and worded as the one that had its uid."""
    return seen.marks.text is not None and said(seen.marks) == said(known.marks)


def _is_another(seen: Seen, known: Known, alone: bool) -> bool:
    """Whether nothing of an entry is as it was under its uid; what it lacks says nothing.

    `alone`: no other entry has its text. Under a mere number, a text that says little may stay.
    """
    here, then = seen.marks, known.marks
    if None in (here.link, then.link, here.stamped, then.stamped) or here.link == then.link:
        return False
    if here.text != then.text:
        return here.stamped != then.stamped
    counted = re.fullmatch(r"\d{1,3}", seen.item.uid.partition(":")[2])
    return bool(counted) and not (alone and is_telling(seen)) and _is_later(here, then)


def _rewritten(others: Sequence[Seen], known: Mapping[str, Known]) -> bool:
    """Whether a site wrote its entries anew; not where each is later than all that were there."""
    if not all_at_once(len(others), len(known)):
        return False
    before = max(entry.marks.stamped for entry in known.values() if entry.marks.stamped)
    return any(seen.marks.stamped is None or seen.marks.stamped <= before for seen in others)


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
        return title or text or _same_day(seen, known)
    return title and (text or bare or _same_day(seen, known, ZONES))


def _same_name(seen: Seen, known: Known) -> bool:
    here, then = seen.marks, known.marks
    undated = not here.stamped and not then.stamped
    same = here.title is not None and here.title == then.title
    return same and (undated or _same_day(seen, known))


def _same_placed(seen: Seen, known: Known) -> bool:
    """For entries named by their marks: a link or a text may be new at every request."""
    dated = known.marks.stamped is not None
    return dated and sums.is_placed(known.uid) and _same_name(seen, known)


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


def _is_later(here: Marks, then: Marks) -> bool:
    return here.stamped is not None and then.stamped is not None and here.stamped > then.stamped


def _later(here: datetime | None, then: datetime | None, now: datetime) -> datetime | None:
    """A date only moves forward, so that a server with an older copy starts nothing."""
    if here is None or (then is not None and here > now + AHEAD):
        return then
    return here if then is None else max(here, then)
