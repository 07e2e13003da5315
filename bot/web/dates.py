"""Dates to act by as iCalendar (RFC 5545), for calendar subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from bot import __version__
from bot.locales import _
from bot.web.answers import OPEN, OWN_FEED, Answer
from bot.web.site import Site
from bot.web.start_page import Coming

#: How often a calendar should refresh.
REFRESH = timedelta(hours=12)


def dates(found: Sequence[Coming], site: Site, mine: bool = False) -> Answer:
    """How often a calendar should refresh."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Smallprint//Smallprint {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Smallprint: dates to act by"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in found:
        event = Event()
        name = f"smallprint:{each.day}:{each.service}:{each.url}"
        event.add("uid", f"{uuid5(NAMESPACE_URL, name)}@smallprint")
        # Not the time of the request, so that an unchanged calendar keeps its ETag.
        event.add("dtstamp", datetime.combine(each.day, time(), UTC))
        event.add("dtstart", each.day)
        event.add("dtend", each.day + timedelta(days=1))
        event.add("summary", f"{each.service}: {each.what}")
        event.add("url", site.base + each.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return Answer.of(calendar.to_ical(), "text/calendar", OWN_FEED if mine else OPEN)
