"""The story that a change, a memo or an article belongs to, if it has been told already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.model import Change, Record, Story
from bot.understand.document import sentences
from bot.understand.memory import Held
from bot.verdicts import Doubt, Origin, Reason, Verdict, Way

#: Older stories are not searched for one that a part joins.
MEMORY = timedelta(days=180)
#: How far apart two records of one event can be.
SAME_CHANGE = timedelta(days=21)
MEMO_ABOUT = timedelta(days=45)
ARTICLE_ABOUT = timedelta(days=90)
#: The share of new sentences that two records of one change have in common.
ALIKE = 0.5
#: A story is void if at most this share of its sentences is left
GONE = 0.2
#: within this time; later it is a new change.
VOID_WITHIN = timedelta(days=60)
#: A memo that names the terms of a story is about it within this time.
MEMO_OF_TERMS = timedelta(days=3)
TOLD_BY_PEOPLE = [record for record in Record if record.told_by_people]
#: Records about the reading itself, not about the terms.
COVERAGE = (Record.UNREAD, Record.READ_AGAIN)


@dataclass(frozen=True, slots=True)
class Mark:
    """The id of the `newest` story of some services near a date; any newer one was told later."""

    services: tuple[str, ...]
    when: datetime
    newest: int


def story_from(story_id: int, changes: Iterable[Change]) -> Story:
    """A story of changes, one of which leads.

    The first recorded change leads; memos and articles explain it.
    """
    by_people = {Record.TAKEN_BACK: 1, Record.MEMO: 2, Record.ARTICLE: 3}

    def place(change: Change) -> tuple[int, datetime, str]:
        """The sort key of a change in its story."""
        return by_people.get(change.record, 0), change.recorded, change.uid

    lead, *joined = sorted(changes, key=place)
    return Story(story_id, lead, tuple(joined))


def could_join(services: Sequence[str], when: datetime, story: Story) -> bool:
    """Whether a part about these services, dated `when`, can belong to a story."""
    if not is_event(story):
        return False
    if abs(story.lead.recorded - when) > MEMORY:
        return False
    return bool(_services(story) & set(services))


def told_to_all(story: Story) -> bool:
    """Whether a story is told to everyone it concerns.

    Dates of the catalogue are not events, and small edits go only to those who ask for them.
    """
    if story.lead.record is Record.DEADLINE:
        return False
    return story.lead.verdict is not Verdict.MINOR


def is_event(story: Story) -> bool:
    """Whether other parts can be about the same event.

    A lost document explains no change.
    """
    if not told_to_all(story):
        return False
    return story.lead.record not in COVERAGE


def story_of(change: Change, stories: Iterable[Story]) -> Story | None:
    """The story that a change is another part of (the newest match), or None if it starts one."""
    known = list(stories)
    about = [story for story in known if _services(story) & set(change.services)]
    for rule, candidates in (
        (_updates, known),
        (_names_its_commit, about),
        (_same_text, known),
        (_same_event, about),
    ):
        matches = [story for story in candidates if rule(change, story)]
        if matches:
            return _likest(change, matches)
    return None


def worth_a_note(story: Story, part: Change) -> bool:
    """Whether chats that were told the story hear of a part that joins it.

    They hear of its first explanation, a newer text of what they were told, a more urgent change,
    and a correction or reversal by the service. The same text seen elsewhere adds nothing.
    """
    if _updates(part, story) or presses(part, story):
        return True
    if part.record.told_by_people:
        return not any(story.has(record) for record in TOLD_BY_PEOPLE)
    if part.record is Record.TAKEN_BACK:
        return True
    if not _same_document(part, story.lead):
        return False
    return not set(part.fingerprint) & set(story.lead.fingerprint)


def presses(part: Change, story: Story) -> bool:
    """Whether a recorded change is to be told at once, but its story was left for digests."""
    if not _is_recorded(part) or part.way is not Way.NOW:
        return False
    others = [each for each in story.parts if each.uid != part.uid and _is_recorded(each)]
    return bool(others) and all(each.way is not Way.NOW for each in others)


def _is_recorded(change: Change) -> bool:
    """Whether it was read from the texts, and adds to them."""
    return not change.record.told_by_people and change.record is not Record.TAKEN_BACK


def taken_back(
    change: Change, held: Held, stories: Iterable[Story], language: str
) -> Change | None:
    """The change as a note that a story is void; None if the document still bears it out."""
    for story in stories:
        lead = story.lead
        if not _could_be_void(change, story):
            continue
        now = {sentence.key for sentence in sentences(held.text, language)}
        left = len(now & set(lead.fingerprint))
        if left <= GONE * len(lead.fingerprint):
            return replace(
                change,
                record=Record.TAKEN_BACK,
                verdict=Verdict.MATERIAL,
                why=(Reason(Origin.VOID, (lead.recorded.date().isoformat(),)),),
                doubt=Doubt.TOLD_IS_GONE,
                gone=lead.fingerprint,
            )
    return None


def _likest(change: Change, stories: Iterable[Story]) -> Story:
    def likeness(story: Story) -> tuple[int, datetime]:
        """How much a story has in common with the change, and how new it is."""
        return _shared_topics(change, story), story.lead.recorded

    return max(stories, key=likeness)


def _updates(change: Change, story: Story) -> bool:
    """Whether a change is a newer text of a part that was told."""
    if not change.updates:
        return False
    return any(change.updates in (part.uid, part.updates) for part in story.parts)


def _names_its_commit(change: Change, story: Story) -> bool:
    """Whether a memo links the commit that it explains, in any order of arrival."""
    ours = {change.uid, *change.commits}
    return any(not ours.isdisjoint((part.uid, *part.commits)) for part in story.parts)


def _same_text(change: Change, story: Story) -> bool:
    """Whether a change has the same new sentences as a story, or new words about them.

    Two collections see the same terms, two documents of a service have the same ones, or several
    services of a company share them; and a service corrects what it just wrote.
    """
    if change.record.told_by_people:
        return False
    if abs(change.recorded - story.lead.recorded) > SAME_CHANGE:
        return False
    for part in story.parts:
        theirs = set(part.fingerprint)
        if _alike(set(change.fingerprint), theirs) or _alike(set(change.gone), theirs):
            return True
    return False


def _alike(keys: set[int], theirs: set[int]) -> bool:
    """Whether enough of some sentences are among theirs."""
    return bool(keys) and len(keys & theirs) >= ALIKE * len(keys)


def _could_be_void(change: Change, story: Story) -> bool:
    """Whether a change is of the document that a story is about, soon enough to undo it."""
    lead = story.lead
    if not lead.fingerprint:
        return False
    if story.has(Record.TAKEN_BACK):
        return False
    if not _same_document(change, lead):
        return False
    if lead.services != change.services:
        return False
    return change.recorded - lead.recorded <= VOID_WITHIN


def _same_document(one: Change, other: Change) -> bool:
    return (one.collection, one.terms_type) == (other.collection, other.terms_type)


def _services(story: Story) -> set[str]:
    return set[str]().union(*(part.services for part in story.parts))


def _same_event(change: Change, story: Story) -> bool:
    """Whether a memo or an article is about what was told, or announced what is recorded now."""
    by_people = change.record.told_by_people
    if not by_people and not story.lead.record.told_by_people:
        return False  # two recorded changes are the same only if their texts match
    if change.record is Record.MEMO and _shared_terms(change, story):
        return _apart(change, story) <= MEMO_OF_TERMS
    if not _shared_topics(change, story):
        return False
    if _take_effect_together(change, story.lead):
        return True
    return by_people and _is_in_time(change, story)


def _take_effect_together(one: Change, other: Change) -> bool:
    return one.effective is not None and one.effective == other.effective


def _is_in_time(change: Change, story: Story) -> bool:
    """Whether a memo or an article is near enough in time to be about a story."""
    if _dates_differ(change, story):
        return False
    if change.record is Record.MEMO:
        return _apart(change, story) <= MEMO_ABOUT
    return _apart(change, story) <= ARTICLE_ABOUT


def _shared_terms(change: Change, story: Story) -> set[str]:
    ours = set(change.terms_type.split(", "))
    theirs = set(story.lead.terms_type.split(", "))
    return ours & theirs - {""}


def _apart(change: Change, story: Story) -> timedelta:
    """The distance between the two in time, by recorded or effective days, whichever is less."""
    lead = story.lead
    recorded = abs(change.recorded.date() - lead.recorded.date())
    return min(recorded, abs(_day(change) - _day(lead)))


def _day(change: Change) -> date:
    """The effective date of a change, else the day it was recorded."""
    return change.effective or change.recorded.date()


def _dates_differ(change: Change, story: Story) -> bool:
    days = (change.effective, story.lead.effective)
    return None not in days and days[0] != days[1]


def _shared_topics(change: Change, story: Story) -> int:
    told = set[str]().union(*(part.topics for part in story.parts))
    return len(told.intersection(change.topics))
