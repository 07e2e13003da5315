"""Which story a change, a memo or an article belongs to, if it has been told already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Change, Held, Record, Story, Verdict
from bot.reasons import Doubt, Origin, Reason
from bot.understand.document import sentences

#: Stories older than this are not searched for a part that joins them.
MEMORY = timedelta(days=180)
#: How far apart two records of the same event can lie.
SAME_CHANGE = timedelta(days=21)
MEMO_ABOUT = timedelta(days=45)
ARTICLE_ABOUT = timedelta(days=90)
#: The share of new sentences that two records of one change have in common.
ALIKE = 0.5
#: A story is void where at most this share of its sentences is left, within this time; later it is a new change.
GONE, VOID_WITHIN = 0.2, timedelta(days=60)
TOLD_BY_PEOPLE = (Record.MEMO, Record.ARTICLE)
#: What is told of the reading itself, not of the terms.
COVERAGE = (Record.UNREAD, Record.READ_AGAIN)


def story_from(story_id: int, changes: Iterable[Change]) -> Story:
    """What the tracker recorded leads; memos and articles explain it. Of several records the first leads."""
    by_people = {Record.TAKEN_BACK: 1, Record.MEMO: 2, Record.ARTICLE: 3}
    ordered = sorted(
        changes, key=lambda change: (by_people.get(change.record, 0), change.recorded, change.uid)
    )
    return Story(story_id, ordered[0], tuple(ordered[1:]))


def could_join(services: Sequence[str], when: datetime, story: Story) -> bool:
    """Whether a part about these services, dated `when`, can belong to a story."""
    near = abs(story.lead.recorded - when) <= MEMORY
    return is_event(story) and near and bool(_services(story) & set(services))


def told_to_all(story: Story) -> bool:
    """Not the dates of the catalogue, which are no events, nor small edits, which only some ask for."""
    return story.lead.record is not Record.DEADLINE and story.lead.verdict is not Verdict.MINOR


def is_event(story: Story) -> bool:
    """Whether something else can be about the same: that a document is not read explains no change."""
    return told_to_all(story) and story.lead.record not in COVERAGE


def story_of(change: Change, stories: Iterable[Story]) -> Story | None:
    """The story that this is another part of, or None where it starts one. The newest match wins."""
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
            return max(
                matches, key=lambda story: (_shared_topics(change, story), story.lead.recorded)
            )
    return None


def _updates(change: Change, story: Story) -> bool:
    """A newer text of an entry belongs to what was told of it."""
    return bool(change.updates) and any(change.updates in (p.uid, p.updates) for p in story.parts)


def _names_its_commit(change: Change, story: Story) -> bool:
    """A memo links the commit it explains; in any order of arrival."""
    ours, theirs = (
        {change.uid, *change.commits},
        {uid for p in story.parts for uid in (p.uid, *p.commits)},
    )
    return bool(ours & theirs)


def _same_text(change: Change, story: Story) -> bool:
    """The same new sentences: the same terms seen by two collections, terms that two documents of a service
    hold, or that several services of one company share. Or new words about the sentences that were told:
    the service mends what it just wrote."""
    if change.record in TOLD_BY_PEOPLE or abs(change.recorded - story.lead.recorded) > SAME_CHANGE:
        return False
    ours, mended = set(change.fingerprint), set(change.gone)

    def same(part: Change) -> bool:
        theirs = set(part.fingerprint)
        return any(keys and len(keys & theirs) >= ALIKE * len(keys) for keys in (ours, mended))

    return any(same(part) for part in story.parts)


def worth_a_note(story: Story, part: Change) -> bool:
    """Whether those who were told the story hear of a part that joins it: its first explanation, a newer text of what
    they were told, and that the service mended or undid it. The same text seen elsewhere adds nothing."""
    if _updates(part, story):
        return True
    if part.record in TOLD_BY_PEOPLE:
        return not any(story.has(record) for record in TOLD_BY_PEOPLE)
    return part.record is Record.TAKEN_BACK or (
        _same_document(part, story.lead) and not set(part.fingerprint) & set(story.lead.fingerprint)
    )


def taken_back(
    change: Change, held: Held, stories: Iterable[Story], language: str
) -> Change | None:
    """The change as a note that a story is void, where the document no longer holds what was told of it."""
    for story in stories:
        lead = story.lead
        if not (
            _same_document(change, lead) and lead.services == change.services and lead.fingerprint
        ) or story.has(Record.TAKEN_BACK):
            continue
        now = {sentence.key for sentence in sentences(held.text, language)}
        if change.recorded - lead.recorded <= VOID_WITHIN and len(
            now & set(lead.fingerprint)
        ) <= GONE * len(lead.fingerprint):
            return replace(
                change,
                record=Record.TAKEN_BACK,
                verdict=Verdict.MATERIAL,
                why=(Reason(Origin.VOID, (lead.recorded.date().isoformat(),)),),
                doubt=Doubt.TOLD_IS_GONE,
                gone=lead.fingerprint,
            )
    return None


def _same_document(one: Change, other: Change) -> bool:
    return (one.collection, one.terms_type) == (other.collection, other.terms_type)


def _services(story: Story) -> set[str]:
    return {service for part in story.parts for service in part.services}


def _same_event(change: Change, story: Story) -> bool:
    """A memo or an article about what we told, or a change that people announced before it was recorded."""
    by_people = change.record in TOLD_BY_PEOPLE
    if not by_people and story.lead.record not in TOLD_BY_PEOPLE:
        return False  # two recorded changes are one only by their text
    named = {*change.terms_type.split(", ")} & {*story.lead.terms_type.split(", ")} - {""}
    apart = min(
        abs(_day(change, when) - _day(story.lead, when)) for when in ("recorded", "effective")
    )
    if change.record is Record.MEMO and named:
        return apart <= timedelta(days=3)
    same_day = change.effective is not None and change.effective == story.lead.effective
    if by_people:
        limit = MEMO_ABOUT if change.record is Record.MEMO else ARTICLE_ABOUT
        return _shared_topics(change, story) > 0 and (
            same_day or (apart <= limit and not _dates_differ(change, story))
        )
    return same_day and _shared_topics(change, story) > 0


def _dates_differ(change: Change, story: Story) -> bool:
    days = (change.effective, story.lead.effective)
    return None not in days and days[0] != days[1]


def _day(change: Change, when: str) -> timedelta:
    day = change.effective if when == "effective" and change.effective else change.recorded.date()
    return timedelta(days=day.toordinal())


def _shared_topics(change: Change, story: Story) -> int:
    return len(set(change.topics) & {topic for part in story.parts for topic in part.topics})
