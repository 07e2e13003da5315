"""Reminders of a date: what to do by then, and the buttons that end the reminders.

Also the operator's list of how-tos that need to be verified again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.catalogue import STALE_DAYS, Catalogue
from bot.catalogue.names import Names
from bot.locales import _, content, n_
from bot.message import KEEP, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import (
    answers,
    howto_button,
    lead_for,
    main_service,
    not_the_readers,
    way_out,
)
from bot.render.blocks import bold, fill, foreign, headed, labelled, listing, note, text, title
from bot.render.control import named, way_to_opt_out
from bot.render.headline import headline
from bot.render.labels import day, in_days, moment, month, terms
from bot.render.local import Local
from bot.render.opt_out import Way, control_of
from bot.render.reader import Reader
from bot.render.reasons import reason

#: The most stale controls that are named, the oldest first.
NAMED = 15


def reminder(
    story: Story,
    followed: tuple[str, ...],
    reader: Reader,
    known: Catalogue,
    names: Names,
    touched: Sequence[Story] = (),
) -> Message:
    """The reminder, as of the reader's today, which is the date of a story without one.

    `followed` are the chat's services that the story is about; `touched` are stories that put a
    control in doubt.
    """
    service = main_service(story, followed)
    name = names.label(service)
    when = story.lead.effective or reader.today
    stop = _("No more of these: {command}", command="/reminders off")
    if control := control_of(story, (), Way(service, reader, known, names)):
        local = Local(known, service, reader.regions)
        how = list(way_to_opt_out(local.control(control), touched, local))
    else:
        how = [_no_control(name, service)]
    blocks = (
        title(bold(headed(name, in_days((when - reader.today).days)))),
        *not_the_readers(lead_for(story, followed, reader.regions), reader.regions),
        *_what(story, name),
        *how,
        note(stop, " · ", way_out(name, service), weight=KEEP),
    )
    actions = (*answers(story.id), howto_button(service, reader.shared))
    return Message(blocks, actions, private=False)


def dated(lead: Change) -> str:
    """The meaning of a change's date, as a sentence."""
    when = day(lead.effective or lead.recorded)
    if lead.record is Record.DEADLINE:
        return headed(when, headed(reason(lead.why[0]), f"{content(lead.title)}."))
    name = terms(lead.terms_type) or _("rule")
    return _("on {day} its new {terms} takes effect.", day=when, terms=name)


def _what(story: Story, name: str) -> Iterator[Block]:
    lead = story.lead
    when = moment(lead.effective or lead.recorded)
    if lead.record is Record.DEADLINE:
        said = reason(lead.why[0])
        template = headed(f"{said[:1].upper()}{said[1:]} ({{when}})", "{title}.")
        yield text(*fill(template, when=when, title=content(lead.title)))
        return
    told = fill(_("On {day} a change takes effect that you were told of:"), day=when)
    yield text(*told, weight=60)
    yield text(foreign(headline(story, name)), weight=60)


def _no_control(name: str, service: str) -> Block:
    said = _("What {name} lets you switch off: {command}", name=name, command=f"/howto {service}")
    return labelled(_("What you can do:"), said)


def upkeep(known: Catalogue, today: date) -> Message:
    """The operator's list of controls that nobody has verified for long, as of today.

    Controls verified since the message was queued are not named.
    """
    old = known.stale(today)
    rows = []
    for guide, control in old[:NAMED]:
        verified = month(control.verified) if control.verified else _("no known date")
        rows.append((f"{headed(guide.name, named(control))} · ", verified))
    said = n_(
        "{count} opt-out was last looked at more than {days} days ago:",
        "{count} opt-outs were last looked at more than {days} days ago. The oldest:",
        len(old),
        days=STALE_DAYS,
    )
    how = _(
        "All of them, and which links are gone: {command}. How to mend one: {page}. "
        "This comes once a month.",
        command="smallprint links",
        page="docs/how-tos.md",
    )
    blocks = (
        title(bold(_("How-tos to look at again"))),
        text(said),
        listing(rows),
        note(how, weight=KEEP),
    )
    return Message(blocks, private=False)


def suggested(words: str) -> Message:
    """The operator's list of people's suggestions, one counted line each."""
    blocks = (
        title(bold(_("What people suggest"))),
        listing([[line] for line in words.split("\n")], weight=60),
        note(_("Counted since the last such message; who suggested it is not kept.")),
    )
    return Message(blocks, private=False)


def trouble(words: str) -> Message:
    """A message for the operator about something that is wrong now, in the log's language."""
    blocks = (title(bold(_("Something needs a look"))), text(words))
    return Message(blocks, private=False)
