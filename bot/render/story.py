"""Stories in full: every passage that changed, page by page, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import _, content, locale, n_, spoken
from bot.message import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.naming import fold
from bot.render.alert import (
    explained,
    howto_button,
    lead_for,
    main_service,
    not_the_readers,
    sources,
    when,
    who,
)
from bot.render.blocks import bold, foreign, labelled, line, short, text, title
from bot.render.excerpts import for_reader, quote
from bot.render.headline import headline
from bot.render.labels import area, day, terms
from bot.render.local import Local
from bot.render.pages import as_a_page
from bot.render.reader import Reader
from bot.render.reminder import dated
from bot.understand.diff import pieces
from bot.verdicts import Excerpt, Origin, Reason

#: The most passages on a page, and their most characters together if there are several.
PAGE = 5
PAGE_CHARACTERS = 2_000
#: The most marked runs of words in a passage; Telegram takes a hundred per message.
MOST_MARKS = 12
#: The records of an event itself, without what others wrote about it.
RECORDED = (Record.CHANGE, Record.FIRST, Record.UPGRADE)


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of a story in reading order, cut into pages."""

    pages: tuple[tuple[Excerpt, ...], ...]

    @property
    def count(self) -> int:
        """The number of passages on all pages."""
        return sum(map(len, self.pages))

    def before(self, page: int) -> int:
        """The number of passages before a page; the first page is 1."""
        return sum(map(len, self.pages[: page - 1]))


def for_chat(story: Story, followed: tuple[str, ...], regions: frozenset[str]) -> Story:
    """The story as a chat reads it, led by the part that the chat is shown."""
    lead = lead_for(story, followed, regions)
    return Story(story.id, lead, tuple(part for part in story.parts if part is not lead))


def passages(story: Story, regions: frozenset[str]) -> Passages:
    """Every passage of a story, those of its first part before those of later ones.

    A passage that several records of the document share is listed once.
    """
    found: dict[tuple[str, str], Excerpt] = {}
    for part in story.parts:
        if part.record in RECORDED and part.terms_type == story.lead.terms_type:
            for excerpt in for_reader(part, regions):
                found.setdefault((fold(excerpt.before), fold(excerpt.after)), excerpt)
    every = tuple(found.values())
    cuts = cut_into_pages(list(map(length_of, every)), PAGE_CHARACTERS, PAGE)
    return Passages(tuple(every[cut] for cut in cuts))


def whole(
    story: Story, shown: Passages, page: int, reader: Reader, known: Catalogue, names: Names
) -> Message:
    """A page of a story; the first also says everything else known about it.

    `story` is as the chat reads it, `shown` its passages.
    """
    lead = story.lead
    service = main_service(story, ())
    name = names.label(service)
    blocks = [title(bold(f"{name} · {short(about(lead))}"))]
    if page > 1:
        blocks += _page(shown, page)
        return Message(tuple(blocks), (howto_button(service, reader.shared),))
    blocks += [
        *not_the_readers(lead, reader.regions),
        text(foreign(_said(story, name, reader.regions)), weight=60),
        *_facts(story, reader),
        *(_first(lead, shown) if shown.count else _nothing_shown(lead)),
        *_left_out(lead),
        *sources(story, Local(known, service, reader.regions), weight=KEEP),
    ]
    why = Action(_("Why this?"), f"why {story.id}")
    page_of_it = as_a_page(story.id, reader)
    return Message(tuple(blocks), (howto_button(service, reader.shared), why, *page_of_it))


def about(lead: Change) -> str:
    """The name of the document, or the kind of a story without one."""
    match lead.record:
        case Record.MEMO:
            return _("Memo")
        case Record.ARTICLE:
            return _("News")
        case Record.DEADLINE:
            return content(lead.title)
        case _:
            return terms(lead.terms_type) or _("News")


def cut_into_pages(lengths: Sequence[int], characters: int, most: int = 0) -> Iterator[slice]:
    """Slices of the items of each page, by their lengths: as many as fit, at least one.

    At most `most` items; 0 means any number.
    """
    start, room = 0, characters
    for place, length in enumerate(lengths):
        if place > start and (place - start == most or length > room):
            yield slice(start, place)
            start, room = place, characters
        room -= length
    if lengths:
        yield slice(start, len(lengths))


def length_of(excerpt: Excerpt) -> int:
    """The characters of both sides of a passage."""
    return len(excerpt.before) + len(excerpt.after)


def _said(story: Story, name: str, regions: frozenset[str]) -> str:
    """What happened, in a sentence."""
    if story.lead.record is Record.DEADLINE:
        said = dated(story.lead)
        return f"{said[:1].upper()}{said[1:]}"
    return headline(story, name, regions)


def _facts(story: Story, reader: Reader) -> Iterator[Block]:
    """Whom it concerns, since when, and what else belongs to the story."""
    lead = story.lead
    if lead.record is Record.DEADLINE:
        if lead.area is not None:
            yield labelled(_("Where:"), area(lead.area))
        return
    if lead.record.told_by_people:
        yield text(_("Published on {day}.", day=day(lead.recorded)))
    else:
        yield who(lead)
        yield when(lead, reader.today)
    yield from explained(story)
    for part in story.joined:
        if part.record is Record.TAKEN_BACK:
            yield text(_("Taken back on {day}.", day=day(part.recorded)))


def _first(lead: Change, shown: Passages) -> Iterator[Block]:
    """The first page of passages, with their language if the reader speaks another."""
    if lead.language and lead.language != spoken():
        named = str(locale().languages.get(lead.language, lead.language))
        yield text(_("Quoted in the language of the text: {language}.", language=named), weight=30)
    yield from _page(shown, 1)


def _page(shown: Passages, page: int) -> Iterator[Block]:
    """The passages of a page, each with its number and its area."""
    first = shown.before(page) + 1
    for number, excerpt in enumerate(shown.pages[page - 1], first):
        said = [_("Passage {number} of {count}", number=number, count=shown.count)]
        if excerpt.area is not None and (there := area(excerpt.area)):
            said.append(there)
        yield text(bold(" · ".join(said)))
        yield from _quoted(excerpt)


def _quoted(excerpt: Excerpt) -> Iterator[Block]:
    """A passage before and after, with the differences marked unless they are too many."""
    runs = chain(*pieces(excerpt.before, excerpt.after))
    if sum(run.differs for run in runs) <= MOST_MARKS:
        yield quote(excerpt, 40)
        return
    before = line(bold(_("Before:") + " "), foreign(excerpt.before))
    now = line(bold(_("Now:") + " "), foreign(excerpt.after))
    yield Block("quote", (before, now), 40)


def why_nothing(lead: Change) -> str:
    """Why a story shows no passage, or "" for the date of a control."""
    if lead.record is Record.DEADLINE:
        return ""
    if lead.record.told_by_people:
        return _("Somebody wrote this about the terms; it is no part of their text.")
    if Reason(Origin.UNREAD) in lead.why:
        return _("The text could not be fetched, so I cannot show what changed in it.")
    return _("I have kept no passage of this change.")


def _nothing_shown(lead: Change) -> Iterator[Block]:
    if said := why_nothing(lead):
        yield text(said)


def _left_out(lead: Change) -> Iterator[Block]:
    """The number of passages that only the source has."""
    if lead.unshown:
        yield text(
            n_(
                "{count} more passage changed; only the source has it.",
                "{count} more passages changed; only the source has them.",
                lead.unshown,
            )
        )
