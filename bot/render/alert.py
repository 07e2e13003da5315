"""A story for a chat: what changed, whom it concerns, since when, and how to opt out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.catalogue import Catalogue, Control
from bot.catalogue.names import Names
from bot.locales import _
from bot.message import KEEP, Action, Block, Message, Span
from bot.model import Change, Excerpt, Record, Story
from bot.render.blocks import bold, fill, labelled, line, link, note, short, text, title
from bot.render.headline import headline
from bot.render.howto import usable, way_to_opt_out
from bot.render.labels import area, in_days, join, moment, places, terms
from bot.render.reasons import reasons
from bot.understand.diff import pieces

#: A longer address is left out: what must be kept has to stay small.
MAX_URL = 400


def alert(
    story: Story, followed: tuple[str, ...], regions: frozenset[str], known: Catalogue, names: Names, today: date,
    shared: bool = False, touched: Sequence[Story] = (),
) -> Message:  # fmt: skip
    """The message. `followed` are the chat's services that the story is about, `regions` its regions; `shared` is a
    chat of many people, of whom each opts out alone; `touched` are stories that put a control in doubt."""
    service = followed[0] if followed else story.lead.services[0]
    lead = lead_for(story, followed)
    story = Story(story.id, lead, tuple(part for part in story.parts if part is not lead))
    name = names.label(service)
    blocks = [
        title(
            bold(
                f"{join([names.label(s) for s in followed]) or name} · {short(terms(lead.terms_type)) or _('News')}"
            )
        ),
        text(headline(story, name), weight=60),
        *_summary(lead),
        *quotes(lead, limit=3, weight=5),
        _who(lead),
        _when(lead, today),
        *opt_out(story, service, name, regions, known, (story, *touched)),
        *_explained(story),
        note(*_sources(story, known, service), weight=20),
        note(way_out(name, service), weight=KEEP),
    ]
    until = answers(story.id) if lead.effective and lead.effective > today and not shared else ()
    return Message(tuple(blocks), (*actions(story, service, shared), *until), private=False)


def way_out(name: str, service: str) -> str:
    return _(
        "To stop hearing about {name}: {command}", name=name, command=f"/unsubscribe {service}"
    )


def answers(story_id: int) -> tuple[Action, Action]:
    """The two answers that end the reminders of a story."""
    return Action(_("Done"), f"done {story_id}"), Action(_("Not for me"), f"dismiss {story_id}")


def lead_for(story: Story, followed: tuple[str, ...]) -> Change:
    """The part that a chat is shown: the record of a service that it follows, where services share their terms."""
    own = (
        part
        for part in story.parts
        if part.record is story.lead.record and set(part.services) & set(followed)
    )
    return next(own, story.lead)


def actions(story: Story, service: str, shared: bool = False) -> tuple[Action, ...]:
    mine = _("This concerns me") if shared else _("How to opt out")
    return (
        Action(mine, f"howto {service}", personal=True),
        Action(_("What changed"), f"story {story.id}"),
        Action(_("Why this?"), f"why {story.id}"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
    )


def detail(story: Story, known: Catalogue, names: Names, today: date) -> Message:
    """Everything that we hold of a story: all pairs before and after, the reasons, every source."""
    lead = story.lead
    name = names.label(lead.services[0]) if lead.services else _("News")
    blocks = [
        title(bold(f"{name} · {short(terms(lead.terms_type) or lead.title)}")),
        text(headline(story, name), weight=60),
        *quotes(lead, limit=8, weight=40),
        _who(lead),
        _when(lead, today),
        *_explained(story),
        note(_("Why it was told: {reasons}.", reasons=reasons(lead.why)), weight=20),
        note(*_sources(story, known, lead.services[0] if lead.services else ""), weight=KEEP),
    ]
    return Message(tuple(blocks), actions(story, lead.services[0])[:1] if lead.services else ())


def _summary(change: Change) -> Iterator[Block]:
    if change.summary:
        yield labelled(_("In short, written by a machine:"), change.summary, weight=15)


def quotes(change: Change, limit: int, weight: int) -> Iterator[Block]:
    """The telling pairs, before and after."""
    for excerpt in change.excerpts[:limit]:
        yield Block("quote", tuple(_sides(excerpt)), weight)


def _sides(excerpt: Excerpt) -> Iterator[tuple[Span, ...]]:
    """Before and after, told apart by words as well as by style: screen readers do not read style."""
    old, new = pieces(excerpt.before, excerpt.after)
    both = excerpt.before and excerpt.after
    if excerpt.before:
        yield line(bold(_("Before:") + " "), *_marked(old, "strike" if both else ""))
    if excerpt.after:
        yield line(
            bold((_("Now:") if both else _("New:")) + " "), *_marked(new, "bold" if both else "")
        )
    elif excerpt.before:
        yield line(bold(_("Now:") + " "), _("this is gone."))


def _marked(parts: tuple[object, ...], style: str) -> Iterator[Span]:
    for number, piece in enumerate(parts):
        space = " " if number else ""
        yield Span(
            space + getattr(piece, "text", ""), style if getattr(piece, "differs", False) else ""
        )


def _who(change: Change) -> Block:
    if change.area is None and change.places:
        said = _(
            "It names {places}, but not only; so everyone who follows this service is told.",
            places=places(change.places[:8]),
        )
    elif change.area is None:
        said = _("The text does not say, so everyone who follows this service is told.")
    else:
        said = _("The text names: {places}.", places=area(change.area))
    return labelled(_("Who:"), said, weight=30)


def _when(change: Change, today: date) -> Block:
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
        left = in_days((effective - today).days)
        words = fill(
            _("From {day} ({left}); recorded on {recorded}."),
            day=moment(effective),
            left=left,
            recorded=recorded,
        )
    return labelled(_("When:"), *words, weight=40)


def opt_out(
    story: Story,
    service: str,
    name: str,
    regions: frozenset[str],
    known: Catalogue,
    touched: Sequence[Story],
) -> Iterator[Block]:
    """The control for what changed if we know it, else the links in the text, else an honest no."""
    if control := control_for(story, service, regions, known):
        yield from way_to_opt_out(control, touched)
        return
    links = [found for part in story.parts for found in part.links if len(found.url) <= MAX_URL]
    if links:
        yield labelled(
            _("How to opt out:"),
            _("We have no checked steps for this change; the text itself links:"),
        )
        yield Block(
            "list",
            tuple(line(link(short(found.label) or found.url, found.url)) for found in links[:3]),
            KEEP,
        )
        return
    more = ""
    if known.guide(service):
        more = " " + _(
            "What {name} lets you switch off: {command}", name=name, command=f"/howto {service}"
        )
    yield labelled(_("How to opt out:"), _("No opt-out is known for this change.") + more)


def control_for(
    story: Story, service: str, regions: frozenset[str], known: Catalogue
) -> Control | None:
    """The first control about what changed that is offered where the chat is."""
    about = [topic for part in story.parts for topic in part.topics]
    offered = usable(known.guide(service), regions)
    return next((control for topic in about for control in offered if control.topic == topic), None)


def _explained(story: Story) -> Iterator[Block]:
    for part in story.joined:
        if part.link and len(part.link) <= MAX_URL and part.record in (Record.MEMO, Record.ARTICLE):
            who = (
                _("Explained by Open Terms Archive:")
                if part.record is Record.MEMO
                else _("In the news:")
            )
            yield labelled(who, link(part.title, part.link), weight=25)


def _sources(story: Story, known: Catalogue, service: str) -> tuple[Span | str, ...]:
    lead = story.lead
    where = (
        _("the change at Open Terms Archive") if lead.record is Record.CHANGE else _("the source")
    )
    listing = known.listings.get(service)
    policy = listing.policies.get(lead.terms_type) or listing.privacy_policy if listing else None
    found = [link(where, lead.link)] if lead.link and len(lead.link) <= MAX_URL else []
    found += [link(_("the policy"), policy)] if policy else []
    parts = [piece for span in found for piece in (" · ", span)][1:]
    return (_("Sources:") + " ", *parts) if parts else (_("No source link was given."),)
