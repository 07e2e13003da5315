"""A story for a chat: what changed, whom it concerns, since when, and how to opt out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.catalogue import Catalogue
from bot.catalogue.names import Names
from bot.catalogue.offered import control_for
from bot.locales import N_, _
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Change, Record, Story
from bot.regions import EUROPE, area_of
from bot.render.blocks import bold, fill, labelled, line, link, note, short, text, title
from bot.render.control import way_to_opt_out
from bot.render.headline import headline
from bot.render.labels import area, in_days, join, moment, places, terms
from bot.render.local import Local
from bot.render.reader import Reader
from bot.understand.diff import Piece, pieces
from bot.verdicts import Excerpt, Link, Readers

#: What people in Europe are told first of a change of a text that is not theirs.
ELSEWHERE = N_(
    "This is the text for people outside Europe; the one for Europe need not have changed."
)
#: Characters. A longer address is left out: what must be kept has to stay small.
MAX_URL = 400


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
    about = short(terms(lead.terms_type)) or _("News")
    if is_elsewhere(lead, reader.regions):
        about = f"{about} · " + _("outside Europe")
    blocks = [
        title(bold(f"{subjects} · {about}")),
        *not_for_europe(lead, reader.regions),
        text(headline(story, name), weight=60),
        *_summary(lead),
        *quotes(lead, limit=3, weight=5),
        who(lead),
        when(lead, reader.today),
        *_opt_out(story, service, names, reader.regions, known, (story, *touched)),
        *explained(story),
        note(*sources(story, Local(known, service, reader.regions)), weight=20),
        note(way_out(name, service), weight=KEEP),
    ]
    buttons = list(actions(story, service, reader.shared))
    is_ahead = lead.effective is not None and lead.effective > reader.today
    if is_ahead and not reader.shared:
        buttons += answers(story.id)
    return Message(tuple(blocks), tuple(buttons), private=False)


def main_service(story: Story, followed: tuple[str, ...]) -> str:
    """The service that a message about a story speaks of: the first that the chat follows."""
    if followed:
        return followed[0]
    return story.lead.services[0]


def lead_for(
    story: Story, followed: tuple[str, ...], regions: frozenset[str] = frozenset()
) -> Change:
    """The part that a chat is shown.

    Where services share their terms, it is the record of a service that the chat follows. People in
    Europe are shown their own text, where the same came to it too.
    """
    shown = [part for part in story.parts if part.record is story.lead.record]
    mine = [part for part in shown if set(part.services) & set(followed)] or shown
    if are_in_europe(regions):
        for part in mine:
            if part.readers is not Readers.ELSEWHERE:
                return part
    return mine[0]


def are_in_europe(regions: frozenset[str]) -> bool:
    """Whether some of a reader's regions are in Europe, or none is known."""
    return not regions or bool(area_of(regions) & EUROPE)


def is_elsewhere(change: Change, regions: frozenset[str]) -> bool:
    """Whether a reader in Europe reads of a text that is not the one for people there."""
    return change.readers is Readers.ELSEWHERE and are_in_europe(regions)


def not_for_europe(change: Change, regions: frozenset[str] = frozenset()) -> Iterator[Block]:
    """That a text is not the one for people in Europe, where they read of it."""
    if is_elsewhere(change, regions):
        yield text(_(ELSEWHERE), weight=KEEP)


def way_out(name: str, service: str) -> str:
    """The sentence that says how to hear no more of a service."""
    command = f"/unsubscribe {service}"
    return _("To stop hearing about {name}: {command}", name=name, command=command)


def answers(story_id: int) -> tuple[Action, Action]:
    """The two buttons that end the reminders of a story."""
    return Action(_("Done"), f"done {story_id}"), Action(_("Not for me"), f"dismiss {story_id}")


def howto_button(service: str, shared: bool) -> Action:
    """The button to the how-to; in a `shared` chat each person presses it for themselves."""
    label = _("This concerns me") if shared else _("How to opt out")
    return Action(label, f"howto {service}", personal=True)


def actions(story: Story, service: str, shared: bool = False) -> tuple[Action, ...]:
    """The buttons below an alert; the first leads to the how-to."""
    return (
        howto_button(service, shared),
        Action(_("What changed"), f"story {story.id}"),
        Action(_("Why this?"), f"why {story.id}"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
    )


def quotes(change: Change, limit: int, weight: int) -> Iterator[Block]:
    """The first `limit` telling pairs, before and after."""
    for excerpt in change.excerpts[:limit]:
        yield Block("quote", tuple(_sides(excerpt)), weight)


def linkable(url: str) -> bool:
    """Whether there is an address, and it is short enough to be kept."""
    return 0 < len(url) <= MAX_URL


def links_of(story: Story) -> list[Link]:
    """The links to a way of opting out that the changed texts give themselves."""
    return [link for part in story.parts for link in part.links if len(link.url) <= MAX_URL]


def _summary(change: Change) -> Iterator[Block]:
    if change.summary:
        yield labelled(_("In short, written by a machine:"), change.summary, weight=15)


def _sides(excerpt: Excerpt) -> Iterator[tuple[Span, ...]]:
    """Before and after, told apart by words as well as by style: screen readers read no style."""
    old, new = pieces(excerpt.before, excerpt.after)
    if excerpt.before and excerpt.after:
        yield line(bold(_("Before:") + " "), *_marked(old, "strike"))
        yield line(bold(_("Now:") + " "), *_marked(new, "bold"))
    elif excerpt.after:
        yield line(bold(_("New:") + " "), *_marked(new, ""))
    elif excerpt.before:
        yield line(bold(_("Before:") + " "), *_marked(old, ""))
        yield line(bold(_("Now:") + " "), _("this is gone."))


def _marked(parts: Sequence[Piece], style: str) -> Iterator[Span]:
    """Runs of words; those that differ have the style."""
    for number, piece in enumerate(parts):
        space = " " if number else ""
        yield Span(space + piece.text, style if piece.differs else "")


def who(change: Change) -> Block:
    """Whom the text names; else that it does not say."""
    if change.area is not None:
        said = _("The text names: {places}.", places=area(change.area))
    elif change.places:
        said = _(
            "It names {places}, but not only; so everyone who follows this service is told.",
            places=places(change.places[:8]),
        )
    else:
        said = _("The text does not say, so everyone who follows this service is told.")
    return labelled(_("Who:"), said, weight=30)


def when(change: Change, today: date) -> Block:
    """Since when it is in force, or from when, and when it was recorded."""
    recorded, effective = moment(change.recorded), change.effective
    if effective is None:
        words = fill(_("Recorded on {recorded}; the text gives no date."), recorded=recorded)
    elif effective <= today:
        words = fill(
            _("In force since {day}; recorded on {recorded}."),
            day=moment(effective),
            recorded=recorded,
        )
    else:
        words = fill(
            _("From {day} ({left}); recorded on {recorded}."),
            day=moment(effective),
            left=in_days((effective - today).days),
            recorded=recorded,
        )
    return labelled(_("When:"), *words, weight=40)


def _opt_out(
    story: Story,
    service: str,
    names: Names,
    regions: frozenset[str],
    known: Catalogue,
    touched: Sequence[Story],
) -> Iterator[Block]:
    """The control for what changed if we know it, else the links in the text, else a plain no."""
    if control := control_for(story, service, regions, known):
        local = Local(known, service, regions)
        yield from way_to_opt_out(local.control(control), touched, local)
        return
    if found := links_of(story):
        said = _("We have no checked steps for this change; the text itself links:")
        yield labelled(_("How to opt out:"), said)
        lines = [line(link(short(each.label) or each.url, each.url)) for each in found[:3]]
        yield Block("list", tuple(lines), KEEP)
        return
    said = _("No opt-out is known for this change.")
    if known.guide(service):
        said += " " + _(
            "What {name} lets you switch off: {command}",
            name=names.label(service),
            command=f"/howto {service}",
        )
    yield labelled(_("How to opt out:"), said)


def explained(story: Story) -> Iterator[Block]:
    """What others wrote about it."""
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


def sources(story: Story, local: Local) -> tuple[Span | str, ...]:
    """Links to what was recorded and to the document as it is now."""
    lead = story.lead
    found: list[Span] = []
    if linkable(lead.link):
        where = _("the source")
        if lead.record is Record.CHANGE:
            where = _("the change at Open Terms Archive")
        found.append(link(where, lead.link))
    document, remark = local.document(lead.terms_type, lead.collection)
    if linkable(document):
        found.append(link(_("the document itself") + remark, document))
    if not found:
        return (_("No source link was given."),)
    parts: list[Span | str] = [_("Sources:") + " "]
    for number, span in enumerate(found):
        if number:
            parts.append(" · ")
        parts.append(span)
    return tuple(parts)
