"""The forms of a personal page as the command lines one would type in the chat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

from bot import regions
from bot.catalogue.names import BUNDLE, Names
from bot.preferences import DAYS, ROLES, ChatSettings, Schedule
from bot.understand.topics import TOPICS
from bot.web.asked import MOST_TYPED

#: The most services that a line names.
BUNDLED = 50
#: Commands that a button on the page may send; the others belong in a chat.
COMMANDS = frozenset(
    "audience checklist dismiss documents done forget howto language letter mute picture recent "
    "region reminders story subscribe subscriptions threshold topics unsubscribe when why".split()
)


#: The fields of the form about the schedule.
WHEN = ("mode", "at", "day", "from", "until", "zone", "urgent", "silent", "full")


class Form(Protocol):
    """The fields of a form: one value of a name, and all its values."""

    def get(self, name: str, default: str = "") -> str:
        """One value."""
        ...

    def getall(self, name: str, default: Sequence[str] = ()) -> Sequence[str]:
        """All values."""
        ...


def lines_of(form: Form, chat: ChatSettings, followed: Collection[str], names: Names) -> list[str]:
    """The command lines of a form; empty if nothing is to change.

    `followed` are the services that the chat follows.
    """
    line = form.get("line")
    if line:
        return [line] if line.partition(" ")[0] in COMMANDS else []
    about = form.get("about")
    if about == "services":
        return list(_services(form, followed, names))
    read = _ABOUT.get(about)
    return list(read(form, chat)) if read else []


def _services(form: Form, followed: Collection[str], names: Names) -> Iterator[str]:
    """Subscribe to newly ticked services, and unsubscribe from newly unticked ones."""
    ticked = dict.fromkeys(form.getall("follow"))
    new = [each for each in ticked if names.get(each) and each not in followed]
    gone = [each for each in _was(form) if each not in ticked and each in followed]
    for verb, services in (("subscribe", new), ("unsubscribe", gone)):
        bundled = [each for each in services if names.get(each)]
        for start in range(0, len(bundled), BUNDLED):
            yield f"{verb} {BUNDLE}{names.bundled(bundled[start : start + BUNDLED])}"
        # A service that the catalogue no longer has is known only by its id.
        yield from (f"{verb} {each}" for each in services if not names.get(each))


def _was(form: Form) -> list[str]:
    """The values ticked when the form was made, so that untouched ones are left alone."""
    return list(filter(None, form.get("was").split(",")))


def _ticked(form: Form, name: str) -> tuple[list[str], list[str]]:
    """The values that somebody ticked and unticked since the form was made."""
    before, now = _was(form), list(form.getall(name))
    return [each for each in now if each not in before], [
        each for each in before if each not in now
    ]


def _regions(form: Form, chat: ChatSettings) -> Iterator[str]:
    more, less = _ticked(form, "region")
    other = form.get("other").replace(";", ",").strip(" ,")[:MOST_TYPED]
    mine = chat.regions or _was(form)
    chosen = [each for each in (*sorted(mine), *more) if regions.parse(each) and each not in less]
    if chosen and (more or less or other):
        yield f"region {', '.join(filter(None, [*chosen, other])).casefold()}"
    elif other:
        yield f"region {other.casefold()}"


def _audience(form: Form, _chat: ChatSettings) -> Iterator[str]:
    more, less = _ticked(form, "role")
    for word, roles in (("also", more), ("not", less)):
        if known := [role for role in ROLES if role in roles]:
            yield f"audience {word} {' '.join(known)}"


def _topics(form: Form, _chat: ChatSettings) -> Iterator[str]:
    more, less = _ticked(form, "topic")
    signs = [f"+{topic}" for topic in more if topic in TOPICS]
    signs += [f"-{topic}" for topic in less if topic in TOPICS]
    if signs:
        yield f"topics {' '.join(signs)}"


def _threshold(form: Form, _chat: ChatSettings) -> Iterator[str]:
    yield from (f"threshold {level}" for level in _ticked(form, "level")[0][:1])


def _reminders(form: Form, chat: ChatSettings) -> Iterator[str]:
    more, less = _ticked(form, "days")
    mine = list(map(str, chat.schedule.reminders))
    days = [each for each in (*mine, *more) if each.isdecimal() and each not in less]
    if more or less:
        yield f"reminders {' '.join(dict.fromkeys(days)) or 'off'}"


def _language(form: Form, _chat: ChatSettings) -> Iterator[str]:
    yield from (f"language {code}" for code in _ticked(form, "language")[0][:1])


def _when(form: Form, _chat: ChatSettings) -> Iterator[str]:
    given = {name: form.get(name).strip() for name in WHEN}
    before = dict(zip(WHEN, form.get("was").split("|"), strict=False))
    new = {name for name in WHEN if given[name] != before.get(name, "")}
    if new & {"mode", "at", "day"}:
        yield from _how_often(given)
    if new & {"from", "until"}:
        start, end = given["from"], given["until"]
        # If one end is missing, the person is told that this is not understood.
        hours = f"{start or end}-{end or start}" if start or end else "off"
        yield f"when quiet {hours}"
    for name in sorted(new & {"urgent", "silent"}):
        yield f"when {name} {'on' if given[name] else 'off'}"
    if "full" in new:
        yield "when long" if given["full"] else "when short"
    if "zone" in new and given["zone"]:
        yield f"when zone {given['zone'][:MOST_TYPED]}"


def _how_often(given: Mapping[str, str]) -> Iterator[str]:
    """How often and at what time, with the weekly time of smaller changes."""
    mode, at = given["mode"], given["at"]
    day = f"{given['day']} " if given["day"] in DAYS else ""
    match mode:
        case "daily":
            yield f"when daily {at}".strip()
        case "weekly":
            yield f"when weekly {day}{at}".strip()
        case "now" | "all":
            yield f"when weekly {day}{at}".strip()
            yield "when now all" if mode == "all" else "when now"


def mode_of(schedule: Schedule) -> str:
    """The mode as the form has it; smaller changes at once are a mode of their own."""
    return "all" if schedule.mode == "now" and schedule.small_at_once else schedule.mode


def was_when(schedule: Schedule) -> str:
    """The values of the schedule form, in the order of its fields."""
    start, end = map(clock, schedule.quiet) if schedule.quiet else ("", "")
    marks = ["1" if each else "" for each in (schedule.urgent, schedule.silent, schedule.full)]
    shown = (mode_of(schedule), clock(schedule.at), DAYS[schedule.weekday], start, end)
    return "|".join([*shown, schedule.zone, *marks])


def clock(minutes: int) -> str:
    """A time of day as a browser's field has it: 08:05."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


#: The reader of each form, by its subject.
_ABOUT: dict[str, Callable[[Form, ChatSettings], Iterator[str]]] = {
    "regions": _regions,
    "audience": _audience,
    "when": _when,
    "topics": _topics,
    "threshold": _threshold,
    "reminders": _reminders,
    "language": _language,
}
