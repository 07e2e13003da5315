"""The lines of a digest: one per story, with the number of its button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.catalogue.names import Names
from bot.deliveries import Alert
from bot.locales import _
from bot.message import Block, Span
from bot.model import Record, Story
from bot.render.alert import is_elsewhere, lead_for, main_service
from bot.render.blocks import Words, bold, foreign, headed, line, short
from bot.render.excerpts import for_reader, quote
from bot.render.headline import headline, named_headline
from bot.render.labels import day, in_days, terms
from bot.render.reader import Reader
from bot.render.reminder import dated

#: The most buttons to stories; a line without one gives the command.
BUTTONS = 6
#: Characters of each side of a quote.
QUOTE_CHARACTERS = 140


def told(alert: Alert, numbers: Mapping[int, int], name: str, reader: Reader) -> Iterator[Words]:
    """One alert as a line: its number, document and day, what it says, and from when."""
    yield number_of(alert, numbers)
    yield from _what(alert, name, reader)
    if numbers[alert.story.id] > BUTTONS:
        yield f" /story {alert.story.id}"


def _what(alert: Alert, name: str, reader: Reader) -> Iterator[Words]:
    lead = lead_for(alert.story, alert.services, reader.regions)
    if is_elsewhere(lead, reader.regions):
        yield bold(_("Not for Europe:") + " ")
    if alert.part.is_reminder:
        yield bold(_("Reminder:") + " ")
        when = lead.effective or reader.today
        yield f"{in_days((when - reader.today).days)}, {dated(lead)}"
        return
    if not alert.part.is_story:
        yield bold(_addition(alert) + " ")
    document = short(terms(lead.terms_type)) or _("News")
    said = headline(alert.story, name, reader.regions)
    yield foreign(headed(f"{document}, {day(lead.recorded)}", said))
    if lead.effective and lead.effective > reader.today:
        left = in_days((lead.effective - reader.today).days)
        yield " " + _("From {day} ({left}).", day=day(lead.effective), left=left)


def in_a_line(
    alert: Alert, numbers: Mapping[int, int], reader: Reader, names: Names
) -> tuple[Span, ...]:
    """A smaller change as a line: its day, service and document, what it says, and a command."""
    name = names.label(service_of(alert))
    lead = lead_for(alert.story, alert.services, reader.regions)
    words: list[Words] = [number_of(alert, numbers)]
    if is_elsewhere(lead, reader.regions):
        words.append(bold(_("Not for Europe:") + " "))
    if not alert.part.is_story:
        words.append(_addition(alert) + " ")
    said = named_headline(Story(alert.story.id, lead), name, reader.regions)
    words += [foreign(f"{day(lead.recorded)} · {said}"), f" /story {alert.story.id}"]
    return line(*words)


def quoted(alert: Alert, reader: Reader) -> Iterator[Block]:
    """The passage that carries a change."""
    lead = lead_for(alert.story, alert.services, reader.regions)
    if alert.part.is_story:
        for excerpt in for_reader(lead, reader.regions)[:1]:
            yield quote(excerpt, 10, QUOTE_CHARACTERS)


def numbered(alerts: Sequence[Alert]) -> dict[int, int]:
    """The number of each story in the message."""
    stories = dict.fromkeys(alert.story.id for alert in alerts)
    return {story: number for number, story in enumerate(stories, 1)}


def number_of(alert: Alert, numbers: Mapping[int, int]) -> str:
    """The number that links a line to its button, or "" if there is only one."""
    return f"{numbers[alert.story.id]} · " if len(numbers) > 1 else ""


def service_of(alert: Alert) -> str:
    """The service under which an alert is listed."""
    return main_service(alert.story, alert.services)


def _addition(alert: Alert) -> str:
    """The kind of an addition to a story, in a word."""
    return _("Taken back:") if _is_taken_back(alert) else _("An addition:")


def _is_taken_back(alert: Alert) -> bool:
    """Whether the added part says that the change was undone."""
    for part in alert.story.parts:
        if part.uid == alert.part.key:
            return part.record is Record.TAKEN_BACK
    return False
