"""The page of a story: everything that changed, whom it concerns, and how to opt out."""

from __future__ import annotations

from collections.abc import Iterator

from bot.locales import _, content
from bot.message import Block
from bot.model import Record, Story
from bot.render.alert import (
    explained,
    main_service,
    not_the_readers,
    sources,
    taken_back,
    when,
    who,
)
from bot.render.blocks import text
from bot.render.coverage import coverage
from bot.render.excerpts import for_reader
from bot.render.headline import headline
from bot.render.labels import day, topic
from bot.render.local import Local
from bot.render.opt_out import Way, opt_out
from bot.render.reader import Reader
from bot.render.story import about, for_chat, why_nothing
from bot.render.weighed import weighed
from bot.understand.stories import COVERAGE
from bot.web import html
from bot.web.asked import Asked, path_of
from bot.web.listing import regions_of, weight_of, whom_of
from bot.web.passages import passages
from bot.web.site import Site

#: The number of passages for which an opt-out is searched, as in an alert.
TELLING = 3


def story_page(story: Story, asked: Asked, site: Site) -> str:
    """The page in the requested language and for the requested region."""
    where = regions_of(asked)
    shown = for_chat(story, (), where)
    lead = shown.lead
    service = main_service(shown, ())
    name = site.known.names.label(service)
    reader = Reader(where, site.clock().date(), full=True)
    address = path_of("story", str(story.id))
    document = "" if lead.record in COVERAGE else about(lead)
    way_out = html.blocks(_opt_out(shown, service, reader, site), asked, 3)
    return html.page(
        "story.html",
        asked,
        site=site,
        story=shown,
        service=service,
        name=name,
        document=document,
        subject=f"{name} · {document}" if document else name,
        headline=html.plain(headline(shown, name, where)),
        weight=weight_of(shown),
        why="" if lead.record in COVERAGE else weighed(lead.why, lead.verdict),
        whom=whom_of(shown),
        topics=[topic(each) for each in lead.topics],
        facts=html.blocks(_facts(shown, reader, site), asked),
        opt_out=way_out,
        links_howto=site.known.guide(service) is not None and "/howto/" not in way_out,
        passages=passages(shown, where, asked.page),
        nothing=_nothing_shown(shown),
        sources=html.blocks(sources(shown, Local(site.known, service, where), 1), asked),
        invitations=list(site.invitations(f"subscribe {service}")),
        address=address,
        picture=asked.to(f"{address}/picture.png"),
    )


def _facts(story: Story, reader: Reader, site: Site) -> Iterator[Block]:
    """Whom it concerns, since when, what became of it, and what others wrote."""
    lead = story.lead
    yield from not_the_readers(lead, reader.regions)
    yield from taken_back(story)
    if lead.record in COVERAGE:
        yield from coverage(story, (), site.known.names).blocks[2:-1]
        return
    if lead.record is Record.DEADLINE:
        yield text(content(lead.title))
    elif lead.record.told_by_people:
        yield text(_("Published on {day}.", day=day(lead.recorded)))
    else:
        yield who(lead)
        yield when(lead, reader.today)
    yield from explained(story)


def _opt_out(story: Story, service: str, reader: Reader, site: Site) -> Iterator[Block]:
    """The opt-out, as in an alert."""
    if story.lead.record in COVERAGE:
        return
    telling = for_reader(story.lead, reader.regions)[:TELLING]
    shaken = site.store.stories.shaken(service)
    way = Way(service, reader, site.known, site.known.names, (story, *shaken))
    yield from opt_out(story, telling, way)


def _nothing_shown(story: Story) -> str:
    """Why a story shows no passage, or "" if it has one."""
    if any(part.excerpts for part in story.parts) or story.lead.record in COVERAGE:
        return ""
    return why_nothing(story.lead)
