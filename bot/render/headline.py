"""The headline of a story: one plain sentence, with nothing that the text does not say."""

from __future__ import annotations

from bot.locales import N_, _
from bot.model import Change, Record, Story
from bot.render.blocks import short, term_list
from bot.render.excerpts import for_reader
from bot.render.labels import day, terms
from bot.render.statement import HEADLINE_CHARACTERS, statement_words
from bot.understand.stories import COVERAGE
from bot.verdicts import Excerpt, Statement, Verb

#: Characters that end a sentence.
_ENDS = (".", "!", "?", "…", "”", "“", "»", "’", "。")


def headline(story: Story, name: str, regions: frozenset[str] = frozenset()) -> str:
    """What happened, in one sentence, from the first passage that the reader is shown.

    A person's words about it take precedence. `regions` are the reader's, empty if unknown.
    """
    lead = story.lead
    if lead.record in COVERAGE:
        return _coverage(lead, name)
    told = lead.title if lead.record.told_by_people else _explained(story)
    if told:
        return _sentence(told)
    if lead.record is Record.FIRST and lead.effective:
        return _(
            "{name} announces a change of its {terms} for {day}.",
            name=name,
            terms=terms(lead.terms_type),
            day=day(lead.effective),
        )
    for excerpt in for_reader(lead, regions)[:1]:
        if said := excerpt.statement or _quoted(excerpt):
            return _sentence(statement_words(said, lead.language))
    return _("{name} changed its {terms}.", name=name, terms=terms(lead.terms_type))


def named_headline(story: Story, name: str, regions: frozenset[str] = frozenset()) -> str:
    """The headline with its subject: "LinkedIn · Privacy Policy: …"."""
    lead = story.lead
    said = headline(story, name, regions)
    if lead.record in COVERAGE or name in said:
        return said
    subject = name
    if lead.terms_type and not lead.record.told_by_people:
        subject = f"{name} · {short(terms(lead.terms_type))}"
    return _("{subject}: {headline}", subject=subject, headline=said)


def _quoted(excerpt: Excerpt) -> Statement | None:
    """The statement of a passage that an earlier release kept without one."""
    if excerpt.after:
        return Statement(Verb.SAYS, (excerpt.after,))
    if excerpt.before:
        return Statement(Verb.NO_LONGER_SAYS, (excerpt.before,))
    return None


def _explained(story: Story) -> str:
    """The title of the memo that explains a story, or ""."""
    for part in story.joined:
        if part.record is Record.MEMO and len(part.title) <= 2 * HEADLINE_CHARACTERS:
            return part.title
    return ""


def _sentence(words: str) -> str:
    if words.endswith(_ENDS):
        return words
    return f"{words}."


def _coverage(change: Change, name: str) -> str:
    """The headline that documents are not read, or are read again."""
    said = N_("I can no longer read {name}’s {terms} in the collection {collection}.")
    if change.record is Record.READ_AGAIN:
        said = N_("I can read {name}’s {terms} in the collection {collection} again.")
    names = term_list(change.terms_type)
    return _(said, name=name, terms=names, collection=change.collection)
