"""Feeds out: Atom (RFC 4287) and JSON Feed 1.1, all stories or those that an address narrows to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from lxml.builder import ElementMaker

from bot import __version__
from bot.locales import _
from bot.model import Address, Story
from bot.render.alert import alert, main_service
from bot.render.headline import named_headline
from bot.render.labels import label, roles
from bot.render.reader import Reader
from bot.render.story import for_chat
from bot.web import html
from bot.web.answers import OPEN, OWN_FEED, Answer
from bot.web.asked import Asked, path_of
from bot.web.follower import follower_of
from bot.web.listing import about_some, is_wanted, regions_of, taken_back
from bot.web.site import Site

ATOM = "http://www.w3.org/2005/Atom"
#: Stories of a feed, and how many are read at once while it is looked for them.
MOST = 40
READ_AT_ONCE = 80
MOST_READ = 4_000
#: When a feed changed in which nothing ever stood.
NEVER = datetime(2025, 1, 1, tzinfo=UTC)
_E = ElementMaker(namespace=ATOM, nsmap={None: ATOM})
#: What XML 1.0 cannot hold.
_UNSPEAKABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def stories_for(asked: Asked, site: Site, limit: int = MOST, skip: int = 0) -> list[Story]:
    """The newest stories that an address narrows to, behind some others."""
    services = [asked.service] if asked.service else []
    if not asked.region and asked.role is None and asked.severity is None:
        return site.store.archive.published(services, limit, skip)
    wanted = (story for story in _published(services, site) if is_wanted(story, asked))
    return list(islice(wanted, skip, skip + limit))


def stories_of(address: Address, site: Site) -> list[Story]:
    """The newest stories that matter of what a chat follows, as far as it wants to hear of them."""
    follower = follower_of(address, site)
    if not follower.subscriptions:
        return []
    found = _published(list(follower.services), site)
    return list(islice(filter(follower.is_told, found), MOST))


def _published(services: Sequence[str], site: Site) -> Iterator[Story]:
    """The stories of some services, or of all, the latest first; read as far as they are asked.

    Of the newest `MOST_READ` at most: what suits almost none must not read all there are.
    """
    seen: set[int] = set()
    for start in range(0, MOST_READ, READ_AT_ONCE):
        found = site.store.archive.published(services, READ_AT_ONCE, start)
        yield from (story for story in found if story.id not in seen)
        seen.update(story.id for story in found)
        if len(found) < READ_AT_ONCE:
            return


def atom(
    asked: Asked,
    site: Site,
    stories: Sequence[Story],
    address: str,
    followed: Collection[str] = (),
    mine: str = "",
) -> Answer:
    """An Atom feed of stories; `address` is where it lies, `mine` its title where it is private.

    It is for who follows some services: where several share their terms it speaks of those.
    """
    here = site.base + address
    newest = max(map(_updated, stories), default=NEVER)
    feed = _E.feed(
        _E.id(_urn(here)),
        _E.title(mine or _title(asked, site)),
        _E.updated(newest.isoformat()),
        _E.link(rel="self", type="application/atom+xml", href=here),
        _E.link(rel="alternate", type="text/html", href=f"{site.base}{asked.to('/')}"),
        _E.author(_E.name("Smallprint")),
        _E.generator("Smallprint", version=__version__),
        _E.rights(rights()),
    )
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", asked.language)
    feed.extend(_entry(story, asked, site, followed) for story in stories)
    body = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
    return Answer.of(body, "application/atom+xml", _open(mine))


def json_feed(
    asked: Asked,
    site: Site,
    stories: Sequence[Story],
    address: str,
    followed: Collection[str] = (),
    mine: str = "",
) -> Answer:
    """The same as a JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": mine or _title(asked, site),
        "home_page_url": f"{site.base}{asked.to('/')}",
        "feed_url": site.base + address,
        "description": rights(),
        "language": asked.language,
        "authors": [{"name": "Smallprint"}],
        "items": [_item(story, asked, site, followed) for story in stories],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return Answer.of(text, "application/feed+json", _open(mine))


def rights() -> str:
    """Whose texts these are, and on which terms."""
    return _(
        "Recorded texts: the contributors of Open Terms Archive, ODC-BY 1.0. How-tos: CC BY 4.0."
    )


def _open(mine: str) -> dict[str, str]:
    """What other sites may read is marked so; what is somebody's own is for them alone."""
    return OWN_FEED if mine else OPEN


def _title(asked: Asked, site: Site) -> str:
    """What a feed is called: Smallprint · LinkedIn · United Kingdom."""
    parts = ["Smallprint"]
    if asked.service:
        parts.append(site.known.names.label(asked.service))
    if asked.region:
        parts.append(label(asked.region))
    if asked.role:
        parts.append(roles([asked.role]))
    return " · ".join(parts)


def _entry(story: Story, asked: Asked, site: Site, followed: Collection[str]) -> Any:
    mine = about_some(story, followed)
    shown = for_chat(story, mine, regions_of(asked))
    lead = shown.lead
    url = _url(story, asked, site)
    entry = _E.entry(
        _E.id(_urn(lead.uid)),
        _E.title(_speakable(_headline(shown, mine, asked, site))),
        _E.updated(_updated(story).isoformat()),
        _E.published(lead.recorded.isoformat()),
        _E.link(rel="alternate", type="text/html", href=url),
        _E.content(_speakable(_said(shown, mine, asked, site)), type="html"),
    )
    entry.extend(_E.category(term=term) for term in _terms(shown))
    return entry


def _item(story: Story, asked: Asked, site: Site, followed: Collection[str]) -> dict[str, Any]:
    mine = about_some(story, followed)
    shown = for_chat(story, mine, regions_of(asked))
    return {
        "id": _urn(shown.lead.uid),
        "url": _url(story, asked, site),
        "title": _headline(shown, mine, asked, site),
        "content_html": _said(shown, mine, asked, site),
        "date_published": shown.lead.recorded.isoformat(),
        "date_modified": _updated(story).isoformat(),
        "tags": list(_terms(shown)),
    }


def _headline(shown: Story, mine: tuple[str, ...], asked: Asked, site: Site) -> str:
    name = site.known.names.label(main_service(shown, mine))
    said = named_headline(shown, name, regions_of(asked))
    return html.plain(f"{taken_back(shown)} {said}".strip())


def _said(shown: Story, mine: tuple[str, ...], asked: Asked, site: Site) -> str:
    """The alert, as HTML, without its title and the way out, which is one of the chat."""
    service = main_service(shown, mine)
    reader = Reader(regions_of(asked), site.clock().date(), full=True)
    touched = site.store.stories.shaken(service)
    said = alert(shown, mine, reader, site.known, site.known.names, touched)
    return str(html.blocks(said.blocks[1:-1], asked, 3))


def _terms(shown: Story) -> Iterable[str]:
    """The codes by which programs sort stories."""
    lead = shown.lead
    return filter(None, (*lead.services, lead.severity.name.lower(), *lead.topics))


def _url(story: Story, asked: Asked, site: Site) -> str:
    return site.base + asked.to(path_of("story", str(story.id)))


def _updated(story: Story) -> datetime:
    return max(part.recorded for part in story.parts)


def _urn(name: str) -> str:
    """A name that stays the same wherever the feed lies."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'smallprint:{name}')}"


def _speakable(text: str) -> str:
    return text.translate(_UNSPEAKABLE)
