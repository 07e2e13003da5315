"""Which story a change, a memo or an article belongs to, if it has been told already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.model import Change, Record, Story

#: How far apart two records of the same event can lie.
SAME_CHANGE = timedelta(days=21)
MEMO_ABOUT = timedelta(days=45)
ARTICLE_ABOUT = timedelta(days=90)
#: The share of new sentences that two records of one change have in common.
ALIKE = 0.5
TOLD_BY_PEOPLE = (Record.MEMO, Record.ARTICLE)


def story_of(change: Change, stories: Iterable[Story]) -> Story | None:
    """The story that this is another part of, or None where it starts one. The newest match wins."""
    candidates = [story for story in stories if set(story.lead.services) & set(change.services)]
    for rule in (_names_its_commit, _same_text, _same_event):
        matches = [story for story in candidates if rule(change, story)]
        if matches:
            return max(matches, key=lambda story: (_shared_topics(change, story), story.lead.recorded))
    return None


def _names_its_commit(change: Change, story: Story) -> bool:
    """A memo links the commit it explains; in any order of arrival."""
    ours, theirs = {change.uid, *change.commits}, {uid for p in story.parts for uid in (p.uid, *p.commits)}
    return bool(ours & theirs)


def _same_text(change: Change, story: Story) -> bool:
    """The same terms seen by two collections: different commits, the same new sentences."""
    if change.record is not Record.CHANGE or change.terms_type != story.lead.terms_type:
        return False
    if abs(change.recorded - story.lead.recorded) > SAME_CHANGE:
        return False
    ours = set(change.fingerprint)
    return any(len(ours & set(p.fingerprint)) >= ALIKE * max(len(ours), 1) for p in story.parts if p.fingerprint)


def _same_event(change: Change, story: Story) -> bool:
    """A memo or an article about what we told, or a change that people announced before it was recorded."""
    by_people = change.record in TOLD_BY_PEOPLE
    if not by_people and story.lead.record not in TOLD_BY_PEOPLE:
        return False  # two recorded changes are one only by their text
    named = {*change.terms_type.split(", ")} & {*story.lead.terms_type.split(", ")} - {""}
    apart = min(abs(_day(change, when) - _day(story.lead, when)) for when in ("recorded", "effective"))
    if change.record is Record.MEMO and named:
        return apart <= timedelta(days=3)
    same_day = change.effective is not None and change.effective == story.lead.effective
    if by_people:
        limit = MEMO_ABOUT if change.record is Record.MEMO else ARTICLE_ABOUT
        return _shared_topics(change, story) > 0 and (same_day or (apart <= limit and not _dates_differ(change, story)))
    return same_day and _shared_topics(change, story) > 0


def _dates_differ(change: Change, story: Story) -> bool:
    days = (change.effective, story.lead.effective)
    return None not in days and days[0] != days[1]


def _day(change: Change, when: str) -> timedelta:
    day = change.effective if when == "effective" and change.effective else change.recorded.date()
    return timedelta(days=day.toordinal())


def _shared_topics(change: Change, story: Story) -> int:
    return len(set(change.topics) & {topic for part in story.parts for topic in part.topics})
