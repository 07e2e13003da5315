"""Feeds of stories as Atom (RFC 4287) and JSON Feed 1.1, narrowed by a query."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from lxml.builder import ElementMaker

from bot import __version__
from bot.locales import _
from bot.model import Address, Story
from bot.render.alert import about_some, alert, main_service
from bot.render.headline import named_headline
from bot.render.labels import label, roles
from bot.render.reader import Reader
from bot.render.story import for_chat
from bot.web import html
from bot.web.answers import OPEN, OWN_FEED, Answer
from bot.web.asked import Asked, path_of
from bot.web.follower import follower_of
from bot.web.listing import is_wanted, regions_of, taken_back
from bot.web.site import Site

ATOM = "http://www.w3.org/2005/Atom"
#: The most stories in a feed; how many are read at once to fill it, and at most.
MOST = 40
READ_AT_ONCE = 80
MOST_READ = 4_000
#: The date of a feed that has never had a story.
NEVER = datetime(2025, 1, 1, tzinfo=UTC)
_E = ElementMaker(namespace=ATOM, nsmap={None: ATOM})
#: Characters that XML 1.0 cannot contain.
_UNSPEAKABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def stories_for(asked: Asked, site: Site, limit: int = MOST, skip: int = 0) -> list[Story]:
    """The newest stories that a query selects, after skipping some."""
    services = [asked.service] if asked.service else []
    if not asked.region and asked.role is None and asked.severity is None:
        return site.store.archive.published(services, limit, skip)
    wanted = (story for story in _published(services, site) if is_wanted(story, asked))
    return list(islice(wanted, skip, skip + limit))


def stories_of(address: Address, site: Site) -> list[Story]:
    """The newest stories about what a chat follows and wants to hear of."""
    follower = follower_of(address, site)
    if not follower.subscriptions:
        return []
    found = _published(list(follower.services), site)
    return list(islice(filter(follower.is_told, found), MOST))


def _published(services: Sequence[str], site: Site) -> Iterator[Story]:
    """The stories of some services, or of all, the latest first; read lazily.

    At most the newest `MOST_READ`, so that a filter that matches almost none does not read all.
    """
    seen: set[int] = set()
    for start in range(0, MOST_READ, READ_AT_ONCE):
        found = site.store.archive.published(services, READ_AT_ONCE, start)
        yield from (story for story in found if story.id not in seen)
        seen.update(story.id for story in found)
        if len(found) < READ_AT_ONCE:
            return


@dataclass(frozen=True)
class Feed:
    """Stories for a follower of some services; if several share their terms, it names the followed.

    `address` is the feed's own, `mine` the title of a personal feed.
    """

    asked: Asked
    site: Site
    stories: Sequence[Story]
    address: str
    followed: Collection[str] = ()
    mine: str = ""

    @property
    def title(self) -> str:
        """The title: Smallprint · LinkedIn · United Kingdom."""
        if self.mine:
            return self.mine
        asked, parts = self.asked, ["Smallprint"]
        if asked.service:
            parts.append(self.site.known.names.label(asked.service))
        if asked.region:
            parts.append(label(asked.region))
        if asked.role:
            parts.append(roles([asked.role]))
        return " · ".join(parts)

    @property
    def headers(self) -> dict[str, str]:
        """The headers: open to other sites, or private for a personal feed."""
        return OWN_FEED if self.mine else OPEN

    @property
    def home(self) -> str:
        """The address of the start page."""
        return f"{self.site.base}{self.asked.to('/')}"

    def entries(self) -> Iterator[Entry]:
        """The entry of each story."""
        asked, site = self.asked, self.site
        where = regions_of(asked)
        reader = Reader(where, site.clock().date(), full=True)
        shaken = cache(site.store.stories.shaken)
        for story in self.stories:
            mine = about_some(story, self.followed)
            shown = for_chat(story, mine, where)
            lead, service = shown.lead, main_service(shown, mine)
            said = named_headline(shown, site.known.names.label(service), where)
            whole = alert(shown, mine, reader, site.known, site.known.names, shaken(service))
            yield Entry(
                _urn(lead.uid),
                site.base + asked.to(path_of("story", str(story.id))),
                html.plain(f"{taken_back(shown)} {said}".strip()),
                # Without its title and the unsubscribe note, which is for chats.
                str(html.blocks(whole.blocks[1:-1], asked, 3)),
                lead.recorded,
                _updated(story),
                tuple(_terms(shown)),
            )


@dataclass(frozen=True, slots=True)
class Entry:
    """A story in a feed; `content` is HTML, `terms` are codes that programs can filter by."""

    id: str
    url: str
    title: str
    content: str
    published: datetime
    updated: datetime
    terms: tuple[str, ...]


def atom(feed: Feed) -> Answer:
    """The feed as Atom."""
    here = feed.site.base + feed.address
    newest = max(map(_updated, feed.stories), default=NEVER)
    tree = _E.feed(
        _E.id(_urn(here)),
        _E.title(feed.title),
        _E.updated(newest.isoformat()),
        _E.link(rel="self", type="application/atom+xml", href=here),
        _E.link(rel="alternate", type="text/html", href=feed.home),
        _E.author(_E.name("Smallprint")),
        _E.generator("Smallprint", version=__version__),
        _E.rights(rights()),
    )
    tree.set("{http://www.w3.org/XML/1998/namespace}lang", feed.asked.language)
    tree.extend(map(_atom_entry, feed.entries()))
    body = etree.tostring(tree, xml_declaration=True, encoding="utf-8")
    return Answer.of(body, "application/atom+xml", feed.headers)


def _atom_entry(entry: Entry) -> Any:
    made = _E.entry(
        _E.id(entry.id),
        _E.title(_speakable(entry.title)),
        _E.updated(entry.updated.isoformat()),
        _E.published(entry.published.isoformat()),
        _E.link(rel="alternate", type="text/html", href=entry.url),
        _E.content(_speakable(entry.content), type="html"),
    )
    made.extend(_E.category(term=term) for term in entry.terms)
    return made


def json_feed(feed: Feed) -> Answer:
    """The feed as JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.site.base + feed.address,
        "description": rights(),
        "language": feed.asked.language,
        "authors": [{"name": "Smallprint"}],
        "items": list(map(_json_item, feed.entries())),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return Answer.of(text, "application/feed+json", feed.headers)


def _json_item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.content,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "tags": list(entry.terms),
    }


def rights() -> str:
    """The attribution and licences of the texts."""
    return _(
        "Recorded texts: the contributors of Open Terms Archive, ODC-BY 1.0. How-tos: CC BY 4.0."
    )


def _terms(shown: Story) -> Iterable[str]:
    lead = shown.lead
    return filter(None, (*lead.services, lead.severity.name.lower(), *lead.topics))


def _updated(story: Story) -> datetime:
    return max(part.recorded for part in story.parts)


def _urn(name: str) -> str:
    """A name that is independent of the feed's address."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'smallprint:{name}')}"


def _speakable(text: str) -> str:
    return text.translate(_UNSPEAKABLE)
