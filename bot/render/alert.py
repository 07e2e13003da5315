"""Alerts: what changed in a story, whom it concerns, since when, and how to opt out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.locales import N_, _
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Change, Record, Story
from bot.regions import EUROPE, area_of
from bot.render.blocks import (
    bold,
    fill,
    foreign,
    labelled,
    link,
    linkable,
    note,
    short,
    text,
    title,
)
from bot.render.excerpts import for_reader, how_much, quote
from bot.render.fit import fit
from bot.render.headline import headline
from bot.render.labels import area, day, in_days, join, moment, places, terms
from bot.render.local import Local
from bot.render.opt_out import Way, is_open, opt_out
from bot.render.pages import what_changed
from bot.render.reader import Reader
from bot.verdicts import Excerpt, Readers

#: First sentence for people in Europe about a text that is not theirs.
ELSEWHERE = N_(
    "This is the text for people outside Europe; the one for Europe need not have changed."
)
#: First sentence for people elsewhere about the text for Europe.
IN_EUROPE = N_("This is the text for people in Europe; where you live another one may hold.")
#: Characters that fit on the screen of a phone.
SCREEN_CHARACTERS = 850
#: The most passages of an alert, and the weight of each if there is no room for all.
SHOWN = 3
_WEIGHTS = (80, 14, 6)
#: Characters of each side of a rewording in a short alert.
SIDE_CHARACTERS = 170
#: The most places that are named.
PLACES = 4


def alert(
    story: Story,
    followed: tuple[str, ...],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Sequence[Story] = (),
) -> Message:
    """The alert for a chat. `followed` are its services that the story is about.

    `touched` are stories that put a control in doubt.
    """
    service = main_service(story, followed)
    name = names.label(service)
    lead = lead_for(story, followed, reader.regions)
    story = Story(story.id, lead, tuple(part for part in story.parts if part is not lead))
    subjects = join([names.label(each) for each in followed or (service,)])
    shown = for_reader(lead, reader.regions)[:SHOWN]
    way = Way(service, reader, known, names, (story, *touched))
    blocks = [
        title(bold(f"{subjects} · {_about(lead, reader.regions)}")),
        *not_the_readers(lead, reader.regions),
        *taken_back(story),
        text(foreign(headline(story, name, reader.regions)), weight=90),
        *_summary(lead),
        *_quotes(shown, reader.full),
        _for_whom(lead, shown),
        when(lead, reader.today),
        *opt_out(story, shown, way),
        *_reworded(story, name),
        *explained(story),
        *sources(story, Local(known, service, reader.regions), weight=20),
        note(way_out(name, service), weight=KEEP),
    ]
    buttons = list(actions(story, service, reader))
    is_ahead = lead.effective is not None and lead.effective > reader.today
    if not reader.shared and (is_ahead or is_open(story, shown, way)):
        buttons += answers(story.id)
    said = Message(tuple(blocks), tuple(buttons), private=False)
    if not reader.full:
        said = fit(said, lambda shorter: len(shorter.text), SCREEN_CHARACTERS)
    return replace(said, blocks=tuple(_with_how_much(said.blocks, lead)))


def _with_how_much(blocks: Sequence[Block], lead: Change) -> Iterator[Block]:
    """The blocks, with the number of passages after the last quote."""
    quotes = [number for number, block in enumerate(blocks) if block.kind == "quote"]
    for number, block in enumerate(blocks):
        yield block
        if quotes and number == quotes[-1]:
            yield from how_much(lead, len(quotes))


def taken_back(story: Story) -> Iterator[Block]:
    """The notice that the service undid the change, if it did."""
    if story.taken_back is not None:
        said = _(
            "Taken back on {day}: what follows is no longer in the text. There is nothing to do.",
            day=day(story.taken_back),
        )
        yield text(bold(said))


def _reworded(story: Story, name: str) -> Iterator[Block]:
    """The newest wording of the change, if the service has changed it since."""
    newest = [part for part in story.joined if part.record is Record.CHANGE and part.excerpts]
    for part in newest[-1:]:
        if part.terms_type == story.lead.terms_type:
            yield text(_("{name} has reworded a change since:", name=name), weight=70)
            yield quote(part.excerpts[0], 70, SIDE_CHARACTERS)


def _quotes(shown: Sequence[Excerpt], full: bool) -> Iterator[Block]:
    """The passages as quotes; in a short alert, each side is cut around the difference."""
    for excerpt, weight in zip(shown, _WEIGHTS, strict=False):
        yield quote(excerpt, weight, 0 if full else SIDE_CHARACTERS)


def _about(lead: Change, regions: frozenset[str]) -> str:
    """The name of the terms, and whether they are for outside Europe."""
    about = short(terms(lead.terms_type)) or _("News")
    if is_elsewhere(lead, regions):
        about = f"{about} · " + _("outside Europe")
    return about


def about_some(story: Story, services: Collection[str]) -> tuple[str, ...]:
    """The services that a story is about, of those given."""
    named = dict.fromkeys(service for part in story.parts for service in part.services)
    return tuple(service for service in named if service in services)


def main_service(story: Story, followed: tuple[str, ...]) -> str:
    """The service that a message about a story is about: the first that the chat follows."""
    if followed:
        return followed[0]
    return story.lead.services[0]


def lead_for(
    story: Story, followed: tuple[str, ...], regions: frozenset[str] = frozenset()
) -> Change:
    """The part of a story that a chat is shown.

    If services share their terms, it is the record of a service that the chat follows. People in
    Europe are shown the part of their own text, if there is one.
    """
    shown = [part for part in story.parts if part.record is story.lead.record]
    mine = [part for part in shown if set(part.services) & set(followed)] or shown
    if are_in_europe(regions):
        for part in mine:
            if part.readers is not Readers.ELSEWHERE:
                return part
    return mine[0]


def are_in_europe(regions: frozenset[str]) -> bool:
    """Whether any of the reader's regions is in Europe, or none is known."""
    return not regions or bool(area_of(regions) & EUROPE)


def is_elsewhere(change: Change, regions: frozenset[str]) -> bool:
    """Whether a reader in Europe reads about a text that is not for people there."""
    return change.readers is Readers.ELSEWHERE and are_in_europe(regions)


def not_the_readers(change: Change, regions: frozenset[str] = frozenset()) -> Iterator[Block]:
    """The notice that a text is not the reader's: for people outside Europe, or in it."""
    if is_elsewhere(change, regions):
        yield text(_(ELSEWHERE), weight=KEEP)
    elif change.readers is Readers.EUROPE and not are_in_europe(regions):
        yield text(_(IN_EUROPE), weight=KEEP)


def way_out(name: str, service: str) -> str:
    """The sentence on how to unsubscribe from a service."""
    command = f"/unsubscribe {service}"
    return _("To stop hearing about {name}: {command}", name=name, command=command)


def answers(story_id: int) -> tuple[Action, Action]:
    """The two buttons that end a story's to-do and its reminders."""
    return Action(_("Done"), f"done {story_id}"), Action(_("Not for me"), f"dismiss {story_id}")


def howto_button(service: str, shared: bool) -> Action:
    """The button to the how-to; in a `shared` chat each person presses it for themselves."""
    label = _("This concerns me") if shared else _("How to opt out")
    return Action(label, f"howto {service}", personal=True)


def actions(story: Story, service: str, reader: Reader) -> tuple[Action, ...]:
    """The buttons below an alert; the first leads to the how-to."""
    return (
        howto_button(service, reader.shared),
        what_changed(story.id, reader),
        Action(_("Why this?"), f"why {story.id}"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
    )


def _summary(change: Change) -> Iterator[Block]:
    if change.summary:
        said = foreign(change.summary)
        yield labelled(_("In short, written by a machine:"), said, weight=15)


def _for_whom(lead: Change, shown: Sequence[Excerpt]) -> Block:
    """Whom the first passage is for, if it says so; else whom the change names."""
    there = shown[0].area if shown else None
    if there is None or not there <= EUROPE:
        return who(lead)
    return labelled(_("Who:"), _("this passage is for {places}.", places=area(there)), weight=30)


def who(change: Change) -> Block:
    """Whom the text names, or that it does not say."""
    if change.area is not None:
        said = _("the text names {places}.", places=area(change.area))
    elif len(change.places) > PLACES:
        said = _("everyone who follows it: the text names many places.")
    elif change.places:
        said = _(
            "everyone who follows it: the text names {places}, but not only these.",
            places=places(change.places),
        )
    else:
        said = _("everyone who follows it: the text names no place.")
    return labelled(_("Who:"), said, weight=30)


def when(change: Change, today: date) -> Block:
    """Since or from when it is in force, and when it was recorded."""
    recorded, effective = moment(change.recorded), change.effective
    if effective is None:
        words = fill(_("recorded on {recorded}; the text gives no date."), recorded=recorded)
    elif effective <= today:
        words = fill(
            _("in force since {day}; recorded on {recorded}."),
            day=moment(effective),
            recorded=recorded,
        )
    else:
        words = fill(
            _("from {day} ({left}); recorded on {recorded}."),
            day=moment(effective),
            left=in_days((effective - today).days),
            recorded=recorded,
        )
    return labelled(_("When:"), *words, weight=40)


def explained(story: Story) -> Iterator[Block]:
    """Links to the memos and articles about it."""
    for part in story.joined:
        if not linkable(part.link):
            continue
        if part.record is Record.MEMO:
            whose = _("Explained by Open Terms Archive:")
        elif part.record is Record.ARTICLE:
            whose = _("In the news:")
        else:
            continue
        yield labelled(whose, link(part.title, part.link), weight=25)


def sources(story: Story, local: Local, weight: int) -> Iterator[Block]:
    """Links to the record and to the current document, if there are any."""
    lead = story.lead
    found: list[Span] = []
    if linkable(lead.link):
        where = _("the source")
        if lead.record is Record.CHANGE:
            where = _("the change at Open Terms Archive")
        found.append(link(where, lead.link))
    document, remark = local.document(lead.terms_type, lead.collection)
    if linkable(document):
        found.append(link(short(terms(lead.terms_type)) + remark, document))
    parts: list[Span | str] = [_("Sources:") + " "]
    for number, span in enumerate(found):
        if number:
            parts.append(" · ")
        parts.append(span)
    if found:
        yield note(*parts, weight=weight)
