"""The operator's actions, one per press; each is confirmed and logged in the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.watch.announcement import announce, noted
from bot.watch.words import counted
from bot.web.site import Site

#: The most digits of a number that a database takes.
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Done:
    """The confirmation of a press, and what it acted on, for the record; "" if nothing."""

    said: str
    what: str = ""


#: Performs the action of a form.
Deed = Callable[[Site, Mapping[str, str]], Done]


def pause(site: Site, form: Mapping[str, str]) -> Done:
    """Pause a source."""
    name = form.get("source", "")
    return _source(name, site.store.sources.pause(name), "is not asked any more")


def resume(site: Site, form: Mapping[str, str]) -> Done:
    """Resume a source."""
    return _asked(site, form, "is asked again, at once")


def ask(site: Site, form: Mapping[str, str]) -> Done:
    """Poll a source at once."""
    return _asked(site, form, "is asked within seconds")


def send_again(site: Site, form: Mapping[str, str]) -> Done:
    """Requeue dead deliveries: one message, those with one reason, or all."""
    outbox, now = site.store.outbox, site.clock()
    number = form.get("row", "")
    if number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS:
        count, what = outbox.retry_given_up(now, row=int(number)), f"message {number}"
    elif "why" in form:
        count, what = outbox.retry_given_up(now, why=form["why"]), f"all of: {form['why']}"
    elif form.get("all"):
        count, what = outbox.retry_given_up(now), "all"
    else:
        return Done("Nothing was named.")
    if not count:
        return Done("Nothing is sent: the chats cannot be reached, or it was sent again before.")
    return Done(f"{counted(count, 'message')} will be sent again.", f"{what} ({count})")


def tell_all(site: Site, form: Mapping[str, str]) -> Done:
    """Send an announcement to all chats. Raises AnnouncementError."""
    text = form.get("text", "")
    done = announce(text, form.get("count", ""), site.store, site.clock())
    return Done(f"{counted(done.count, 'chat')} will be told.", noted(done, text))


DEEDS: dict[str, Deed] = {
    "pause": pause,
    "resume": resume,
    "ask": ask,
    "send again": send_again,
    "announce": tell_all,
}


def do(name: str, form: Mapping[str, str], who: str, site: Site) -> str:
    """Perform an action and record it, both or neither; returns the confirmation.

    Raises AnnouncementError and StoreError.
    """
    with site.store.database.together():
        done = DEEDS[name](site, form)
        if done.what:
            site.store.operators.note(who, name, done.what, site.clock())
    return done.said


def _asked(site: Site, form: Mapping[str, str], words: str) -> Done:
    """Make a source due at the next tick; a paused one is resumed."""
    name = form.get("source", "")
    site.store.sources.pause(name, paused=False)
    return _source(name, site.store.sources.ask_now(name, site.clock()), words)


def _source(name: str, done: bool, words: str) -> Done:
    return Done(f"{name} {words}.", name) if done else Done("There is no such source.")
