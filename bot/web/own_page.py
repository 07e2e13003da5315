"""The personal page of a chat: its subscriptions and settings, to view and change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from bot import locales, regions
from bot.message import Action, Message
from bot.model import Subscription
from bot.platform import Place, Request
from bot.preferences import DAYS, ROLES, ChatSettings, Level
from bot.render.labels import LEVELS, TOPICS, weekday
from bot.render.labels import ROLES as ROLE_LABELS
from bot.store.reminders import OFFSETS
from bot.web import html
from bot.web.access import Session
from bot.web.asked import Asked, path_of
from bot.web.listing import Listed, listed, services_like
from bot.web.site import Site
from bot.web.wishes import COMMANDS, clock, mode_of, was_when

#: The most followed services on a page: a browser sends each that is ticked.
PAGE = 200
#: The most search results, told stories and popular services on the page.
FOUND = 30
TOLD = 20
POPULAR = 24
#: Levels by the words that /threshold takes.
LEVEL_WORDS = {"must": Level.MUST_KNOW, "should": Level.SHOULD_KNOW, "everything": Level.EVERYTHING}


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an answer: a link, or a command line to send."""

    label: str
    url: str
    line: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as HTML, with its buttons."""

    words: Markup
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a server: how many services it follows, and why it hears nothing, or ""."""

    name: str
    count: int
    paused: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Chat:
    """The chat of the page, as read from the store."""

    settings: ChatSettings
    subscriptions: Sequence[Subscription]
    muted: dict[str, datetime]
    heard: Sequence[tuple[Listed, datetime]]
    feed_since: datetime | None
    channels: Sequence[Channel]

    @property
    def followed(self) -> dict[str, Subscription]:
        """The subscriptions by service."""
        return {each.service: each for each in self.subscriptions}


def chat_of(session: Session, asked: Asked, site: Site) -> Chat:
    """Read everything that the page shows; use it in a worker thread. Raises StoreError."""
    address, store = session.page.address, site.store
    subscriptions = store.subscriptions.of(address)
    mine = {each.service for each in subscriptions}
    heard = [
        (listed(story, asked, site, mine), when)
        for story, when in store.archive.heard(address, TOLD)
    ]
    return Chat(
        store.preferences.get(address) or ChatSettings(),
        subscriptions,
        store.subscriptions.muted(address, site.clock()),
        heard,
        store.pages.feed_since(address),
        [channel for place in session.page.places for channel in _channel(place, site)],
    )


def request_of(
    line: str, session: Session, chat: ChatSettings, asked: Asked, looks: bool = False
) -> Request:
    """A line as a request by the owner of the page, whose answer nobody else reads.

    With `looks`, nobody typed the line.
    """
    command, _space, text = line.partition(" ")
    return Request(
        command,
        text,
        session.page.address,
        private=not chat.shared,
        language=asked.language,
        pressed=True,
        server=chat.server,
        unseen=True,
        looks=looks,
    )


@dataclass(frozen=True)
class Moment:
    """What is shown once: answers to the last press, the checklist, a new feed address."""

    answers: Sequence[Message] = ()
    checklist: Message | None = None
    feed: str = ""


def brief(answers: Sequence[Message]) -> list[Message]:
    """The answers to a form, with those about the page's own state cut to the last sentence.

    Their notes stay, such as which missed alerts arrive now.
    """
    states = [each for each in answers if each.in_place]
    others = [each for each in answers if not each.in_place]
    added = [block for each in states for block in each.blocks[1:] if block.kind == "note"]
    return [*others, *(Message((*each.blocks[:1], *added)) for each in states[-1:])]


def own_page(session: Session, chat: Chat, moment: Moment, asked: Asked, site: Site) -> str:
    """The page in its current state."""
    settings = chat.settings
    labels = site.known.names.label
    mine = sorted(chat.subscriptions, key=lambda each: labels(each.service).casefold())
    last = max(1, -(-len(mine) // PAGE))
    page = min(asked.page, last)
    left = session.page.until - site.clock()
    offered, are_guesses = _offered(chat, asked, site)
    return html.page(
        "own.html",
        asked,
        site=site,
        check=session.check,
        platform=session.page.address.platform.title(),
        chat=chat,
        settings=settings,
        schedule=settings.schedule,
        count=len(mine),
        mine=mine[(page - 1) * PAGE : page * PAGE],
        page=page,
        last=last,
        name=labels,
        offered=offered,
        are_guesses=are_guesses,
        regions=_regions(chat),
        roles=[(role, ROLE_LABELS[role]) for role in ROLES],
        topics=TOPICS,
        levels=[(word, level, LEVELS[level]) for word, level in LEVEL_WORDS.items()],
        offsets=OFFSETS,
        days=[(name, weekday(number)) for number, name in enumerate(DAYS)],
        clock=clock,
        mode=mode_of(settings.schedule),
        was_when=was_when(settings.schedule),
        said=[_said(answer, asked) for answer in moment.answers],
        checklist=_said(moment.checklist, asked) if moment.checklist else None,
        feed=moment.feed,
        minutes=max(1, round(left.total_seconds() / 60)),
        address="/me",
    )


def _offered(chat: Chat, asked: Asked, site: Site) -> tuple[list[str], bool]:
    """Services to offer, and whether they are guesses.

    They are search results, or else popular services.
    """
    if not asked.text:
        popular = [each for each in site.known.popular if each not in chat.followed]
        return popular[:POPULAR], False
    found, are_guesses = services_like(asked.text, site)
    return [each.id for each in found][:FOUND], are_guesses


def _regions(chat: Chat) -> list[tuple[str, bool]]:
    """Region groups and other chosen regions, each with whether it is chosen."""
    chosen = chat.settings.regions.union(*(each.regions for each in chat.subscriptions))
    codes = [*regions.GROUPS, *sorted(chosen - set(regions.GROUPS))]
    return [(code, code in chosen) for code in codes]


def _channel(place: Place, site: Site) -> list[Channel]:
    """A channel that follows something, with what keeps alerts from it; else nothing."""
    mine = site.store.subscriptions.of(place.address)
    if not mine:
        return []
    settings = site.store.preferences.get(place.address)
    paused = (settings.paused if settings else None) or ""
    return [Channel(place.name, len(mine), paused, place.lacks)]


def _said(message: Message, asked: Asked) -> Said:
    """An answer with its buttons; those with a page of their own are links."""
    options = message.menu.options if message.menu else ()
    buttons = [_button(action, asked) for action in (*message.buttons, *options)]
    words = html.blocks(message.blocks, asked, 3)
    return Said(words, tuple(each for each in buttons if each.url or each.line))


def _button(action: Action, asked: Asked) -> Button:
    command, _space, rest = action.command.partition(" ")
    if action.share:
        return Button(action.label, "", "")
    if action.url:
        return Button(action.label, action.url, "")
    if command in ("story", "howto") and rest:
        what, _sep, part = rest.partition(" ")
        anchor = f"#{part}" if command == "howto" and part else ""
        return Button(action.label, asked.to(path_of(command, what)) + anchor, "")
    # A button for any other command only works in the chat.
    return Button(action.label, "", action.command if command in COMMANDS else "")


def in_own_language(asked: Asked, chat: ChatSettings) -> Asked:
    """The query in the chat's language, unless the address names another."""
    if asked.chosen or chat.language not in locales.languages():
        return asked
    return replace(asked, language=chat.language)
