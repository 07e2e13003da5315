"""The message that a collection no longer reads some terms, or reads them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from bot.catalogue.names import Names
from bot.locales import _
from bot.message import KEEP, Action, Block, Message
from bot.model import Change, Record, Story
from bot.render.alert import main_service, way_out
from bot.render.blocks import bold, fill, foreign, headed, labelled, listing, note, text, title
from bot.render.headline import headline
from bot.render.labels import day, join, moment, terms
from bot.render.reasons import reason
from bot.understand.coverage import Lost
from bot.verdicts import Reason

#: The most documents that are named.
MOST = 20


def coverage(story: Story, followed: tuple[str, ...], names: Names) -> Message:
    """The message, which is quiet: nothing has changed that one could act on."""
    lead = story.lead
    service = main_service(story, followed)
    name = names.label(service)
    if lead.record is Record.READ_AGAIN:
        head = _("{name}: read again", name=name)
        worth = [text(_("From now on, changes to it are told again."))]
    else:
        head = _("{name}: not read for now", name=name)
        worth = list(_worth(lead))
    blocks = (
        title(bold(head)),
        text(foreign(headline(story, name))),
        *worth,
        note(way_out(name, service), weight=KEEP),
    )
    actions = (
        Action(_("What is read"), f"status {service}"),
        Action(_("Unsubscribe"), f"unsubscribe {service}"),
    )
    return Message(blocks, actions, private=False, quiet=True)


def unread(lost: Sequence[Lost], where: Callable[[str], str]) -> list[Block]:
    """The documents of a service that its collections do not read; empty if they read all.

    `where` returns where a collection records.
    """
    if not lost:
        return []
    rows = [
        (
            headed(
                f"{terms(each.document.terms_type)} · {where(each.document.collection)} · "
                f"{day(each.finding.since)}",
                reason(Reason(each.finding.why)),
            ),
        )
        for each in lost[:MOST]
    ]
    return [labelled(_("Not read at the moment:"), weight=60), listing(rows)]


def _worth(lead: Change) -> Iterator[Block]:
    """Why, since when, and what silence means until it is back."""
    why = lead.why[0]
    since, *elsewhere = why.values
    said = fill(
        _("Since {day}: {reason}."), day=moment(date.fromisoformat(since)), reason=reason(why)
    )
    yield text(*said)
    if elsewhere:
        yield text(_("It is still read in: {collections}.", collections=join(elsewhere[:5])))
    else:
        yield text(_("Until it is back, silence about it means nothing."))
