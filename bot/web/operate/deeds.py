"""What an operator can do, a press each: what was done is said, and written into the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.watch.announcement import announce
from bot.watch.words import counted
from bot.web.site import Site

#: Does what a form asks; says what was done, and to what.
Deed = Callable[[Site, Mapping[str, str]], tuple[str, str]]
#: The largest number that a database takes.
MOST_NUMBER = 2**63


def pause(site: Site, form: Mapping[str, str]) -> tuple[str, str]:
    """Ask a source no more."""
    return _source(site.store.sources.pause(form["source"]), form, "is not asked any more")


def resume(site: Site, form: Mapping[str, str]) -> tuple[str, str]:
    """Ask a source again."""
    site.store.sources.pause(form["source"], paused=False)
    done = site.store.sources.ask_now(form["source"], site.clock())
    return _source(done, form, "is asked again, at once")


def ask(site: Site, form: Mapping[str, str]) -> tuple[str, str]:
    """Ask a source at once."""
    done = site.store.sources.ask_now(form["source"], site.clock())
    return _source(done, form, "is asked within seconds")


def send_again(site: Site, form: Mapping[str, str]) -> tuple[str, str]:
    """Send again what was given up: one message, those of one reason, or all."""
    outbox, now = site.store.outbox, site.clock()
    if (number := form.get("row", "")).isdecimal() and int(number) < MOST_NUMBER:
        count, what = outbox.retry_given_up(now, row=int(number)), f"message {number}"
    elif "why" in form:
        count, what = outbox.retry_given_up(now, why=form["why"]), f"all of: {form['why']}"
    elif form.get("all"):
        count, what = outbox.retry_given_up(now), "all"
    else:
        return "Nothing was named.", ""
    if not count:
        return "Nothing is sent: the chats cannot be reached, or it was sent again before.", what
    return f"{counted(count, 'message')} will be sent again.", what


def tell_all(site: Site, form: Mapping[str, str]) -> tuple[str, str]:
    """Tell everybody. Raises AnnouncementError."""
    count = announce(form.get("text", ""), form.get("count", ""), site.store, site.clock())
    if not count:
        return "Nothing is sent: the same text was announced today.", ""
    return f"{counted(count, 'chat')} will be told.", counted(count, "chat")


DEEDS: dict[str, Deed] = {
    "pause": pause,
    "resume": resume,
    "ask": ask,
    "send again": send_again,
    "announce": tell_all,
}


def _source(done: bool, form: Mapping[str, str], words: str) -> tuple[str, str]:
    name = form["source"]
    if not done:
        return "There is no such source.", name
    return f"{name} {words}.", name
